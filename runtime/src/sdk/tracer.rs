//! The start of a span: its ids, whether it is sampled, and what it begins with.

use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::{
    Link, SpanBuilder, SpanContext, SpanId, SpanKind, TraceContextExt, TraceFlags, TraceId,
    TraceState,
};
use opentelemetry::{Context, KeyValue, trace};

use crate::active::{Active, Hold};
use crate::attributes::Attributes;
use crate::baggage;
use crate::sdk::buffer;
use crate::sdk::clock::Time;
use crate::sdk::desk::Desk;
use crate::sdk::head::{Given, Head};
use crate::sdk::ids::Ids;
use crate::sdk::kept::Kept;
use crate::sdk::layout::bits;
use crate::sdk::provider::Shared;
use crate::sdk::record::{Record, Start, kind};
use crate::sdk::span::{Open, Span};
use crate::setup::Setup;
use crate::site::CallSite;
use crate::span::Called;

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

    /// A box for a span of this tracer, which is known since then; `None` where the provider was shut down.
    #[cold]
    #[inline(never)]
    pub(crate) fn keep(
        self,
        desk: &Desk,
        site: &'static CallSite,
        since: u64,
    ) -> Option<Box<Kept>> {
        if self.is_shut_down() {
            return None;
        }
        let left = desk.any();
        let mut kept = left.unwrap_or_else(|| Box::new(Kept::new(Arc::clone(&self.scoped), site)));
        kept.serve(self.scoped, site, since);
        Some(kept)
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
}

impl Scoped {
    /// Whether code that is not ours takes part in the start of a span.
    #[inline]
    pub(crate) fn asks_others(&self) -> bool {
        let Shared { head, ids, .. } = &*self.shared;
        matches!(head, Head::Own(_)) || matches!(ids, Ids::Own(_))
    }

    /// Finds a span's ids and whether it is recorded; if so, begins its record. Not where telemetry is suppressed.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what a span is begun with is not put into memory to be read again"
    )]
    pub(crate) fn begin(
        &self,
        record: &mut Record,
        parent: &Context,
        start: &Beginning<'_>,
    ) -> Decided {
        let shared = &self.shared;
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
        let decided = Decided {
            trace_id,
            span_id,
            flags: flags.with_sampled(sampling.is_sampled()),
            is_recording: sampling.is_recording(),
            given: sampling.given,
        };
        if decided.is_recording {
            record.begin(&Start {
                trace_id,
                span_id,
                flags: decided.flags,
                parent: above.span_id(),
                bits: Beginning::bits(has_parent, above.is_remote()),
                kind: kind(start.kind),
                time: start.time,
                site: start.site,
                scope: self.scope,
            });
            let given = decided.given.as_deref();
            let has_state = *above.trace_state() != TraceState::NONE;
            if has_state || given.is_some() || !start.links.is_empty() || baggage::is_copied() {
                self.begin_with(record, parent, start.links, given);
            }
        }
        decided
    }

    /// Writes what a span begins with before anything of its own.
    #[cold]
    fn begin_with(
        &self,
        record: &mut Record,
        parent: &Context,
        links: &[Link],
        given: Option<&Given>,
    ) {
        let limits = &self.shared.limits;
        let span = parent.span();
        let state = span.span_context().trace_state();
        record.trace_state(given.map_or(state, |given| &given.trace_state));
        for link in links {
            record.api_link(limits, link);
        }
        for attribute in given.iter().flat_map(|given| &given.attributes) {
            record.api_attribute(limits, attribute);
        }
        if baggage::is_copied() {
            for attribute in baggage::copied(parent) {
                record.api_attribute(limits, &attribute);
            }
        }
    }
}

/// What was decided on a span.
pub(crate) struct Decided {
    trace_id: TraceId,
    span_id: SpanId,
    flags: TraceFlags,
    pub(crate) is_recording: bool,
    given: Option<Box<Given>>,
}

impl Decided {
    /// The span's context, by that of the span above.
    #[inline]
    pub(crate) fn context(self, above: &SpanContext) -> SpanContext {
        let state = match self.given {
            None => above.trace_state().clone(),
            Some(given) => given.trace_state,
        };
        SpanContext::new(self.trace_id, self.span_id, self.flags, false, state)
    }
}

/// Begins a traced function's span below `above`, if it is known which provider has it and no code runs but ours.
#[inline(always)]
#[expect(clippy::inline_always, reason = "see `Scoped::begin`")]
pub(crate) fn begin(
    desk: &Desk,
    above: &Context,
    site: &'static CallSite,
    function: &'static str,
) -> Option<Box<Kept>> {
    let (mut kept, now) = desk.ready(site)?;
    if kept.open.scoped.asks_others() {
        desk.keep(kept);
        return None;
    }
    kept.begin(site, above, &Beginning::at(site, function, now));
    Some(kept)
}

/// Starts a traced function's span in this box.
pub(crate) fn start(
    mut kept: Box<Kept>,
    desk: &Desk,
    now: u64,
    setup: &Setup,
    called: &Called<'_>,
) -> Active {
    let usual = Beginning::at(called.site, called.function, now);
    let name = setup.name.as_deref();
    let start = Beginning {
        name: name.map_or(usual.name, Name::Given),
        links: &setup.links,
        ..usual
    };
    kept.begin(called.site, &setup.parent, &start);
    if let Some(name) = name
        && kept.is_recording()
    {
        kept.open.record.name(name);
    }
    describe(kept, desk, called.function, called.attributes)
}

/// Writes what the function says of its span, which has begun.
#[inline]
pub(crate) fn describe(
    mut kept: Box<Kept>,
    desk: &Desk,
    function: &'static str,
    attributes: Option<&dyn Fn(&mut Attributes)>,
) -> Active {
    if !kept.is_recording() {
        return unrecorded(kept, desk);
    }
    kept.describe(function);
    if let Some(attributes) = attributes {
        kept.record(attributes);
    }
    Active::kept(kept)
}

/// The span that is only there for what is below it.
#[cold]
fn unrecorded(mut kept: Box<Kept>, desk: &Desk) -> Active {
    let context = std::mem::take(&mut kept.context);
    let site = kept.site;
    desk.keep(kept);
    Active::in_context(site, context, SpanId::INVALID, Hold::Unrecorded)
}

/// A span's name, of which most samplers take no notice.
#[derive(Clone, Copy)]
enum Name<'a> {
    Given(&'a str),
    /// That of a call site's instantiation.
    Of(&'static CallSite, &'static str),
}

/// What is known of a span before it starts.
#[derive(Clone, Copy)]
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
    pub(crate) fn at(
        site: &'static CallSite,
        function: &'static str,
        now: u64,
    ) -> Beginning<'static> {
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
        if self.is_shut_down() || parent.is_telemetry_suppressed() {
            return Span::NONE;
        }
        let scoped = &self.scoped;
        let mut record = Record::in_memory(buffer::spare());
        let decided = scoped.begin(&mut record, parent, &start);
        let is_recording = decided.is_recording;
        let context = decided.context(parent.span().span_context());
        if !is_recording {
            buffer::keep(record.into_memory());
            let open = None;
            return Span { context, open };
        }
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
