//! What an open span says of itself.

use crate::describe::{Description, Detail};
use crate::sdk::items::{Item, Items, Reader};
use crate::sdk::record::at;
use crate::sdk::span::Open;
use crate::site::{self, CallSite};

use opentelemetry::{KeyValue, Value};

impl Open {
    /// Reads the record as far as it is written.
    pub(crate) fn description(&self, detail: Detail) -> Description {
        let bytes = self.record.bytes();
        let mut head = Reader {
            bytes: &bytes[at::SITE..at::ITEMS],
        };
        let site = head.number().and_then(site::numbered);
        let mut description = Description {
            name: site.map_or("", CallSite::name).into(),
            attributes: Vec::new(),
        };
        let mut items = Items(Reader {
            bytes: &bytes[at::ITEMS..],
        });
        loop {
            if let Some((key, value)) = items.next_attribute() {
                if detail == Detail::NameAndAttributes {
                    description.set(key, value);
                }
                continue;
            }
            match items.next() {
                Some(Item::Name(name)) => description.name = name.to_owned().into(),
                Some(_) => {}
                None => return description,
            }
        }
    }
}

impl Description {
    /// The last value of a key holds; where the code stands says nothing new on a line.
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
