//! The attributes that a call site's spans usually have: while they come as usual, no key is looked for.

use opentelemetry::{Key, KeyValue, Value};

use super::ended::set;
use super::interned::Known;
use crate::sdk::record::items;

/// What is expected of the attributes of one span, and what has come so far.
///
/// First come those with the call site's keys, by their index, if these differ from each other and from `code.*`. Then come others,
/// in the order of the last span, which differ from each other and from the call site's. What comes otherwise is looked for.
pub(crate) struct Usual {
    site: u32,
    /// The lowest index that may come; more than there are where none is expected.
    next_index: usize,
    keys: Vec<Key>,
    /// How many attributes came before these keys, how many of these came, and whether more may.
    before: usize,
    seen: usize,
    goes_on: bool,
}

/// More than an index can be.
const NONE: usize = 1 << 8;

impl Usual {
    /// `before` is how many attributes there are already.
    pub(crate) fn of(site: u32, before: usize, known: &mut Known) -> Usual {
        let next_index = if known.has_plain_keys(site) { 0 } else { NONE };
        Usual {
            site,
            next_index,
            keys: known.take_usual(site),
            before,
            seen: 0,
            goes_on: true,
        }
    }

    #[inline]
    pub(crate) fn set(
        &mut self,
        attributes: &mut Vec<KeyValue>,
        key: items::Key<'_>,
        value: Value,
        known: &mut Known,
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
                set(attributes, known.key(key), value);
            }
        }
    }

    /// Expects the same of the next span.
    pub(crate) fn learn(mut self, attributes: &[KeyValue], known: &mut Known) {
        let own = &attributes[self.before..];
        if !self.goes_on && own.len() > self.keys.len() {
            self.keys = own.iter().map(|known| known.key.clone()).collect();
        }
        known.keep_usual(self.site, self.keys);
    }
}
