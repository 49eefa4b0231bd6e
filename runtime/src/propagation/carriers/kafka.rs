//! Carriers for the headers of `rdkafka`'s messages.

use std::mem;

use opentelemetry::Context;
use rdkafka::message::{BorrowedHeaders, Header, Headers as _, OwnedHeaders};

use super::super::CarrierMut;
use super::super::headers::{Headers, UNREADABLE, take_up};
use crate::carrier::Carrier;
use crate::contain::catch;

impl Headers for BorrowedHeaders {
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h str> {
        let named = headers(self).filter(move |header| header.key.eq_ignore_ascii_case(name));
        named.map(|header| str::from_utf8(header.value.unwrap_or_default()).unwrap_or(UNREADABLE))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        headers(self).map(|header| header.key)
    }
}

/// Returns all headers that can be read. `rdkafka` panics at a name that is not UTF-8.
fn headers(headers: &BorrowedHeaders) -> impl Iterator<Item = Header<'_, &[u8]>> {
    (0..headers.count()).filter_map(|index| catch(|| headers.try_get(index)).flatten())
}

impl Carrier for BorrowedHeaders {
    fn context(&self, current: &Context) -> Option<Context> {
        Some(take_up(self, current))
    }
}

impl Carrier for OwnedHeaders {
    fn context(&self, current: &Context) -> Option<Context> {
        self.as_borrowed().context(current)
    }
}

impl CarrierMut for OwnedHeaders {
    fn set(&mut self, name: &str, value: String) {
        CarrierMut::remove(self, name);
        let header = Header {
            key: name,
            value: Some(&value),
        };
        *self = mem::take(self).insert(header);
    }

    fn remove(&mut self, name: &str) {
        let others =
            headers(self.as_borrowed()).filter(|header| !header.key.eq_ignore_ascii_case(name));
        *self = others.fold(OwnedHeaders::new(), OwnedHeaders::insert);
    }
}
