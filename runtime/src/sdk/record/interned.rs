//! Remembers the keys, scopes and call sites that the background thread has seen, so that they are
//! not created again for each span.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;
use opentelemetry::{InstrumentationScope, Key};

use super::items;
use crate::sdk::scopes::Scopes;
use crate::site::{self, CallSite};

/// The keys, scopes and call sites seen so far.
#[derive(Default)]
pub(crate) struct Interned {
    keys: HashMap<Box<[u8]>, Key, RandomState>,
    scopes: Vec<Arc<InstrumentationScope>>,
    sites: Vec<&'static CallSite>,
    /// For each call site, `true` if its keys differ from each other and from `code.*`.
    has_plain_keys: Vec<bool>,
    /// For each call site, the keys that its spans set besides the call site's own, in the order of
    /// the span that had the most of them. The first entry is for spans without a call site.
    expected: Vec<Vec<Key>>,
}

/// The maximum number of keys that are remembered. Programs use few, and hostile keys must not fill
/// the memory.
const MAX_KEYS: usize = 1_024;
/// The maximum length of a key that is remembered, in bytes.
const MAX_KEY_BYTES: usize = 128;

/// The keys that were leaked, for all providers. Copying such a key costs nothing.
static LEAKED: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

impl Interned {
    /// Returns the scope with this number, if there is one.
    pub(crate) fn scope(&mut self, index: u32, scopes: &Scopes) -> Option<&InstrumentationScope> {
        let index = index as usize;
        if index >= self.scopes.len() {
            self.scopes.extend(scopes.since(self.scopes.len()));
        }
        self.scopes.get(index).map(|scope| &**scope)
    }

    pub(crate) fn site(&mut self, number: u32) -> Option<&'static CallSite> {
        let index = (number as usize).checked_sub(1)?;
        if index >= self.sites.len() {
            self.sites = site::call_sites();
            let new = &self.sites[self.has_plain_keys.len()..];
            self.has_plain_keys
                .extend(new.iter().map(|site| are_plain(site.keys_of_spans())));
        }
        self.sites.get(index).copied()
    }

    /// Returns `true` if the keys of this call site differ from each other and from `code.*`.
    pub(crate) fn has_plain_keys(&self, site: u32) -> bool {
        let index = (site as usize).wrapping_sub(1);
        self.has_plain_keys.get(index).is_some_and(|plain| *plain)
    }

    /// Returns the number of attributes to expect in a span of this call site.
    pub(super) fn expected_count(&self, site: u32) -> usize {
        let index = (site as usize).wrapping_sub(1);
        let of_site = self.sites.get(index).map(|site| site.keys_of_spans().len());
        let others = self.expected.get(site as usize).map_or(0, Vec::len);
        // Three are `code.*`, and one may be the reason that adaptive sampling gives.
        of_site.map_or(0, |keys| keys + 4) + others
    }

    pub(crate) fn key(&mut self, key: items::Key<'_>) -> Key {
        match key {
            items::Key::Indexed(_, key) | items::Key::Known(key) => Key::from_static_str(key),
            items::Key::Text(key) => self.key_of(key.bytes()),
        }
    }

    fn key_of(&mut self, key: &[u8]) -> Key {
        if let Some(known) = self.keys.get(key) {
            return known.clone();
        }
        let text = String::from_utf8_lossy(key);
        let made = leaked(&text).map_or_else(|| Key::from(Arc::from(&*text)), Key::from_static_str);
        if self.keys.len() < MAX_KEYS && key.len() <= MAX_KEY_BYTES {
            self.keys.insert(Box::from(key), made.clone());
        }
        made
    }

    /// Takes the keys to expect in a span of this call site. [`keep_expected`] gives them back.
    ///
    /// [`keep_expected`]: Interned::keep_expected
    pub(super) fn take_expected(&mut self, site: u32) -> Vec<Key> {
        let expected = self.expected.get_mut(site as usize);
        expected.map(mem::take).unwrap_or_default()
    }

    /// Keeps these keys for the next span of this call site, unless one of them is too long or
    /// belongs to the call site.
    pub(super) fn keep_expected(&mut self, site: u32, keys: Vec<Key>) {
        let index = (site as usize).wrapping_sub(1);
        let of_site = self.sites.get(index).map(|site| site.keys_of_spans());
        let of_site = of_site.unwrap_or_default();
        let is_kept =
            |key: &Key| key.as_str().len() <= MAX_KEY_BYTES && !of_site.contains(&key.as_str());
        if !keys.iter().all(is_kept) {
            return;
        }
        let index = site as usize;
        if self.expected.len() <= index {
            self.expected.resize(self.sites.len() + 1, Vec::new());
        }
        if let Some(expected) = self.expected.get_mut(index) {
            *expected = keys;
        }
    }
}

/// Returns `true` if these keys differ from each other and from `code.*`.
pub(crate) fn are_plain(keys: &[&str]) -> bool {
    let mut others = keys.iter().enumerate();
    others.all(|(index, key)| !key.starts_with("code.") && !keys[..index].contains(key))
}

/// Returns a leaked copy of a key. Returns `None` if the key is too long, or if too many others
/// have been leaked.
fn leaked(key: &str) -> Option<&'static str> {
    let mut leaked = LEAKED.lock().unwrap_or_else(PoisonError::into_inner);
    let leaked = leaked.get_or_insert_default();
    if let Some(known) = leaked.get(key) {
        return Some(known);
    }
    let may_be_leaked = leaked.len() < MAX_KEYS && key.len() <= MAX_KEY_BYTES;
    may_be_leaked.then(|| {
        let key = &*String::leak(key.to_owned());
        leaked.insert(key);
        key
    })
}
