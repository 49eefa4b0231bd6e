//! Handles a record that has reached its maximum number of attributes or bytes.
//!
//! A span whose attributes are set again and again would reach its limits although it holds little.
//! So a record at a limit is compacted first: attributes that were set again later are removed.

use super::compact::{Compaction, compact};
use super::layout::length;
use super::limits::Limits;
use super::writer::Record;

/// The maximum size of a record, in bytes. Attributes, events and links that would exceed it are
/// dropped and counted. Only the name is written in any case.
pub(crate) const MAX_BYTES: usize = 256 * 1024;
/// The number of times that attributes may be set again at the limit before the record is compacted
/// again.
const SET_AGAIN: u32 = 128;

impl Record {
    /// Returns `true` if an attribute may be added at the limit: because it replaces one with the
    /// same key, or because some that were replaced have been removed. Otherwise, counts the
    /// attribute as dropped.
    ///
    /// Reading the whole record each time would take microseconds, so this consults the last
    /// compaction as long as possible.
    #[cold]
    #[inline(never)]
    pub(super) fn has_room_for(&mut self, limits: &Limits, key: &str) -> bool {
        let is_due = match &self.compaction {
            None => true,
            Some(last) if last.has(key) => {
                self.attributes >= limits.attributes.saturating_add(SET_AGAIN)
            }
            Some(last) => last.keys.len() < limits.attributes as usize,
        };
        if is_due {
            self.compact();
        }
        let has_room = self.attributes < limits.attributes
            || self.compaction.as_ref().is_some_and(|last| last.has(key));
        if !has_room {
            self.dropped_attributes += 1;
        }
        has_room
    }

    /// Returns `true` if the attribute written since `before` fits after the record is compacted.
    /// Otherwise, removes it again.
    #[cold]
    #[inline(never)]
    pub(super) fn fits_compacted(&mut self, before: usize) -> bool {
        // If the last compaction gained little, compacting for each attribute is not worth it.
        let is_hopeless = |last: &Compaction| last.bytes > MAX_BYTES / 4 * 3;
        if self.compaction.as_deref().is_some_and(is_hopeless) {
            self.bytes.truncate(before);
            return false;
        }
        let attribute = self.bytes.split_off(before);
        self.compact();
        let before = self.bytes.len();
        self.bytes.extend_from_slice(&attribute);
        self.fits(before)
    }

    /// Removes the attributes that were set again later.
    fn compact(&mut self) {
        let (bytes, compaction) = compact(&self.bytes);
        self.bytes = bytes;
        self.attributes = length(compaction.keys.len());
        self.compaction = Some(Box::new(compaction));
    }

    /// Returns `true` if the record is not too large. Otherwise, removes what was written since
    /// `before`.
    #[inline]
    pub(super) fn fits(&mut self, before: usize) -> bool {
        let fits = self.bytes.len() <= MAX_BYTES;
        if !fits {
            self.bytes.truncate(before);
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use std::mem;

    use super::*;
    use crate::attributes::ValueRef;

    /// Reading the whole record for each key would take fifty times as long.
    #[test]
    fn a_key_past_the_limit_is_refused_without_a_look_at_the_record() {
        let limits = Limits {
            attributes: 128,
            ..Limits::default()
        };
        let mut record = Record::default();
        record.begin_side();
        let set = |record: &mut Record, keys: std::ops::Range<i64>| {
            for n in keys {
                record.attribute(&limits, &format!("key {n}"), &ValueRef::I64(n));
            }
        };
        // The first key past the limit compacts the record.
        set(&mut record, 0..129);
        let bytes = mem::take(&mut record.bytes);
        set(&mut record, 129..1_000);
        assert!(record.bytes.is_empty());
        assert_eq!(record.dropped_attributes, 1_000 - 128);
        record.bytes = bytes;
        set(&mut record, 7..8);
        assert_eq!((record.attributes, record.dropped_attributes), (129, 872));
    }
}
