//! The description of an open span for a log line.

use opentelemetry::{KeyValue, Value};

use super::open_span::Open;
use crate::describe::{Description, Detail};
use crate::sdk::record::layout::at;
use crate::sdk::record::{Failure, Item, Reader, Stored, items};
use crate::site::{self, CallSite};

impl Open {
    /// Describes the span by what has been written to its record so far.
    pub(crate) fn description(&self, detail: Detail) -> Description {
        let bytes = &self.record.bytes;
        let site = Reader::of(&bytes[at::SITE..at::ITEMS]).number();
        let site = site.and_then(site::numbered);
        let mut description = Description {
            name: site.map_or("", CallSite::name).into(),
            attributes: Vec::new(),
        };
        for item in items(bytes) {
            match item {
                Item::Name(name) => description.name = name.as_str().to_owned().into(),
                Item::Attribute(key, value) if detail == Detail::NameAndAttributes => {
                    description.set(key.bytes(), value.owned());
                }
                Item::Failure(failure) if detail == Detail::NameAndAttributes => {
                    let type_name = Stored::Text(failure.type_name).owned();
                    description.set(Failure::KEY.bytes(), type_name);
                }
                _ => {}
            }
        }
        description
    }
}

impl Description {
    /// Sets an attribute, replacing one with the same key. `code.*` is left out, since log lines
    /// have it already.
    fn set(&mut self, key: &[u8], value: Value) {
        let key = String::from_utf8_lossy(key);
        if key.starts_with("code.") {
            return;
        }
        let known = self.attributes.iter_mut();
        match known.into_iter().find(|known| known.key.as_str() == key) {
            Some(known) => known.value = value,
            None => self.attributes.push(KeyValue::new(key.into_owned(), value)),
        }
    }
}
