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

    /// The same, of a handle that no other thread has: counting the handles of a shared one is what threads wait for.
    pub(crate) fn of_one_thread(self) -> Tracer {
        let shared = Arc::clone(&self.scoped.shared);
        Tracer::new(shared, self.scoped.scope)
    }

    /// What a traced function calls; `above` is the current span. `None` where the provider has no span to give.
    #[inline]
    pub(crate) fn start_current(
        self,
        site: &'static CallSite,
        function: &'static str,
        above: &SpanContext,
        attributes: &dyn Fn(&mut Attributes),
        now: u64,
    ) -> Option<Active> {
        if self.is_shut_down() {
            return None;
        }
        let start = Beginning::at(site, now);
        let span = self.begin(&Place::Current, above, &start);
        Some(activate(
            site,
            function,
            &Place::Current,
            above,
            span,
            attributes,
        ))
    }

    /// The same, for a span whose place or name was found at run time.
    pub(crate) fn start(
        self,
        site: &'static CallSite,
        function: &'static str,
        setup: &Setup,
        attributes: &dyn Fn(&mut Attributes),
        now: u64,
    ) -> Option<Active> {
        if self.is_shut_down() {
            return None;
        }
        let usual = Beginning::at(site, now);
        let start = Beginning {
            name: setup.name.as_deref().unwrap_or(usual.name),
            links: &setup.links,
            ..usual
        };
        let place = Place::Below(&setup.parent);
        let above = setup.parent.span().span_context().clone();
        let mut span = self.begin(&place, &above, &start);
        if let (Some(open), Some(name)) = (&mut span.open, &setup.name) {
            open.record.name(name);
        }
        Some(activate(site, function, &place, &above, span, attributes))
    }

    fn is_shut_down(&self) -> bool {
        self.scoped.shared.is_shut_down()
    }

    #[inline]
    fn begin(self, place: &Place<'_>, above: &SpanContext, start: &Beginning<'_>) -> Span {
        let shared = &self.scoped.shared;
        let span_id = shared.ids.span_id();
        let has_parent = above.is_valid();
        let (trace_id, flags) = if has_parent {
            (above.trace_id(), above.trace_flags())
        } else {
            shared.ids.trace_id()
        };
        let sampling = shared.head.sample(place, above, trace_id, start);
        let context = SpanContext::new(
            trace_id,
            span_id,
            flags.with_sampled(sampling.is_sampled),
            false,
            sampling.trace_state,
        );
        if !sampling.is_recording {
            return Span {
                context,
                open: None,
            };
        }
        let header = Start {
            context: &context,
            parent: above.span_id(),
            bits: start.bits(has_parent, above.is_remote()),
            kind: kind(start.kind),
            time: start.time,
            site: start.site,
            scope: self.scoped.scope,
        };
        let mut record = Record::begin(buffer::spare(), &header);
        let limits = &shared.limits;
        for link in start.links {
            record.link(limits, &link.span_context, &link.attributes);
        }
        for attribute in &sampling.attributes {
            record.api_attribute(limits, attribute);
        }
        if baggage::is_copied() {
            for attribute in place.with(baggage::copied) {
                record.api_attribute(limits, &attribute);
            }
        }
        let open = Some(Open {
            record,
            scoped: self.scoped,
        });
        Span { context, open }
    }
}

/// Where a span is to be.
pub(crate) enum Place<'a> {
    /// Below the current span.
    Current,
    Below(&'a Context),
}

impl Place<'_> {
    /// Looks at the context above.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&Context) -> R) -> R {
        match self {
            Place::Current => f(&Context::current()),
            Place::Below(context) => f(context),
        }
    }

    #[inline]
    fn with_span(&self, span: Span) -> Context {
        match self {
            Place::Current => Context::current_with_span(span),
            Place::Below(context) => context.with_span(span),
        }
    }
}

/// Writes to a span what the function says of it, and puts it into its context.
#[inline]
fn activate(
    site: &'static CallSite,
    function: &'static str,
    place: &Place<'_>,
    above: &SpanContext,
    mut span: Span,
    attributes: &dyn Fn(&mut Attributes),
) -> Active {
    let parent = above.span_id();
    let Some(open) = &mut span.open else {
        let context = place.with(|above| above.with_remote_span_context(span.context.clone()));
        return Active {
            site,
            context,
            parent,
            hold: Hold::Unrecorded,
        };
    };
    if !site.is_function(function) {
        let function = ValueRef::Str(site.function_name(function));
        open.set("code.function.name".into(), function);
    }
    Attributes::record(open, attributes);
    Active {
        site,
        context: place.with_span(span),
        parent,
        hold: Hold::Native,
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
    /// Of a traced function.
    #[inline]
    fn at(site: &'static CallSite, now: u64) -> Beginning<'static> {
        Beginning {
            name: site.name(),
            kind: site.span_kind(),
            attributes: &[],
            links: &[],
            time: now,
            is_given: false,
            site: site.number(),
        }
    }

    /// The bits of a span, by its parent.
    fn bits(&self, has_parent: bool, is_remote: bool) -> u8 {
        let of_parent = match (has_parent, is_remote) {
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
        if parent.is_telemetry_suppressed() || self.is_shut_down() {
            return Span {
                context: SpanContext::NONE,
                open: None,
            };
        }
        let above = parent.span();
        let place = Place::Below(parent);
        let mut span = (self.clone()).begin(&place, above.span_context(), &start);
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
