//! The start of a span: its ids, whether it is sampled, and what it begins with.

use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::{
    Link, SpanBuilder, SpanContext, SpanId, SpanKind, TraceContextExt, TraceFlags, TraceId,
    TraceState,
};
use opentelemetry::{Context, trace};
use opentelemetry_sdk::trace::SamplingDecision;

use crate::baggage;
use crate::sdk::clock::Time;
use crate::sdk::export::buffers;
use crate::sdk::ids::Ids;
use crate::sdk::open::{Desk, Kept, at_desk};
use crate::sdk::provider::Shared;
use crate::sdk::record::layout::{self, bits};
use crate::sdk::record::{Record, Start};
use crate::sdk::sampling::{Given, HeadDecision, Name, SpanStart};
use crate::sdk::span::{Open, Span};
use crate::site::CallSite;

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

    /// The same, of a handle that no other thread has: counting the handles of a shared one is what
    /// threads wait for.
    pub(crate) fn of_one_thread(self) -> Tracer {
        let shared = Arc::clone(&self.scoped.shared);
        Tracer::new(shared, self.scoped.scope)
    }

    /// A box for a span of this tracer, which is known since then; `None` where the provider was
    /// shut down.
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
    /// Decides on a span by the one above alone; `None` where that is not enough.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what was decided is not put into memory to be read again"
    )]
    fn follow(&self, above: &SpanContext) -> Option<Decision> {
        let Shared { head, ids, .. } = &*self.shared;
        let Ids::Random = ids else {
            return None;
        };
        let decision = head.follow(above)?;
        let (trace_id, flags, bits) = if above.is_valid() {
            (above.trace_id(), above.trace_flags(), bits_below(above))
        } else {
            let (trace_id, flags) = ids.trace_id();
            (trace_id, flags | TraceFlags::SAMPLED, bits::LOCAL_ROOT)
        };
        Some(Decision {
            trace_id,
            span_id: ids.span_id(),
            flags,
            bits,
            is_recording: decision != SamplingDecision::Drop,
            given: None,
        })
    }

    /// Decides on a span below `parent`, whose span is `above`. Not where telemetry is suppressed.
    #[inline(never)]
    fn decide(&self, parent: &Context, above: &SpanContext, asked: &SpanStart<'_>) -> Decision {
        if let Some(decided) = self.follow(above) {
            return decided;
        }
        let Shared { head, ids, .. } = &*self.shared;
        let span_id = ids.span_id();
        let (trace_id, flags) = if above.is_valid() {
            (above.trace_id(), above.trace_flags())
        } else {
            ids.trace_id()
        };
        let HeadDecision { decision, given } = head.sample(parent, above, trace_id, asked);
        Decision {
            trace_id,
            span_id,
            flags: flags.with_sampled(decision == SamplingDecision::RecordAndSample),
            bits: bits_below(above),
            is_recording: decision != SamplingDecision::Drop,
            given,
        }
    }

    /// Begins the record of a span that is recorded.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see `follow`")]
    pub(crate) fn begin(
        &self,
        record: &mut Record,
        above: &SpanContext,
        decided: &Decision,
        (kind, time, site): (&SpanKind, Time, u32),
    ) {
        record.begin(&Start {
            trace_id: decided.trace_id,
            span_id: decided.span_id,
            flags: decided.flags,
            parent: above.span_id(),
            bits: decided.bits,
            kind: layout::kind(kind),
            time,
            site,
            scope: self.scope,
        });
        let state = decided.trace_state(above);
        if *state != TraceState::NONE {
            record.trace_state(state);
        }
    }

    /// Writes what others say of a span at its start.
    fn begin_with(
        &self,
        record: &mut Record,
        parent: &Context,
        links: &[Link],
        decided: &Decision,
    ) {
        let limits = &self.shared.limits;
        for link in links {
            record.api_link(limits, link);
        }
        let given = decided.given.iter();
        for attribute in given.flat_map(|given| &given.attributes) {
            record.api_attribute(limits, attribute);
        }
        if baggage::is_copied() {
            self.copy_baggage(record, parent);
        }
    }

    #[cold]
    fn copy_baggage(&self, record: &mut Record, parent: &Context) {
        for attribute in baggage::copied(parent) {
            record.api_attribute(&self.shared.limits, &attribute);
        }
    }
}

/// What was decided on a span.
pub(crate) struct Decision {
    trace_id: TraceId,
    span_id: SpanId,
    flags: TraceFlags,
    bits: u8,
    pub(crate) is_recording: bool,
    given: Option<Box<Given>>,
}

impl Decision {
    #[inline]
    fn trace_state<'a>(&'a self, above: &'a SpanContext) -> &'a TraceState {
        match &self.given {
            None => above.trace_state(),
            Some(given) => &given.trace_state,
        }
    }

    /// The span's context, by that of the span above.
    #[inline]
    pub(crate) fn context(&self, above: &SpanContext) -> SpanContext {
        let state = self.trace_state(above).clone();
        SpanContext::new(self.trace_id, self.span_id, self.flags, false, state)
    }
}

/// The bits of a span, by its parent.
#[inline]
fn bits_below(above: &SpanContext) -> u8 {
    if !above.is_valid() {
        bits::LOCAL_ROOT
    } else if above.is_remote() {
        bits::LOCAL_ROOT | bits::REMOTE_PARENT
    } else {
        0
    }
}

/// Begins a traced function's span below `parent`, if it is known which provider has it and no code
/// runs but ours.
#[inline(always)]
#[expect(clippy::inline_always, reason = "see `Scoped::follow`")]
pub(crate) fn begin(desk: &Desk, parent: &Context, site: &'static CallSite) -> Option<Box<Kept>> {
    let (mut kept, now) = desk.ready(site)?;
    let span = parent.span();
    let above = span.span_context();
    let Some(decided) = kept.open.scoped.follow(above) else {
        desk.keep(kept);
        return None;
    };
    kept.begin(site, now, parent, &decided);
    if baggage::is_copied() && decided.is_recording {
        let Open { record, scoped } = &mut kept.open;
        scoped.copy_baggage(record, parent);
    }
    Some(kept)
}

/// What a traced function's span is started for.
pub(crate) struct Wanted<'a> {
    pub(crate) site: &'static CallSite,
    /// The type name of a closure in the function.
    pub(crate) function: &'static str,
    pub(crate) parent: &'a Context,
    /// The name, if it is not the call site's.
    pub(crate) name: Option<&'a str>,
    pub(crate) links: &'a [Link],
}

/// Starts a traced function's span in this box.
pub(crate) fn start(kept: &mut Kept, now: u64, wanted: &Wanted<'_>) {
    let &Wanted { site, parent, .. } = wanted;
    let asked = SpanStart {
        name: match wanted.name {
            Some(name) => Name::Given(name),
            None => Name::Of(site, wanted.function),
        },
        kind: site.span_kind(),
        attributes: &[],
        links: wanted.links,
    };
    let span = parent.span();
    let decided = kept.open.scoped.decide(parent, span.span_context(), &asked);
    kept.begin(site, now, parent, &decided);
    if decided.is_recording {
        let Open { record, scoped } = &mut kept.open;
        scoped.begin_with(record, parent, asked.links, &decided);
        if let Some(name) = wanted.name {
            record.name(name);
        }
    }
}

/// Returns memory for a record.
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
        scoped.begin_with(&mut record, parent, asked.links, &decided);
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
