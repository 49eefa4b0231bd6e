//! What standard error is told of lost spans, once each.

use std::sync::atomic::{AtomicU64, Ordering};

use super::stats::Counters;
use crate::warning::{Warning, counted, short};

/// What has been said, and what is not to be said.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    buffer_full: Warning,
    sampling_bounds: Warning,
    after_shutdown: Warning,
    export: Warning,
    exporter_warns: bool,
}

impl Warnings {
    /// Tells of what was dropped so far. For the background thread: whoever reads standard error
    /// may be slow.
    pub(crate) fn tell_of_dropped(&self, counters: &Counters) {
        let some = |counter: &AtomicU64| Some(counter.load(Ordering::Relaxed)).filter(|n| *n > 0);
        if let Some(count) = some(&counters.buffer_full)
            && !self.buffer_full.is_said()
        {
            opentelemetry::otel_warn!(name: "traced.BufferFull", spans = count);
            let errors = some(&counters.errors).map_or_else(String::new, |errors| {
                format!(", {errors} of them with an error")
            });
            self.buffer_full.say(format_args!(
                "spans end faster than they are exported: {} dropped{errors}; raise OTEL_BSP_MAX_QUEUE_SIZE, or sample; this warning is not repeated",
                counted(count, "span")
            ));
        }
        if let Some(count) = some(&counters.sampling_bounds) {
            self.sampling_bounds.say(format_args!(
                "{} dropped at a bound of the adaptive sampling; this warning is not repeated",
                counted(count, "span")
            ));
        }
    }

    /// The exporter says itself what it could not export.
    #[cfg(feature = "init")]
    pub(crate) fn leave_export_to_exporter(&mut self) {
        self.exporter_warns = true;
    }

    /// A batch was exported, or could not be.
    pub(crate) fn tell_of_export(&self, count: u64, failure: Option<&str>) {
        match failure {
            Some(reason) if !self.exporter_warns => self.export.say(format_args!(
                "{} could not be exported: {}; this warning is not repeated until exporting works",
                counted(count, "span"),
                short(reason)
            )),
            Some(_) => {}
            None => self.export.end(),
        }
    }

    /// A span begins or ends after the shutdown.
    #[cold]
    #[inline(never)]
    pub(crate) fn tell_of_late(&self) {
        self.after_shutdown.say(format_args!(
            "a span came after tracing was shut down, and is lost like all that follow: keep the guard of `traced::init` until the end of `main`, in a variable with a name (`let _guard = …`, not `let _ = …`)"
        ));
    }
}
