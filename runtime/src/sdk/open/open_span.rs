//! A span that is being recorded: its record, and the provider that it belongs to.

use std::sync::Arc;

use opentelemetry::Key;

use super::scoped::Scoped;
use crate::attributes::{Exception, ValueRef};
use crate::sdk::clock::Time;
use crate::sdk::export::buffers::Rings;
use crate::sdk::record::layout::status;
use crate::sdk::record::{Indexed, Record};
use crate::site::CallSite;

/// A span that is being recorded.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) record: Record,
    pub(crate) scoped: Arc<Scoped>,
}

impl Open {
    /// Hands the span over to the background thread. `rings` are those of this thread, or `None` if
    /// the thread is ending.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "is the end of a span")]
    pub(crate) fn hand_over(&mut self, end: Time, rings: Option<&Rings>) {
        self.scoped.shared.ended(rings, self.record.end(end));
    }

    pub(crate) fn set(&mut self, key: &Key, value: &ValueRef<'_>) {
        let limits = &self.scoped.shared.limits;
        self.record.attribute(limits, key.as_str(), value);
    }

    pub(crate) fn failure(&mut self, exception: &Exception<'_>) -> bool {
        let limits = &self.scoped.shared.limits;
        self.record.failure(limits, exception)
    }

    pub(crate) fn exception(&mut self, exception: &Exception<'_>) {
        let limits = &self.scoped.shared.limits;
        self.record.exception(limits, exception);
    }

    pub(crate) fn fail(&mut self, description: &str) {
        let limits = &self.scoped.shared.limits;
        self.record.status(limits, status::ERROR, description);
    }

    pub(crate) fn succeed(&mut self) {
        self.record
            .status(&self.scoped.shared.limits, status::OK, "");
    }

    /// Sets the attribute whose key the call site has at this index.
    #[inline]
    pub(crate) fn set_at(&mut self, site: &'static CallSite, index: u8, value: impl Indexed) {
        let limits = &self.scoped.shared.limits;
        self.record.attribute_at(limits, site, index, value);
    }
}
