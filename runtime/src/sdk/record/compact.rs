//! Taking out of a record what was set again later.

use std::collections::HashSet;
use std::ops::Range;

use super::items::{Failure, Item, Items};
use super::layout::at;
use crate::site::{self, CODE_KEYS};

/// A record without the attributes that were set again later.
pub(crate) struct Compacted {
    pub(crate) bytes: Vec<u8>,
    /// The keys of its attributes, each of which it has once, and of those of its call site.
    pub(crate) keys: HashSet<Box<[u8]>>,
}

/// Leaves out each attribute that a later one of the same key replaces.
pub(crate) fn compact(bytes: &[u8]) -> Compacted {
    let all: Vec<_> = places(bytes).collect();
    let mut keys = HashSet::new();
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
    Compacted {
        bytes: compacted,
        keys,
    }
}

/// Takes out the items that are like this.
pub(crate) fn remove(bytes: &mut Vec<u8>, is_wanted: impl Fn(&Item<'_>) -> bool) {
    let wanted = places(bytes).filter(|(_, item)| is_wanted(item));
    let found: Vec<_> = wanted.map(|(place, _)| place).collect();
    for place in found.into_iter().rev() {
        bytes.drain(place);
    }
}

/// The items of a record, and where they stand in it.
pub(crate) fn places(bytes: &[u8]) -> impl Iterator<Item = (Range<usize>, Item<'_>)> {
    let mut items = items(bytes);
    std::iter::from_fn(move || {
        let start = bytes.len() - items.rest().len();
        let item = items.next()?;
        Some((start..bytes.len() - items.rest().len(), item))
    })
}

/// The items of a record that may still be written to.
pub(crate) fn items(bytes: &[u8]) -> Items<'_> {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at::SITE..at::SCOPE]);
    let site = site::numbered(u32::from_le_bytes(number));
    let keys = site.map_or(&[][..], |site| site.keys_of_spans());
    Items::new(&bytes[at::ITEMS..], keys)
}
