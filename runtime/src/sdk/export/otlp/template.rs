//! The parts that all spans of a call site have in common, already encoded.

use super::fields::{ATTRIBUTE, NAME};
use super::values::{self, KEY, VALUE};
use super::{positions, wire};
use crate::sdk::record::{Stored, are_plain};
use crate::site::{CODE_KEYS, CallSite};

/// The maximum length of a key that is remembered. This length fits into one byte.
const LONGEST_KEY: usize = 127;

/// The template of a call site, or of all spans without a call site.
#[derive(Default)]
pub(super) struct Template {
    /// The name and the attributes `code.*`, as fields of a span.
    fields: Vec<u8>,
    /// The position of `code.*` in `fields`.
    code: usize,
    /// The keys of the call site, which indexed attributes refer to.
    pub(super) keys: &'static [&'static str],
    /// The encoded keys of the call site. Empty unless they all differ from each other and from
    /// `code.*`.
    pub(super) indexed: Box<[Key]>,
    /// The largest number of other attributes that a span has had so far.
    pub(super) most_others: usize,
    /// The keys of the other attributes of the span that had the most of them, in their order. They
    /// differ from each other and from the call site's.
    expected: Vec<Key>,
}

/// A key as a field of a `KeyValue`, followed by the tag of the value.
pub(super) struct Key(Box<[u8]>);

impl Key {
    fn new(key: &[u8]) -> Key {
        let mut field = Vec::with_capacity(key.len() + 3);
        wire::field(&mut field, KEY, key);
        field.push(VALUE);
        Key(field.into())
    }

    #[inline]
    pub(super) fn field(&self) -> &[u8] {
        &self.0
    }

    /// Returns `true` if this is the given key, which must not be longer than [`LONGEST_KEY`].
    #[inline]
    fn is(&self, key: &[u8]) -> bool {
        &self.0[2..self.0.len() - 1] == key
    }
}

impl Template {
    pub(super) fn of(site: &CallSite) -> Template {
        let mut template = Template {
            keys: site.keys_of_spans(),
            ..Template::default()
        };
        wire::field(&mut template.fields, NAME, site.name().as_bytes());
        template.code = template.fields.len();
        let values = [
            values::text(site.function()),
            values::text(site.file()),
            Stored::I64(i64::from(site.line())),
        ];
        for (key, value) in CODE_KEYS.into_iter().zip(values) {
            values::attribute(&mut template.fields, ATTRIBUTE, key.as_bytes(), &value);
        }
        if are_plain(template.keys) {
            let keys = template.keys.iter();
            template.indexed = keys.map(|key| Key::new(key.as_bytes())).collect();
        }
        template
    }

    /// Returns the fields for a span: without the name if the span has its own.
    #[inline]
    pub(super) fn fields(&self, has_own_name: bool) -> &[u8] {
        if has_own_name {
            self.code()
        } else {
            &self.fields
        }
    }

    /// Returns the attributes `code.*`.
    #[inline]
    pub(super) fn code(&self) -> &[u8] {
        self.fields.get(self.code..).unwrap_or_default()
    }

    /// Returns the key that is expected at this place, if it is the given one.
    #[inline]
    pub(super) fn expected(&self, place: usize, key: &[u8]) -> Option<&Key> {
        self.expected.get(place).filter(|expected| expected.is(key))
    }

    /// Learns which other keys to expect in the next span. `keys` are the keys of a span's
    /// attributes, which all differ: those of `code.*`, then `before` keys by index, then the
    /// others. The first of the others that is too long, or belongs to the call site, ends the
    /// expected ones.
    #[cold]
    pub(super) fn learn<'k>(&mut self, keys: impl Iterator<Item = &'k [u8]>, before: usize) {
        let own = keys.skip(positions::keys(self.code()).count() + before);
        let is_own = |key: &&[u8]| self.keys.iter().all(|own| own.as_bytes() != *key);
        let own = own.take_while(|key| key.len() <= LONGEST_KEY && is_own(key));
        self.expected = own.map(Key::new).collect();
    }
}
