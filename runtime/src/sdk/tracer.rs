//! The start of a span: its ids, whether it is sampled, and what it begins with.

use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::{Link, SpanBuilder, SpanContext, SpanId, SpanKind, TraceContextExt};
use opentelemetry::{Context, KeyValue, trace};

use crate::active::{Active, Hold};
use crate::attributes::Attributes;
use crate::baggage;
use crate::local::Local;
use crate::sdk::buffer;
use crate::sdk::clock::Time;
use crate::sdk::desk::Desk;
use crate::sdk::head::Head;
use crate::sdk::ids::Ids;
use crate::sdk::kept::Kept;
use crate::sdk::layout::bits;
use crate::sdk::provider::Shared;
use crate::sdk::record::{Record, Start, kind};
use crate::sdk::span::{Open, Span};
use crate::setup::Setup;
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

    /// Finds a span's ids and whether it is recorded; if so, begins its record.
    #[inline]
    pub(crate) fn begin(
        &self,
        record: &mut Record,
        parent: &Context,
        start: &Beginning<'_>,
    ) -> Begun {
        if parent.is_telemetry_suppressed() {
            return Begun::NONE;
        }
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
        let context = SpanContext::new(
            trace_id,
            span_id,
            flags.with_sampled(sampling.is_sampled),
            false,
            sampling.trace_state,
        );
        let is_recording = sampling.is_recording;
        if is_recording {
            record.begin(&Start {
                context: &context,
                parent: above.span_id(),
                bits: Beginning::bits(has_parent, above.is_remote()),
                kind: kind(start.kind),
                time: start.time,
                site: start.site,
                scope: self.scope,
            });
            if !start.links.is_empty() || !sampling.attributes.is_empty() || baggage::is_copied() {
                self.begin_with(record, parent, start.links, &sampling.attributes);
            }
        }
        Begun {
            context,
            is_recording,
        }
    }

    /// Writes what a span begins with before anything of its own.
    #[cold]
    fn begin_with(
        &self,
        record: &mut Record,
        parent: &Context,
        links: &[Link],
        attributes: &[KeyValue],
    ) {
        let limits = &self.shared.limits;
        for link in links {
            record.api_link(limits, link);
        }
        for attribute in attributes {
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
pub(crate) struct Begun {
    pub(crate) context: SpanContext,
    pub(crate) is_recording: bool,
}

impl Begun {
    const NONE: Begun = Begun {
        context: SpanContext::NONE,
        is_recording: false,
    };
}

/// What a traced function's span is started with.
pub(crate) struct Called<'a> {
    pub(crate) site: &'static CallSite,
    /// The type name of something in the function.
    pub(crate) function: &'static str,
    pub(crate) attributes: Option<&'a dyn Fn(&mut Attributes)>,
    /// What was found at run time.
    pub(crate) setup: Option<&'a Setup>,
}

/// Starts a traced function's span in this box.
#[inline]
pub(crate) fn start(mut kept: Box<Kept>, local: &Local, now: u64, called: &Called<'_>) -> Active {
    let Called { site, function, .. } = *called;
    let usual = Beginning::at(site, function, now);
    kept.site = site;
    let (is_recording, name) = match called.setup {
        None => (kept.begin(&Place::Current, &usual), None),
        Some(setup) => {
            let start = Beginning {
                name: setup.name.as_deref().map_or(usual.name, Name::Given),
                links: &setup.links,
                ..usual
            };
            let place = Place::Below(&setup.parent);
            (kept.begin(&place, &start), setup.name.as_deref())
        }
    };
    if !is_recording {
        return unrecorded(kept, local);
    }
    kept.describe(function, name);
    if let Some(attributes) = called.attributes {
        kept.record(attributes);
    }
    Active::kept(kept)
}

/// The span that is only there for what is below it.
#[cold]
fn unrecorded(mut kept: Box<Kept>, local: &Local) -> Active {
    let context = std::mem::take(&mut kept.context);
    let site = kept.site;
    local.desk.keep(kept);
    Active::in_context(site, context, SpanId::INVALID, Hold::Unrecorded)
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
    pub(crate) fn look<R>(&self, runs_others: bool, f: impl FnOnce(&Context) -> R) -> R {
        match self {
            Place::Current if runs_others => f(&Context::current()),
            Place::Current => Context::map_current(f),
            Place::Below(context) => f(context),
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
        let scoped = &self.scoped;
        let mut record = Record::in_memory(buffer::spare());
        let Begun {
            context,
            is_recording,
        } = scoped.begin(&mut record, parent, &start);
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
