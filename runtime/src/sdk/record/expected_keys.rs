//! Predicts the next attribute of a span from earlier spans of its call site, which saves lookups.

use opentelemetry::{Key, KeyValue, Value};

use super::interned::Interned;
use super::items;

/// Sets the attributes of a span, and predicts the key of the next one.
///
/// An attribute that may have been set before has to be looked up among all others. One that was
/// predicted does not: predicted keys differ from each other, so it is set for the first time.
///
/// The keys of the call site are predicted first, in the order of their indexes, provided that they
/// differ from each other and from `code.*`. They are followed by the other keys that an earlier
/// span of the call site had.
pub(super) struct ExpectedKeys {
    site: u32,
    /// The lowest index of a call site's key that is still predicted, or [`NONE`].
    next_index: usize,
    /// The keys that are predicted after the call site's.
    keys: Vec<Key>,
    /// The number of attributes before those with `keys`.
    before: usize,
    /// The number of `keys` that the span has so far.
    seen: usize,
    /// `true` if all attributes after the call site's were predicted so far.
    goes_on: bool,
}

/// An index that no key has.
const NONE: usize = 1 << 8;

impl ExpectedKeys {
    /// Creates the prediction for a span of this call site, which has `before` attributes already.
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

    /// Stores the keys to predict for the next span: the same keys as before, or the other keys of
    /// this span if those were more.
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
