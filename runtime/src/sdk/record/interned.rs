//! What the background thread has seen before, so that it is not made again for each span.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;
use opentelemetry::{InstrumentationScope, Key};

use crate::sdk::record::items;
use crate::sdk::scopes::Scopes;
use crate::site::{self, CallSite};

/// Keys, scopes and call sites.
#[derive(Default)]
pub(crate) struct Known {
    keys: HashMap<Box<[u8]>, Key, RandomState>,
    scopes: Vec<InstrumentationScope>,
    sites: Vec<&'static CallSite>,
    /// For each call site, whether its keys differ from each other and from `code.*`.
    has_plain_keys: Vec<bool>,
    /// For each call site the keys of its spans, in their order: what comes next is guessed from it.
    usual: Vec<Vec<Key>>,
}

/// How many keys are remembered, and how long ones; programs use few, hostile ones are not to fill the memory.
const MAX_KEYS: usize = 1_024;
const MAX_KEY_BYTES: usize = 128;

/// The keys of all providers that are kept for good: a copy of such a key costs nothing.
static KEPT: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);

impl Known {
    pub(crate) fn scope(&mut self, index: u32, scopes: &Scopes) -> InstrumentationScope {
        let index = index as usize;
        if index >= self.scopes.len() {
            self.scopes.extend(scopes.since(self.scopes.len()));
        }
        self.scopes.get(index).cloned().unwrap_or_default()
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

    /// Returns whether the keys of this call site differ from each other and from `code.*`.
    pub(crate) fn has_plain_keys(&self, site: u32) -> bool {
        let index = (site as usize).wrapping_sub(1);
        self.has_plain_keys.get(index).is_some_and(|plain| *plain)
    }

    /// How many attributes a span of this call site usually has.
    pub(crate) fn usual_count(&self, site: u32) -> usize {
        let index = (site as usize).wrapping_sub(1);
        let of_site = self.sites.get(index).map(|site| site.keys_of_spans().len());
        let others = self.usual.get(site as usize).map_or(0, Vec::len);
        // Three say where the function stands, and one may be the reason that adaptive sampling gives.
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
        let made = kept(&text).map_or_else(|| Key::from(Arc::from(&*text)), Key::from_static_str);
        if self.keys.len() < MAX_KEYS && key.len() <= MAX_KEY_BYTES {
            self.keys.insert(Box::from(key), made.clone());
        }
        made
    }

    /// The keys that the spans of a call site usually have; to be given back.
    pub(crate) fn take_usual(&mut self, site: u32) -> Vec<Key> {
        let usual = self.usual.get_mut(site as usize);
        usual.map(mem::take).unwrap_or_default()
    }

    /// Keeps them for the next span; not those of which one is long, or the call site's own.
    pub(crate) fn keep_usual(&mut self, site: u32, keys: Vec<Key>) {
        let index = (site as usize).wrapping_sub(1);
        let of_site = self.sites.get(index).map(|site| site.keys_of_spans());
        let of_site = of_site.unwrap_or_default();
        let is_kept =
            |key: &Key| key.as_str().len() <= MAX_KEY_BYTES && !of_site.contains(&key.as_str());
        if !keys.iter().all(is_kept) {
            return;
        }
        let index = site as usize;
        if self.usual.len() <= index {
            self.usual.resize(self.sites.len() + 1, Vec::new());
        }
        if let Some(usual) = self.usual.get_mut(index) {
            *usual = keys;
        }
    }
}

/// Returns whether keys differ from each other and from those that say where a function stands.
pub(crate) fn are_plain(keys: &[&str]) -> bool {
    let mut others = keys.iter().enumerate();
    others.all(|(index, key)| !key.starts_with("code.") && !keys[..index].contains(key))
}

/// The key, kept for good; `None` if it is long, or too many are.
fn kept(key: &str) -> Option<&'static str> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = kept.get_or_insert_default();
    if let Some(known) = kept.get(key) {
        return Some(known);
    }
    let may_be_kept = kept.len() < MAX_KEYS && key.len() <= MAX_KEY_BYTES;
    may_be_kept.then(|| {
        let key = &*String::leak(key.to_owned());
        kept.insert(key);
        key
    })
}
