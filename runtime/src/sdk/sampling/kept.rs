//! Marks the spans of a kept trace as sampled, with the reason why it was kept.

use opentelemetry::trace::{SpanContext, TraceState};

use super::probability::{threshold_of, with_threshold};

/// The reason why a trace is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The base rate kept it.
    Base,
    /// The parent in another process is sampled.
    Parent,
    Error,
    Slow,
}

impl Reason {
    /// The key of the local root's attribute.
    pub(crate) const KEY: &'static str = "sampling.reason";

    pub(crate) fn name(self) -> &'static str {
        match self {
            Reason::Base => "base",
            Reason::Parent => "parent",
            Reason::Error => "error",
            Reason::Slow => "slow",
        }
    }
}

/// The reason why a trace is kept, and how probable that was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) reason: Reason,
    /// The threshold of the largest rate that applied to the trace, if that is known. The spans of
    /// the trace carry it, and so say how many traces this trace stands for.
    pub(crate) threshold: Option<u64>,
}

impl Kept {
    /// Takes into account a second reason for which the trace is kept. The result has the reason of
    /// `self`, and the threshold of the larger rate, if that is known.
    pub(super) fn or_by(self, other: Kept) -> Kept {
        let threshold = match (self.threshold, other.threshold) {
            (Some(one), Some(other)) => Some(one.min(other)),
            // A threshold of 0 stands for a rate of 1, which the unknown rate cannot exceed.
            (None, Some(0)) | (Some(0), None) => Some(0),
            (_, _) => None,
        };
        Kept { threshold, ..self }
    }

    /// Returns the context with which a span is exported: it is sampled, and carries the threshold
    /// of its trace.
    pub(crate) fn context(self, context: &SpanContext) -> SpanContext {
        SpanContext::new(
            context.trace_id(),
            context.span_id(),
            context.trace_flags().with_sampled(true),
            context.is_remote(),
            self.state(context.trace_state()),
        )
    }

    /// Returns the trace state with which a span is exported.
    pub(crate) fn state(self, state: &TraceState) -> TraceState {
        if threshold_of(state) == self.threshold {
            return state.clone();
        }
        with_threshold(state, self.threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, Reason};

    #[test]
    fn a_rate_of_1_is_the_largest_even_beside_an_unknown_one() {
        let by = |threshold| Kept {
            reason: Reason::Base,
            threshold,
        };
        for (one, other, expected) in [
            (Some(5), Some(7), Some(5)),
            (Some(0), None, Some(0)),
            (None, Some(0), Some(0)),
            (Some(5), None, None),
            (None, None, None),
        ] {
            assert_eq!(by(one).or_by(by(other)).threshold, expected);
        }
    }
}
