//! What the background thread has seen before, so that it is not made again for each span.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry::{InstrumentationScope, Key};

use crate::site::{self, CallSite};

/// Keys, scopes and call sites.
#[derive(Default)]
pub(crate) struct Known {
    keys: HashMap<Box<[u8]>, Key, BuildHasherDefault<ShortHasher>>,
    scopes: Vec<InstrumentationScope>,
    sites: Vec<&'static CallSite>,
}

/// How many keys are remembered; programs use few, hostile ones are not to fill the memory.
const MAX_KEYS: usize = 1_024;

impl Known {
    /// Learns the scopes of a provider, if there are new ones.
    pub(crate) fn learn(&mut self, scopes: &Mutex<Vec<InstrumentationScope>>) {
        let scopes = scopes.lock().unwrap_or_else(PoisonError::into_inner);
        let learnt = self.scopes.len();
        self.scopes.extend_from_slice(&scopes[learnt..]);
    }

    pub(crate) fn scope(&self, index: u32) -> InstrumentationScope {
        self.scopes.get(index as usize).cloned().unwrap_or_default()
    }

    pub(crate) fn site(&mut self, number: u32) -> Option<&'static CallSite> {
        let index = (number as usize).checked_sub(1)?;
        if index >= self.sites.len() {
            self.sites = site::call_sites();
        }
        self.sites.get(index).copied()
    }

    pub(crate) fn key(&mut self, key: &[u8]) -> Key {
        if let Some(known) = self.keys.get(key) {
            return known.clone();
        }
        let shared: Arc<str> = Arc::from(String::from_utf8_lossy(key));
        let made = Key::from(shared);
        if self.keys.len() < MAX_KEYS {
            self.keys.insert(Box::from(key), made.clone());
        }
        made
    }
}

/// A hasher for the program's own keys, which are short, few and not chosen by anybody else.
#[derive(Default)]
struct ShortHasher(u64);

impl Hasher for ShortHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word))
                .wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        // The table looks at the highest bits and at the lowest.
        self.0 ^ (self.0 >> 32)
    }
}
