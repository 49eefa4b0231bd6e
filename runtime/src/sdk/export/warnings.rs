//! The warnings about lost spans. Each is written to standard error once. Only the one about failed
//! exports is written again if exporting has worked in between.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::stats::Counters;
use crate::warning::{Warning, counted, short};

/// The end of a warning about a full buffer.
const ADVICE: &str = "raise OTEL_BSP_MAX_QUEUE_SIZE, or sample; this warning is not repeated";

/// The warnings of a provider.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    buffer_full: Warning,
    /// Spans with an error are dropped last, so this comes later than `buffer_full`, if at all.
    errors: Warning,
    sampling_bounds: Warning,
    late: Warning,
    export: Warning,
    /// The reason why the provider takes no more spans.
    ending: OnceLock<Ending>,
    /// `true` if `traced::init` set the provider up.
    is_of_init: bool,
}

/// The reason why a provider takes no more spans.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ending {
    /// The provider was told to shut down.
    ShutDown,
    /// The last clone of the provider was dropped.
    Dropped,
    /// The background thread of the provider could not be started.
    NoThread,
}

impl Warnings {
    /// Warns about the spans that were dropped so far, once for each cause. This is for the
    /// background thread, since standard error may be slow.
    pub(crate) fn tell_of_dropped(&self, counters: &Counters) {
        let some = |counter: &AtomicU64| Some(counter.load(Ordering::Relaxed)).filter(|n| *n > 0);
        if let Some(count) = some(&counters.buffer_full)
            && !self.buffer_full.is_said()
        {
            opentelemetry::otel_warn!(name: "traced.BufferFull", spans = count);
            self.buffer_full.say(format_args!(
                "spans end faster than they are exported: {} dropped; {ADVICE}",
                counted(count, "span")
            ));
        }
        if let Some(count) = some(&counters.errors)
            && !self.errors.is_said()
        {
            opentelemetry::otel_warn!(name: "traced.ErrorsDropped", spans = count);
            self.errors.say(format_args!(
                "the room for spans with an error is full too: {} dropped; {ADVICE}",
                counted(count, "span")
            ));
        }
        if let Some(count) = some(&counters.sampling_bounds) {
            self.sampling_bounds.say(format_args!(
                "{} dropped at a limit of adaptive sampling; this warning is not repeated",
                counted(count, "span")
            ));
        }
    }

    /// Adapts the warnings to a provider that `traced::init` sets up, whose exporters write some of
    /// them themselves.
    #[cfg(feature = "init")]
    pub(crate) fn are_of_init(&mut self) {
        self.is_of_init = true;
    }

    /// Warns that `count` spans could not be exported because of `failure`. If `failure` is `None`,
    /// notes that exporting works. The exporters of `traced::init` warn by themselves.
    pub(crate) fn tell_of_export(&self, count: u64, failure: Option<&str>) {
        match failure {
            Some(reason) if !self.is_of_init => self.export.say(format_args!(
                "{} could not be exported: {}; this warning is not repeated until exporting works",
                counted(count, "span"),
                short(reason)
            )),
            Some(_) => {}
            None => self.export.end(),
        }
    }

    /// Notes the reason why the provider takes no more spans. The first reason counts.
    pub(crate) fn note_ending(&self, ending: Ending) {
        let _ = self.ending.set(ending);
    }

    /// Warns about a span that begins or ends once the provider takes no more spans.
    #[cold]
    #[inline(never)]
    pub(crate) fn tell_of_late(&self) {
        let (what, advice) = match self.ending.get() {
            Some(Ending::Dropped) => (
                "its tracer provider was dropped",
                "setting another provider drops the one before it, so set it before the first span starts",
            ),
            Some(Ending::NoThread) => (
                "its tracer provider failed to start a background thread",
                "the process may have too many threads",
            ),
            _ if self.is_of_init => (
                "tracing was shut down",
                "keep the guard of `traced::init` until the end of `main`, in a variable with a name (`let _guard = …`, not `let _ = …`)",
            ),
            _ => (
                "its tracer provider was shut down",
                "shut it down when the last span has ended",
            ),
        };
        self.late.say(format_args!(
            "a span came after {what}, so it is lost, and so are all that follow: {advice}"
        ));
    }
}
