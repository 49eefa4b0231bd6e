//! The span of a function as the OpenTelemetry API sees it: a handle in the context.
//!
//! A change is written to the span itself if it is on the desk of this thread. Otherwise, the
//! change goes to the span's mark, from where the owner merges it.

use std::borrow::Cow;
use std::fmt;
use std::time::SystemTime;

use opentelemetry::KeyValue;
use opentelemetry::trace::{Span, SpanContext, Status};

use super::changes::{Changes, Mark};
use super::desk::at_desk;
use super::open_span::Open;
use crate::attributes::ValueRef;
#[cfg(feature = "tracing")]
use crate::describe::{self, Description};
use crate::sdk::clock::Time;
use crate::sdk::record::layout::status;
use crate::sdk::record::{Limits, Record};
#[cfg(feature = "tracing")]
use crate::site::CallSite;

/// A handle to the span with this turn of the mark.
pub(crate) struct Handle {
    pub(crate) context: SpanContext,
    pub(crate) mark: &'static Mark,
    pub(crate) turn: u64,
    #[cfg(feature = "tracing")]
    pub(crate) site: &'static CallSite,
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("context", &self.context)
            .field("is_recording", &self.is_recording())
            .finish_non_exhaustive()
    }
}

impl Handle {
    fn change(&self, change: impl FnOnce(&mut Record, &Limits)) {
        let mut change = Some(change);
        at_desk(|desk| {
            let kept = |open: &mut Open| {
                if let Some(change) = change.take() {
                    change(&mut open.record, &open.scoped.shared.limits);
                }
            };
            desk.write(self.mark, self.turn, kept)
        });
        if let Some(change) = change {
            let write = |side: &mut Changes| change(&mut side.record, &side.limits);
            self.mark.change(self.turn, write);
        }
    }

    fn end_at(&self, time: Time) {
        let is_here = at_desk(|desk| desk.end_here(self.mark, self.turn, time));
        if is_here.is_none() {
            self.mark.end(self.turn, |side| side.end = Some(time));
        }
    }

    /// Describes the span to the log line that asks. On a thread other than the span's, only the
    /// name of the call site is known.
    #[cfg(feature = "tracing")]
    #[cold]
    fn describe(&self) {
        at_desk(|desk| {
            desk.write(self.mark, self.turn, |open| {
                describe::answer(|detail| open.description(detail));
            })
        });
        if self.is_recording() {
            describe::answer(|_| Description {
                name: self.site.name().into(),
                attributes: Vec::new(),
            });
        }
    }
}

impl Span for Handle {
    fn add_event_with_timestamp<T: Into<Cow<'static, str>>>(
        &mut self,
        name: T,
        timestamp: SystemTime,
        attributes: Vec<KeyValue>,
    ) {
        let (name, time) = (name.into(), Time::given(timestamp));
        self.change(|record, limits| record.event(limits, &name, time, &attributes));
    }

    fn span_context(&self) -> &SpanContext {
        &self.context
    }

    fn is_recording(&self) -> bool {
        self.mark.is_open(self.turn)
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        self.change(|record, limits| {
            let value = ValueRef::Owned(attribute.value);
            record.attribute(limits, attribute.key.as_str(), &value);
        });
    }

    fn set_status(&mut self, status: Status) {
        match status {
            Status::Unset => {
                #[cfg(feature = "tracing")]
                self.describe();
            }
            Status::Ok => self.change(|record, limits| record.status(limits, status::OK, "")),
            Status::Error { description } => self.change(|record, limits| {
                record.status(limits, status::ERROR, &description);
            }),
        }
    }

    fn update_name<T: Into<Cow<'static, str>>>(&mut self, new_name: T) {
        let name = new_name.into();
        self.change(|record, _| record.name(&name));
    }

    fn add_link(&mut self, span_context: SpanContext, attributes: Vec<KeyValue>) {
        self.change(|record, limits| record.link(limits, &span_context, &attributes));
    }

    fn end(&mut self) {
        self.end_at(Time::now());
    }

    fn end_with_timestamp(&mut self, timestamp: SystemTime) {
        self.end_at(Time::given(timestamp));
    }
}
