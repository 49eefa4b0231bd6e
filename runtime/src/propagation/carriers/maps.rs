//! Carriers for string maps. Names are compared without regard to case.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use opentelemetry::Context;

use super::super::CarrierMut;
use super::super::headers::{Headers, take_up};
use crate::carrier::Carrier;

impl<S: BuildHasher> Headers for HashMap<String, String, S> {
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h str> {
        lines(self, name)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.keys().map(String::as_str)
    }
}

impl<S: BuildHasher> Carrier for HashMap<String, String, S> {
    fn context(&self, current: &Context) -> Option<Context> {
        Some(take_up(self, current))
    }
}

impl<S: BuildHasher> CarrierMut for HashMap<String, String, S> {
    fn set(&mut self, name: &str, value: String) {
        CarrierMut::remove(self, name);
        self.insert(name.to_owned(), value);
    }

    fn remove(&mut self, name: &str) {
        self.retain(|key, _| !key.eq_ignore_ascii_case(name));
    }
}

impl Headers for BTreeMap<String, String> {
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h str> {
        lines(self, name)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.keys().map(String::as_str)
    }
}

impl Carrier for BTreeMap<String, String> {
    fn context(&self, current: &Context) -> Option<Context> {
        Some(take_up(self, current))
    }
}

impl CarrierMut for BTreeMap<String, String> {
    fn set(&mut self, name: &str, value: String) {
        CarrierMut::remove(self, name);
        self.insert(name.to_owned(), value);
    }

    fn remove(&mut self, name: &str) {
        self.retain(|key, _| !key.eq_ignore_ascii_case(name));
    }
}

fn lines<'h>(
    map: impl IntoIterator<Item = (&'h String, &'h String)>,
    name: &str,
) -> impl Iterator<Item = &'h str> {
    let entries = map.into_iter();
    let named = entries.filter(move |(key, _)| key.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.as_str())
}
