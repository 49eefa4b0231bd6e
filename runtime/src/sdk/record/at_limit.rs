//! What a record does that has as many attributes as it may have, or as many bytes.

use std::collections::HashSet;

use super::compact::compact;
use super::limits::Limits;
use super::writer::{Record, length};

/// No span is larger; what would make it so is dropped and counted.
pub(crate) const MAX_BYTES: usize = 256 * 1024;
/// How many attributes may be set again at the limit, before what they replaced is taken out.
const SET_AGAIN: u32 = 128;

/// What is known of a record that was full once.
#[derive(Debug)]
pub(crate) struct Full {
    /// The keys of its attributes.
    keys: HashSet<Box<[u8]>>,
    /// The bytes that were left when what had been set again was last taken out.
    bytes: usize,
}

impl Full {
    fn has(&self, key: &str) -> bool {
        self.keys.contains(key.as_bytes())
    }
}

impl Record {
    /// Whether an attribute may be added at the limit: if it replaces one of the same key, or if others were replaced before.
    ///
    /// To find that out by reading the whole record each time would cost microseconds.
    #[cold]
    #[inline(never)]
    pub(super) fn has_room_for(&mut self, limits: &Limits, key: &str) -> bool {
        let is_due = match &self.full {
            None => true,
            Some(full) if full.has(key) => {
                self.attributes >= limits.attributes.saturating_add(SET_AGAIN)
            }
            Some(full) => full.keys.len() < limits.attributes as usize,
        };
        if is_due {
            self.compact();
        }
        let has_room = self.attributes < limits.attributes
            || self.full.as_ref().is_some_and(|full| full.has(key));
        if !has_room {
            self.dropped_attributes += 1;
        }
        has_room
    }

    /// Whether an attribute that makes the span too large fits when what was set again is taken out; else it is taken back.
    #[cold]
    #[inline(never)]
    pub(super) fn fits_compacted(&mut self, before: usize) -> bool {
        // Where that gave little room, it is not tried for every attribute.
        let is_hopeless = |full: &Full| full.bytes > MAX_BYTES / 4 * 3;
        if self.full.as_deref().is_some_and(is_hopeless) {
            self.bytes.truncate(before);
            return false;
        }
        let attribute = self.bytes.split_off(before);
        self.compact();
        let before = self.bytes.len();
        self.bytes.extend_from_slice(&attribute);
        self.fits(before)
    }

    /// Takes out the attributes that were set again later.
    fn compact(&mut self) {
        let compacted = compact(&self.bytes);
        self.bytes = compacted.bytes;
        self.attributes = length(compacted.keys.len());
        self.full = Some(Box::new(Full {
            keys: compacted.keys,
            bytes: self.bytes.len(),
        }));
    }

    /// Whether the span is still of a size that is kept; else what was written since `before` is taken back.
    #[inline]
    pub(super) fn fits(&mut self, before: usize) -> bool {
        let fits = self.bytes.len() <= MAX_BYTES;
        if !fits {
            self.bytes.truncate(before);
        }
        fits
    }
}
