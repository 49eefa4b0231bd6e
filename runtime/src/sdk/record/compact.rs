//! Removes items from a record.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use super::items::{Failure, Item};
use super::layout::at;
use super::read_items::places;
use crate::site::CODE_KEYS;

/// The contents of a record when it was last compacted.
#[derive(Debug)]
pub(super) struct Compaction {
    /// The keys of the record's attributes, including `code.*` if the span has a call site.
    pub(super) keys: HashSet<Box<[u8]>, RandomState>,
    /// The record's size in bytes.
    pub(super) bytes: usize,
}

impl Compaction {
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.contains(key.as_bytes())
    }
}

/// Returns the record without the attributes that a later one with the same key replaces.
pub(super) fn compact(bytes: &[u8]) -> (Vec<u8>, Compaction) {
    let all: Vec<_> = places(bytes).collect();
    let mut keys = HashSet::default();
    let mut kept = Vec::with_capacity(all.len());
    for (place, item) in all.into_iter().rev() {
        let is_kept = match item {
            Item::Attribute(key, _) => keys.insert(Box::from(key.bytes())),
            Item::Failure(_) => {
                keys.insert(Box::from(Failure::KEY.bytes()));
                true
            }
            _ => true,
        };
        if is_kept {
            kept.push(place);
        }
    }
    if bytes[at::SITE..at::SCOPE] != [0; 4] {
        keys.extend(CODE_KEYS.map(|key| Box::from(key.as_bytes())));
    }
    let mut compacted = bytes[..at::ITEMS].to_vec();
    for place in kept.into_iter().rev() {
        compacted.extend_from_slice(&bytes[place]);
    }
    let bytes = compacted.len();
    (compacted, Compaction { keys, bytes })
}

/// Removes all items for which `is_wanted` returns `true`.
pub(super) fn remove(bytes: &mut Vec<u8>, is_wanted: impl Fn(&Item<'_>) -> bool) {
    let wanted = places(bytes).filter(|(_, item)| is_wanted(item));
    let found: Vec<_> = wanted.map(|(place, _)| place).collect();
    for place in found.into_iter().rev() {
        bytes.drain(place);
    }
}
