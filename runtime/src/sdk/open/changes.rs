//! The changes that other threads have made to a span, until its owner merges them.

use std::sync::{Mutex, PoisonError};

use super::mark::{self, Reset};
use crate::sdk::clock::Time;
use crate::sdk::record::layout::{at, status};
use crate::sdk::record::{Item, Limits, Record, places};

pub(crate) type Mark = mark::Mark<Changes>;

/// The marks that belong to no box. There are never more marks than there have been boxes at the
/// same time.
static UNUSED: Mutex<Vec<&'static Mark>> = Mutex::new(Vec::new());

impl Mark {
    /// Returns a mark that belongs to no box: an unused one, or a new one.
    #[cold]
    pub(crate) fn take_unused() -> &'static Mark {
        let unused = UNUSED.lock().unwrap_or_else(PoisonError::into_inner).pop();
        unused.unwrap_or_else(|| Box::leak(Box::default()))
    }

    /// Gives the mark back. The mark itself is never freed, but the memory of its changes is.
    #[cold]
    pub(crate) fn give_back(&'static self) {
        self.prepare(|side| *side = Changes::default());
        let mut unused = UNUSED.lock().unwrap_or_else(PoisonError::into_inner);
        unused.push(self);
    }
}

/// The changes as a separate record, with the limits of the span's record.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) limits: Limits,
    pub(crate) record: Record,
    /// The time at which another thread ended the span.
    pub(crate) end: Option<Time>,
}

impl Reset for Changes {
    fn reset(&mut self) {
        self.record.begin_side();
        self.end = None;
    }
}

impl Record {
    /// Merges what was written to `side`.
    #[cold]
    pub(crate) fn merge(&mut self, limits: &Limits, side: &Record) {
        let mut description = "";
        for (place, item) in places(&side.bytes) {
            let copy = |record: &mut Record| record.bytes.extend_from_slice(&side.bytes[place]);
            match item {
                Item::Name(name) => self.name(name.as_str()),
                Item::Attribute(key, _) => self.attribute_with(limits, || key.as_str(), copy),
                Item::Event(_) | Item::Failure(_) => self.event_with(limits, copy),
                Item::Link(_) => self.link_with(limits, copy),
                Item::Description(text) => description = text.as_str(),
                Item::TraceState(_) | Item::Dropped(_) => {}
            }
        }
        match side.bytes[at::STATUS] {
            0 => {}
            status => self.status(limits, status, description),
        }
        self.add_dropped(side);
        debug_assert!(side.bytes[at::STATUS] <= status::OK);
    }
}
