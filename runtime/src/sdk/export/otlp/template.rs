//! What the spans of a call site have in common, in the form in which it is sent.

use super::span::{ATTRIBUTE, NAME};
use super::values::{self, KEY, VALUE};
use super::{positions, wire};
use crate::sdk::record::{Stored, are_plain};
use crate::site::{CODE_KEYS, CallSite};

/// The longest key that is remembered, so that its length is one byte.
const LONGEST_KEY: usize = 127;

/// Made once for each call site, and once for all spans that have none.
#[derive(Default)]
pub(super) struct Template {
    /// The field of the name, and the attributes that say where the function stands.
    fields: Vec<u8>,
    /// Where these attributes begin.
    code: usize,
    /// The keys of the call site.
    pub(super) keys: &'static [&'static str],
    /// The same, encoded, if they differ from each other and from `code.*`; else none.
    pub(super) indexed: Box<[Key]>,
    /// The most attributes that a span had beside these.
    pub(super) most_others: usize,
    /// The keys that its spans usually have beside these, in their order. They differ from each other and from all of these.
    usual: Vec<Key>,
}

/// A key as a field of a `KeyValue`, with the tag of the value behind it.
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

    /// Only of use for one that is not longer than [`LONGEST_KEY`].
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

    /// What each span has of it; without the name, if that is its own.
    #[inline]
    pub(super) fn fields(&self, has_own_name: bool) -> &[u8] {
        if has_own_name {
            self.code()
        } else {
            &self.fields
        }
    }

    /// The attributes that say where the function stands.
    #[inline]
    pub(super) fn code(&self) -> &[u8] {
        self.fields.get(self.code..).unwrap_or_default()
    }

    /// The usual key of this place, if it is this one.
    #[inline]
    pub(super) fn usual(&self, place: usize, key: &[u8]) -> Option<&Key> {
        self.usual.get(place).filter(|usual| usual.is(key))
    }

    /// Takes the keys of a span as the usual ones. All are different; `before` are how many it has by index.
    #[cold]
    pub(super) fn learn<'k>(&mut self, keys: impl Iterator<Item = &'k [u8]>, before: usize) {
        let own = keys.skip(positions::keys(self.code()).count() + before);
        let is_own = |key: &&[u8]| self.keys.iter().all(|own| own.as_bytes() != *key);
        let own = own.take_while(|key| key.len() <= LONGEST_KEY && is_own(key));
        self.usual = own.map(Key::new).collect();
    }
}
