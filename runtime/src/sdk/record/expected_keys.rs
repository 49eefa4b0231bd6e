//! Guesses the next attribute of a span from its call site's previous span, which saves lookups.

use opentelemetry::{Key, KeyValue, Value};

use super::interned::Interned;
use super::items;

/// The attributes that are expected in a span, and those that have come so far.
///
/// First come the call site's keys, in the order of their indexes, provided that they differ from
/// each other and from `code.*`. Then come other keys in the order of the call site's previous
/// span; they differ from each other and from the call site's. Any other attribute may be one that
/// is set again, so it is looked up among those that came before.
pub(super) struct ExpectedKeys {
    site: u32,
    /// The lowest index that is expected, or [`NONE`].
    next_index: usize,
    /// The keys that are expected after the call site's.
    keys: Vec<Key>,
    /// The number of attributes that came before `keys`.
    before: usize,
    /// The number of `keys` that have come.
    seen: usize,
    /// `true` if nothing unexpected has come so far.
    goes_on: bool,
}

/// An index that no key has.
const NONE: usize = 1 << 8;

impl ExpectedKeys {
    /// Expects what the call site's previous span had. The span has `before` attributes already.
    pub(super) fn of(site: u32, before: usize, interned: &mut Interned) -> ExpectedKeys {
        let next_index = if interned.has_plain_keys(site) {
            0
        } else {
            NONE
        };
        ExpectedKeys {
            site,
            next_index,
            keys: interned.take_expected(site),
            before,
            seen: 0,
            goes_on: true,
        }
    }

    /// Sets an attribute of the span.
    #[inline]
    pub(super) fn set(
        &mut self,
        attributes: &mut Vec<KeyValue>,
        key: items::Key<'_>,
        value: Value,
        interned: &mut Interned,
    ) {
        if let items::Key::Indexed(index, key) = key
            && usize::from(index) >= self.next_index
        {
            self.next_index = usize::from(index) + 1;
            self.before += 1;
            attributes.push(KeyValue::new(Key::from_static_str(key), value));
            return;
        }
        self.next_index = NONE;
        match self.keys.get(self.seen) {
            Some(next) if self.goes_on && next.as_str().as_bytes() == key.bytes() => {
                self.seen += 1;
                attributes.push(KeyValue::new(next.clone(), value));
            }
            _ => {
                self.goes_on = false;
                set(attributes, interned.key(key), value);
            }
        }
    }

    /// Remembers the span's keys for the next span.
    pub(super) fn learn(mut self, attributes: &[KeyValue], interned: &mut Interned) {
        let own = &attributes[self.before..];
        if !self.goes_on && own.len() > self.keys.len() {
            self.keys = own.iter().map(|known| known.key.clone()).collect();
        }
        interned.keep_expected(self.site, self.keys);
    }
}

/// Sets an attribute, replacing one with the same key.
fn set(attributes: &mut Vec<KeyValue>, key: Key, value: Value) {
    match attributes.iter_mut().find(|known| known.key == key) {
        Some(known) => known.value = value,
        None => attributes.push(KeyValue::new(key, value)),
    }
}
