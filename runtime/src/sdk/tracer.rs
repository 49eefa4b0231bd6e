//! The start of a span: its ids, whether it is sampled, and what it begins with.

use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::{Link, SpanBuilder, SpanContext, SpanKind, TraceContextExt};
use opentelemetry::{Context, KeyValue, trace};

use crate::active::{Active, Hold};
use crate::attributes::{Attributes, Sink};
use crate::baggage;
use crate::sdk::buffer;
use crate::sdk::clock;
use crate::sdk::provider::Shared;
use crate::sdk::record::{Record, Start, Time, bits, kind, nanoseconds};
use crate::sdk::span::{Open, Span};
use crate::setup::Setup;
use crate::site::CallSite;
use crate::value::ValueRef;

/// A tracer of a [`TracerProvider`](crate::sdk::TracerProvider).
#[derive(Clone)]
pub struct Tracer {
    scoped: Arc<Scoped>,
}

/// A provider, and a scope of it.
pub(crate) struct Scoped {
    pub(crate) shared: Arc<Shared>,
    scope: u32,
}

impl fmt::Debug for Scoped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoped")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
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

    /// What a traced function calls; `None` where the provider has no span to give.
    pub(crate) fn start(
        &self,
        site: &'static CallSite,
        function: &'static str,
        setup: Setup,
        attributes: &dyn Fn(&mut Attributes),
        now: u64,
    ) -> Option<Active> {
        let Setup {
            parent,
            name,
            links,
            ..
        } = setup;
        let start = Beginning {
            name: name.as_deref().unwrap_or(site.name()),
            kind: site.span_kind(),
            attributes: &[],
            links: &links,
            time: now,
            is_given: false,
            site: site.number(),
        };
        let above = parent.span().span_context().span_id();
        let mut span = self.begin(&parent, &start)?;
        let Some(open) = &mut span.open else {
            return Some(Active {
                site,
                context: parent.with_remote_span_context(span.context.clone()),
                parent: above,
                hold: Hold::Unrecorded,
            });
        };
        if let Some(name) = &name {
            open.record.name(name);
        }
        if !site.is_function(function) {
            let function = ValueRef::Str(site.function_name(function));
            open.set("code.function.name".into(), function);
        }
        Attributes::record(open, attributes);
        Some(Active {
            site,
            context: parent.with_span(span),
            parent: above,
            hold: Hold::Native,
        })
    }

    /// The span; `None` where telemetry is suppressed or the provider was shut down.
    #[inline]
    fn begin(&self, parent: &Context, start: &Beginning<'_>) -> Option<Span> {
        let shared = &self.scoped.shared;
        if parent.is_telemetry_suppressed() || shared.is_shut_down() {
            return None;
        }
        let span = parent.span();
        let above = span.span_context();
        let has_parent = above.is_valid();
        let span_id = shared.ids.span_id();
        let (trace_id, flags) = if has_parent {
            (above.trace_id(), above.trace_flags())
        } else {
            shared.ids.trace_id()
        };
        let sampling = shared.head.sample(parent, above, trace_id, start);
        let context = SpanContext::new(
            trace_id,
            span_id,
            flags.with_sampled(sampling.is_sampled),
            false,
            sampling.trace_state,
        );
        if !sampling.is_recording {
            return Some(Span {
                context,
                open: None,
            });
        }
        let header = Start {
            context: &context,
            parent: above.span_id(),
            bits: start.bits(above),
            kind: kind(start.kind),
            time: start.time,
            site: start.site,
            scope: self.scoped.scope,
        };
        let mut open = Open {
            record: Record::begin(buffer::spare(), &header),
            scoped: Arc::clone(&self.scoped),
        };
        let mut attributes = sampling.attributes;
        baggage::copy(parent, &mut attributes);
        open.add(start.links, &attributes);
        let open = Some(open);
        Some(Span { context, open })
    }
}

impl Open {
    fn add(&mut self, links: &[Link], attributes: &[KeyValue]) {
        let limits = &self.scoped.shared.limits;
        for link in links {
            self.record
                .link(limits, &link.span_context, &link.attributes);
        }
        for attribute in attributes {
            self.record.api_attribute(limits, attribute);
        }
    }
}

/// What is known of a span before it starts.
pub(crate) struct Beginning<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: &'a SpanKind,
    pub(crate) attributes: &'a [KeyValue],
    pub(crate) links: &'a [Link],
    time: u64,
    is_given: bool,
    site: u32,
}

impl Beginning<'_> {
    /// The bits of a span below `above`.
    fn bits(&self, above: &SpanContext) -> u8 {
        let of_parent = match (above.is_valid(), above.is_remote()) {
            (false, _) => bits::LOCAL_ROOT,
            (true, true) => bits::LOCAL_ROOT | bits::REMOTE_PARENT,
            (true, false) => 0,
        };
        let of_time = if self.is_given { bits::START_GIVEN } else { 0 };
        of_parent | of_time
    }
}

impl trace::Tracer for Tracer {
    type Span = Span;

    fn build_with_context(&self, builder: SpanBuilder, parent: &Context) -> Span {
        let attributes = builder.attributes.unwrap_or_default();
        let start = Beginning {
            name: &builder.name,
            kind: builder.span_kind.as_ref().unwrap_or(&SpanKind::Internal),
            attributes: &attributes,
            links: builder.links.as_deref().unwrap_or_default(),
            time: builder.start_time.map_or_else(clock::now, nanoseconds),
            is_given: builder.start_time.is_some(),
            site: 0,
        };
        let Some(mut span) = self.begin(parent, &start) else {
            return Span {
                context: SpanContext::NONE,
                open: None,
            };
        };
        if let Some(Open { record, scoped }) = &mut span.open {
            let limits = &scoped.shared.limits;
            record.name(&builder.name);
            for attribute in &attributes {
                record.api_attribute(limits, attribute);
            }
            for event in builder.events.iter().flatten() {
                let time = Time::Given(event.timestamp);
                record.event(limits, &event.name, time, &event.attributes);
            }
        }
        span
    }
}
