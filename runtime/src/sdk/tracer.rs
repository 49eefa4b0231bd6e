//! The start of a span: its ids, whether it is sampled, and what it begins with.

use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::{Link, SpanBuilder, SpanContext, SpanKind, TraceContextExt};
use opentelemetry::{Context, KeyValue, trace};

use crate::active::{Active, Hold};
use crate::attributes::Attributes;
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
        let (context, open) = self.begin(&parent, &start)?;
        let hold = match open {
            Some(_) => Hold::Native,
            None => Hold::Unrecorded,
        };
        let context = match open {
            None => parent.with_remote_span_context(context),
            Some(mut open) => {
                if let Some(name) = &name {
                    open.record.name(name);
                }
                let of_site = site.function_name(function);
                if !std::ptr::eq(of_site, site.function()) {
                    let value = ValueRef::Str(of_site);
                    open.record
                        .attribute(&self.scoped.shared.limits, "code.function.name", &value);
                }
                Attributes::record(&mut open, attributes);
                parent.with_span(Span::new(context, Some(open)))
            }
        };
        Some(Active {
            site,
            context,
            parent: above,
            hold,
        })
    }

    /// The span's context, and what records it; `None` where telemetry is suppressed or the provider was shut down.
    fn begin(
        &self,
        parent: &Context,
        start: &Beginning<'_>,
    ) -> Option<(SpanContext, Option<Open>)> {
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
        let sampling = shared.head.sample(parent, trace_id, start);
        let context = SpanContext::new(
            trace_id,
            span_id,
            flags.with_sampled(sampling.is_sampled),
            false,
            sampling.trace_state,
        );
        if !sampling.is_recording {
            return Some((context, None));
        }
        let is_local_root = !has_parent || above.is_remote();
        let is_remote = has_parent && above.is_remote();
        let mut record = Record::begin(
            buffer::spare(),
            &Start {
                context: &context,
                parent: above.span_id(),
                bits: [
                    (is_local_root, bits::LOCAL_ROOT),
                    (is_remote, bits::REMOTE_PARENT),
                    (start.is_given, bits::START_GIVEN),
                ]
                .into_iter()
                .map(|(is, bit)| if is { bit } else { 0 })
                .sum(),
                kind: kind(start.kind),
                start: start.time,
                site: start.site,
                scope: self.scoped.scope,
            },
        );
        for link in start.links {
            record.link(&shared.limits, &link.span_context, &link.attributes);
        }
        let mut attributes = sampling.attributes;
        baggage::copy(parent, &mut attributes);
        for attribute in &attributes {
            record.api_attribute(&shared.limits, attribute);
        }
        let scoped = Arc::clone(&self.scoped);
        Some((context, Some(Open { record, scoped })))
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
        let Some((context, open)) = self.begin(parent, &start) else {
            return Span::new(SpanContext::NONE, None);
        };
        let open = open.map(|mut open| {
            let limits = &self.scoped.shared.limits;
            open.record.name(&builder.name);
            for attribute in &attributes {
                open.record.api_attribute(limits, attribute);
            }
            for event in builder.events.iter().flatten() {
                let time = Time::Given(event.timestamp);
                open.record
                    .event(limits, &event.name, time, &event.attributes);
            }
            open
        });
        Span::new(context, open)
    }
}
