//! Finds an attribute among those that were written.

use std::ops::Range;

use super::fields::ATTRIBUTE;

/// Returns the position in `out` of the attribute with this key, if there is one. From `start` on,
/// `out` holds only attributes.
pub(super) fn find(out: &[u8], start: usize, key: &[u8]) -> Option<Range<usize>> {
    let mut places = places(&out[start..]);
    let (place, _) = places.find(|(_, known)| *known == key)?;
    Some(start + place.start..start + place.end)
}

/// Returns the keys of the attributes that these fields begin with.
pub(super) fn keys(fields: &[u8]) -> impl Iterator<Item = &[u8]> {
    places(fields).map(|(_, key)| key)
}

/// Returns the position and the key of each attribute that these fields begin with.
fn places(fields: &[u8]) -> impl Iterator<Item = (Range<usize>, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        if *fields.get(start)? != ATTRIBUTE {
            return None;
        }
        let (length, inner) = length(fields, start + 1)?;
        let (of_key, key) = self::length(fields, inner + 1)?;
        at = inner + length;
        Some((start..at, fields.get(key..key + of_key)?))
    })
}

/// Reads the length at this position. Returns the length and the position after it, or `None` if it
/// is incomplete.
#[inline]
fn length(fields: &[u8], at: usize) -> Option<(usize, usize)> {
    let mut length = 0;
    for (index, byte) in fields.get(at..)?.iter().enumerate().take(5) {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((length, at + index + 1));
        }
    }
    None
}
