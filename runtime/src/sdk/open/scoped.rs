//! The start of a span: its ids, whether it is sampled, and what its record begins with.

use std::fmt;
use std::sync::Arc;

use opentelemetry::Context;
use opentelemetry::trace::{Link, SpanContext, SpanId, SpanKind, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::trace::SamplingDecision;

use crate::baggage;
use crate::sdk::clock::Time;
use crate::sdk::export::Shared;
use crate::sdk::ids::Ids;
use crate::sdk::record::layout::{self, bits};
use crate::sdk::record::{Record, Start};
use crate::sdk::sampling::{Given, HeadDecision, SpanStart};

/// A provider and an instrumentation scope, for which spans are started.
pub(crate) struct Scoped {
    pub(crate) shared: Arc<Shared>,
    pub(crate) scope: u32,
}

impl fmt::Debug for Scoped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoped")
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

impl Scoped {
    /// Decides on a span from the context of the span above alone. Returns `None` if that is not
    /// enough: if a sampler or id generator of the user has to be asked, or if a new trace begins
    /// with adaptive sampling.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "keeps the decision in registers instead of in memory"
    )]
    pub(super) fn follow(&self, above: &SpanContext) -> Option<Decision> {
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

    /// Decides on a span below `parent`, whose span has the context `above`. Telemetry must not be
    /// suppressed there.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see `follow`")]
    pub(crate) fn decide(
        &self,
        parent: &Context,
        above: &SpanContext,
        span: &SpanStart<'_>,
    ) -> Decision {
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
        let HeadDecision { decision, given } = head.sample(parent, above, trace_id, span);
        Decision {
            trace_id,
            span_id,
            flags: flags.with_sampled(decision == SamplingDecision::RecordAndSample),
            bits: bits_below(above),
            is_recording: decision != SamplingDecision::Drop,
            given,
        }
    }

    /// Begins the record of a span.
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

    /// Records the links of a span, the attributes that the sampler gives it, and copied baggage.
    #[inline]
    pub(crate) fn begin_with(
        &self,
        record: &mut Record,
        parent: &Context,
        links: &[Link],
        decided: Decision,
    ) {
        for link in links {
            record.api_link(&self.shared.limits, link);
        }
        if let Some(given) = decided.given {
            self.add_given(record, *given);
        }
        if baggage::is_copied() {
            self.copy_baggage(record, parent);
        }
    }

    #[cold]
    fn add_given(&self, record: &mut Record, given: Given) {
        for attribute in given.attributes {
            record.api_attribute(&self.shared.limits, &attribute);
        }
    }

    #[cold]
    pub(super) fn copy_baggage(&self, record: &mut Record, parent: &Context) {
        for attribute in baggage::copied(parent) {
            record.api_attribute(&self.shared.limits, &attribute);
        }
    }
}

/// The decision on a span, and the ids of the span.
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

    /// Returns the span's context. `above` is the context of the span above.
    #[inline]
    pub(crate) fn context(&self, above: &SpanContext) -> SpanContext {
        let state = self.trace_state(above).clone();
        SpanContext::new(self.trace_id, self.span_id, self.flags, false, state)
    }
}

/// Returns the [`bits`] of a span whose parent has this context.
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
