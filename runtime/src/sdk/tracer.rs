//! The start of a span: its ids, whether it is sampled, and what it begins with.

use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::{Link, SpanBuilder, SpanContext, SpanId, SpanKind, TraceContextExt};
use opentelemetry::{Context, KeyValue, trace};

use crate::active::{Active, Hold};
use crate::attributes::{Attributes, Sink};
use crate::baggage;
use crate::sdk::buffer;
use crate::sdk::clock::Time;
use crate::sdk::head::Head;
use crate::sdk::ids::Ids;
use crate::sdk::layout::bits;
use crate::sdk::provider::Shared;
use crate::sdk::record::{Record, Start, kind};
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

    /// What a traced function calls. `None` where the provider was shut down.
    #[inline]
    pub(crate) fn start_current(
        self,
        site: &'static CallSite,
        function: &'static str,
        attributes: Option<&dyn Fn(&mut Attributes)>,
        now: u64,
    ) -> Option<Active> {
        if self.is_shut_down() {
            return None;
        }
        let mut begun = self.begin(&Place::Current, &Beginning::at(site, function, now));
        begun.describe(site, function, None);
        Some(begun.activate(site, &Place::Current, attributes))
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
        let usual = Beginning::at(site, function, now);
        let start = Beginning {
            name: setup.name.as_deref().map_or(usual.name, Name::Given),
            links: &setup.links,
            ..usual
        };
        let place = Place::Below(&setup.parent);
        let mut begun = self.begin(&place, &start);
        begun.describe(site, function, setup.name.as_deref());
        Some(begun.activate(site, &place, Some(attributes)))
    }

    /// Where it was, the span that somebody wants is lost.
    fn is_shut_down(&self) -> bool {
        let shared = &self.scoped.shared;
        let is_shut_down = shared.is_shut_down();
        if is_shut_down {
            shared.warnings.tell_of_late();
        }
        is_shut_down
    }

    #[inline]
    fn begin(self, place: &Place<'_>, start: &Beginning<'_>) -> Begun {
        let Shared { head, ids, .. } = &*self.scoped.shared;
        let asks_others = matches!(head, Head::Own(_)) || matches!(ids, Ids::Own(_));
        place.look(asks_others, |parent| self.begin_below(parent, start))
    }

    #[inline]
    fn begin_below(self, parent: &Context, start: &Beginning<'_>) -> Begun {
        let shared = &self.scoped.shared;
        let span = parent.span();
        let above = span.span_context();
        let parent_id = above.span_id();
        if parent.is_telemetry_suppressed() {
            let span = Span::NONE;
            return Begun { span, parent_id };
        }
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
            let open = None;
            let span = Span { context, open };
            return Begun { span, parent_id };
        }
        let header = Start {
            context: &context,
            parent: parent_id,
            bits: Beginning::bits(has_parent, above.is_remote()),
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
            for attribute in baggage::copied(parent) {
                record.api_attribute(limits, &attribute);
            }
        }
        let open = Some(Open {
            record,
            scoped: self.scoped,
        });
        let span = Span { context, open };
        Begun { span, parent_id }
    }
}

/// Where a span is to be.
pub(crate) enum Place<'a> {
    /// Below the current span.
    Current,
    Below(&'a Context),
}

impl Place<'_> {
    /// Looks at the context above, which must not be borrowed while others' code runs.
    #[inline]
    fn look<R>(&self, runs_others: bool, f: impl FnOnce(&Context) -> R) -> R {
        match self {
            Place::Current if runs_others => f(&Context::current()),
            Place::Current => Context::map_current(f),
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

/// A span that began, which is in no context so far.
struct Begun {
    span: Span,
    parent_id: SpanId,
}

impl Begun {
    /// Writes what the call site alone does not say: a name found at run time, and the names of another instantiation than its first.
    #[inline]
    fn describe(&mut self, site: &'static CallSite, function: &'static str, name: Option<&str>) {
        let Some(open) = &mut self.span.open else {
            return;
        };
        if let Some(name) = name {
            open.record.name(name);
        }
        if !site.is_function(function) {
            let names = site.names(function);
            if name.is_none() && names.span != site.name() {
                open.record.name(names.span);
            }
            open.set("code.function.name".into(), ValueRef::Str(names.function));
        }
    }

    /// Writes the attributes that the function names, and puts the span into its context.
    #[inline]
    fn activate(
        mut self,
        site: &'static CallSite,
        place: &Place<'_>,
        attributes: Option<&dyn Fn(&mut Attributes)>,
    ) -> Active {
        let (context, hold) = if let Some(open) = &mut self.span.open {
            if let Some(attributes) = attributes {
                Attributes::record(open, site, attributes);
            }
            (place.with_span(self.span), Hold::Native)
        } else {
            let span = self.span.context.clone();
            let context = place.look(false, |above| above.with_remote_span_context(span));
            (context, Hold::Unrecorded)
        };
        Active {
            site,
            context,
            parent: self.parent_id,
            hold,
        }
    }
}

/// A span's name, of which most samplers take no notice.
enum Name<'a> {
    Given(&'a str),
    /// That of a call site's instantiation.
    Of(&'static CallSite, &'static str),
}

/// What is known of a span before it starts.
pub(crate) struct Beginning<'a> {
    name: Name<'a>,
    pub(crate) kind: &'a SpanKind,
    pub(crate) attributes: &'a [KeyValue],
    pub(crate) links: &'a [Link],
    time: Time,
    site: u32,
}

impl Beginning<'_> {
    /// Of a traced function.
    #[inline]
    fn at(site: &'static CallSite, function: &'static str, now: u64) -> Beginning<'static> {
        Beginning {
            name: Name::Of(site, function),
            kind: site.span_kind(),
            attributes: &[],
            links: &[],
            time: Time::Ticks(now),
            site: site.number(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self.name {
            Name::Given(name) => name,
            Name::Of(site, function) => site.names(function).span,
        }
    }

    /// The bits of a span, by its parent.
    fn bits(has_parent: bool, is_remote: bool) -> u8 {
        match (has_parent, is_remote) {
            (false, _) => bits::LOCAL_ROOT,
            (true, true) => bits::LOCAL_ROOT | bits::REMOTE_PARENT,
            (true, false) => 0,
        }
    }
}

impl trace::Tracer for Tracer {
    type Span = Span;

    fn build_with_context(&self, builder: SpanBuilder, parent: &Context) -> Span {
        let attributes = builder.attributes.unwrap_or_default();
        let start = Beginning {
            name: Name::Given(&builder.name),
            kind: builder.span_kind.as_ref().unwrap_or(&SpanKind::Internal),
            attributes: &attributes,
            links: builder.links.as_deref().unwrap_or_default(),
            time: builder.start_time.map_or_else(Time::now, Time::given),
            site: 0,
        };
        if self.is_shut_down() {
            return Span::NONE;
        }
        let Begun { mut span, .. } = self.clone().begin_below(parent, &start);
        if let Some(Open { record, scoped }) = &mut span.open {
            let limits = &scoped.shared.limits;
            record.name(&builder.name);
            for attribute in &attributes {
                record.api_attribute(limits, attribute);
            }
            for event in builder.events.iter().flatten() {
                let time = Time::given(event.timestamp);
                record.event(limits, &event.name, time, &event.attributes);
            }
        }
        span
    }
}
