//! A span of the provider, as the OpenTelemetry API sees it.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::trace::{Span as ApiSpan, SpanContext, Status};
use opentelemetry::{Key, KeyValue};

use crate::attributes::Exception;
use crate::attributes::ValueRef;
#[cfg(feature = "tracing")]
use crate::describe;
use crate::sdk::clock::Time;
use crate::sdk::export::buffers::Rings;
use crate::sdk::open::at_desk;
use crate::sdk::record::layout::status;
use crate::sdk::record::{Indexed, Record};
use crate::sdk::tracer::Scoped;
use crate::site::CallSite;

/// A span of a [`TracerProvider`](crate::sdk::TracerProvider).
///
/// It ends when `end` is called or when it is dropped.
#[derive(Debug)]
pub struct Span {
    pub(crate) context: SpanContext,
    /// Nothing if it does not record, or ended.
    pub(crate) open: Option<Open>,
}

/// A span that records.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) record: Record,
    pub(crate) scoped: Arc<Scoped>,
}

impl Span {
    pub(crate) const NONE: Span = Span {
        context: SpanContext::NONE,
        open: None,
    };

    #[inline]
    fn end_at(&mut self, end: Time) {
        if let Some(mut open) = self.open.take() {
            open.hand_over_anywhere(end);
            at_desk(|desk| {
                desk.memory.keep(open.record.into_memory());
                Some(())
            });
        }
    }
}

impl Open {
    /// Hands the span over to the background thread, from a thread that has these rings.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is the end of a span")]
    pub(crate) fn hand_over(&mut self, end: Time, rings: &Rings) {
        self.scoped.shared.ended(Some(rings), self.record.end(end));
    }

    /// The same, from whatever thread.
    pub(crate) fn hand_over_anywhere(&mut self, end: Time) {
        let record = self.record.end(end);
        let shared = &self.scoped.shared;
        let here = at_desk(|desk| {
            shared.ended(Some(&desk.rings), record);
            Some(())
        });
        if here.is_none() {
            shared.ended(None, record);
        }
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

    /// Sets an attribute of the call site's.
    #[inline]
    pub(crate) fn set_at(&mut self, site: &'static CallSite, index: u8, value: impl Indexed) {
        let limits = &self.scoped.shared.limits;
        self.record.attribute_at(limits, site, index, value);
    }
}

impl ApiSpan for Span {
    fn add_event<T: Into<Cow<'static, str>>>(&mut self, name: T, attributes: Vec<KeyValue>) {
        if let Some(Open { record, scoped }) = &mut self.open {
            let limits = &scoped.shared.limits;
            record.event(limits, &name.into(), Time::now(), &attributes);
        }
    }

    fn add_event_with_timestamp<T: Into<Cow<'static, str>>>(
        &mut self,
        name: T,
        timestamp: SystemTime,
        attributes: Vec<KeyValue>,
    ) {
        if let Some(Open { record, scoped }) = &mut self.open {
            let limits = &scoped.shared.limits;
            let time = Time::given(timestamp);
            record.event(limits, &name.into(), time, &attributes);
        }
    }

    fn span_context(&self) -> &SpanContext {
        &self.context
    }

    fn is_recording(&self) -> bool {
        self.open.is_some()
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        if let Some(open) = &mut self.open {
            let limits = &open.scoped.shared.limits;
            open.record.api_attribute(limits, &attribute);
        }
    }

    fn set_status(&mut self, status: Status) {
        if let Some(open) = &mut self.open {
            match status {
                Status::Unset => {
                    #[cfg(feature = "tracing")]
                    describe::answer(|detail| open.description(detail));
                }
                Status::Ok => open.succeed(),
                Status::Error { description } => open.fail(&description),
            }
        }
    }

    fn update_name<T: Into<Cow<'static, str>>>(&mut self, new_name: T) {
        if let Some(open) = &mut self.open {
            open.record.name(&new_name.into());
        }
    }

    fn add_link(&mut self, span_context: SpanContext, attributes: Vec<KeyValue>) {
        if let Some(Open { record, scoped }) = &mut self.open {
            record.link(&scoped.shared.limits, &span_context, &attributes);
        }
    }

    #[inline]
    fn end(&mut self) {
        if self.open.is_some() {
            self.end_at(Time::now());
        }
    }

    fn end_with_timestamp(&mut self, timestamp: SystemTime) {
        self.end_at(Time::given(timestamp));
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        ApiSpan::end(self);
    }
}
