//! The tracer of a provider, which starts spans through the OpenTelemetry API.

use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::{SpanBuilder, SpanKind, TraceContextExt};
use opentelemetry::{Context, trace};

use crate::sdk::clock::Time;
use crate::sdk::export::{Shared, buffers};
use crate::sdk::open::{Desk, FunctionSpan, Open, Scoped, at_desk};
use crate::sdk::record::Record;
use crate::sdk::sampling::{Name, SpanStart};
use crate::sdk::span::Span;
use crate::site::CallSite;

/// A tracer of a [`TracerProvider`](crate::sdk::TracerProvider).
#[derive(Clone)]
pub struct Tracer {
    scoped: Arc<Scoped>,
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracer")
            .field("scope", &self.scoped.scope)
            .finish_non_exhaustive()
    }
}

impl Tracer {
    pub(crate) fn new(shared: Arc<Shared>, scope: u32) -> Tracer {
        let scoped = Arc::new(Scoped { shared, scope });
        Tracer { scoped }
    }

    /// Returns this tracer with its own reference count. Threads that share a count slow each other
    /// down.
    pub(crate) fn of_one_thread(self) -> Tracer {
        let shared = Arc::clone(&self.scoped.shared);
        Tracer::new(shared, self.scoped.scope)
    }

    /// Returns a box in which this tracer can start spans of functions, or `None` if the provider
    /// was shut down.
    ///
    /// The box comes from the desk, or is new. It remembers that the provider was asked for this
    /// tracer, on behalf of the call site, at the time `since`.
    #[cold]
    #[inline(never)]
    pub(crate) fn keep(
        self,
        desk: &Desk,
        site: &'static CallSite,
        since: u64,
    ) -> Option<Box<FunctionSpan>> {
        if self.is_shut_down() {
            return None;
        }
        let left = desk.any();
        let mut kept =
            left.unwrap_or_else(|| Box::new(FunctionSpan::new(Arc::clone(&self.scoped), site)));
        kept.serve(self.scoped, site, since);
        Some(kept)
    }

    /// Returns `true`, and warns about the span that is lost, if the provider was shut down.
    fn is_shut_down(&self) -> bool {
        let shared = &self.scoped.shared;
        let is_shut_down = shared.is_shut_down();
        if is_shut_down {
            shared.warnings.tell_of_late();
        }
        is_shut_down
    }
}

/// Returns memory for a record: that of an earlier one, if this thread has any, or new memory.
fn spare_memory() -> Vec<u8> {
    at_desk(|desk| desk.memory.take()).unwrap_or_else(buffers::fresh)
}

impl trace::Tracer for Tracer {
    type Span = Span;

    fn build_with_context(&self, builder: SpanBuilder, parent: &Context) -> Span {
        if self.is_shut_down() || parent.is_telemetry_suppressed() {
            return Span::NONE;
        }
        let time = builder.start_time.map_or_else(Time::now, Time::given);
        let attributes = builder.attributes.unwrap_or_default();
        let asked = SpanStart {
            name: Name::Given(&builder.name),
            kind: builder.span_kind.as_ref().unwrap_or(&SpanKind::Internal),
            attributes: &attributes,
            links: builder.links.as_deref().unwrap_or_default(),
        };
        let scoped = &self.scoped;
        let span = parent.span();
        let above = span.span_context();
        let decided = scoped.decide(parent, above, &asked);
        let context = decided.context(above);
        if !decided.is_recording {
            let open = None;
            return Span { context, open };
        }
        let mut record = Record::in_memory(spare_memory());
        scoped.begin(&mut record, above, &decided, (asked.kind, time, 0));
        scoped.begin_with(&mut record, parent, asked.links, decided);
        let limits = &scoped.shared.limits;
        record.name(&builder.name);
        for attribute in &attributes {
            record.api_attribute(limits, attribute);
        }
        for event in builder.events.iter().flatten() {
            record.api_event(limits, event);
        }
        let scoped = Arc::clone(scoped);
        let open = Some(Open { record, scoped });
        Span { context, open }
    }
}
