//! A span that is started through the OpenTelemetry API.

use std::borrow::Cow;
use std::time::SystemTime;

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span as ApiSpan, SpanContext, Status};

#[cfg(feature = "tracing")]
use crate::describe;
use crate::sdk::clock::Time;
use crate::sdk::open::{Open, at_desk, with_rings};

/// A span of a [`TracerProvider`](crate::sdk::TracerProvider).
///
/// It ends when `end` or `end_with_timestamp` is called, or when it is dropped.
#[derive(Debug)]
pub struct Span {
    pub(crate) context: SpanContext,
    /// `None` if the span is not recorded, or has ended.
    pub(crate) open: Option<Open>,
}

impl Span {
    pub(crate) const NONE: Span = Span {
        context: SpanContext::NONE,
        open: None,
    };

    #[inline]
    fn end_at(&mut self, end: Time) {
        if let Some(mut open) = self.open.take() {
            with_rings(|rings| open.hand_over(end, rings));
            at_desk(|desk| {
                desk.memory.keep(open.record.into_memory());
                Some(())
            });
        }
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
