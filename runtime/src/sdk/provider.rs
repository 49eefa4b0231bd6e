//! The provider, which starts and ends the background thread.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use opentelemetry::{InstrumentationScope, trace};
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};

use crate::attributes::text_limit;
use crate::sdk::export::{Ending, Shared, Stats};
use crate::sdk::own_tracer;
use crate::sdk::tracer::Tracer;
use crate::site;

/// The default time limit of a shutdown or a flush.
const PATIENCE: Duration = Duration::from_secs(5);

/// A tracer provider that records spans as bytes, in bounded memory, and can decide at the end of a
/// trace whether to keep it.
///
/// The [module](crate::sdk) has an example. Clones share one provider, which shuts down when the
/// last of them is dropped.
#[derive(Clone)]
pub struct TracerProvider {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    is_shutdown: AtomicBool,
}

impl TracerProvider {
    /// Starts a provider, with a background thread that does `work`. If the thread cannot be
    /// started, the provider is shut down from the start.
    pub(crate) fn start(
        shared: Arc<Shared>,
        work: impl FnOnce() + Send + 'static,
    ) -> TracerProvider {
        let thread = thread::Builder::new().name("traced".to_owned());
        let spawned = thread.spawn(work);
        if let Err(error) = &spawned {
            opentelemetry::otel_error!(name: "traced.NoThread", reason = error.to_string());
            shared.warnings.note_ending(Ending::NoThread);
            shared.is_shut_down.store(true, Ordering::Relaxed);
            // Nobody is to wait for the thread.
            shared.mailbox.over(None);
        }
        TracerProvider {
            inner: Arc::new(Inner {
                shared,
                is_shutdown: AtomicBool::new(spawned.is_err()),
            }),
        }
    }

    /// Exports all spans that have ended, on any thread, and waits for at most 5 seconds until that
    /// is done. With adaptive sampling, a trace that has not ended is exported only if it is sure
    /// to be kept.
    ///
    /// # Errors
    ///
    /// Returns an error if the exporter fails or takes longer, if the provider is shut down, or if
    /// the exporter itself calls this.
    pub fn force_flush(&self) -> OTelSdkResult {
        self.force_flush_with_timeout(PATIENCE)
    }

    /// Exports all spans that have ended, on any thread, and waits for at most `limit` until that
    /// is done. With adaptive sampling, a trace that has not ended is exported only if it is sure
    /// to be kept.
    ///
    /// # Errors
    ///
    /// Returns an error if the exporter fails or takes longer, if the provider is shut down, or if
    /// the exporter itself calls this.
    pub fn force_flush_with_timeout(&self, limit: Duration) -> OTelSdkResult {
        self.inner.shared.mailbox.flush(limit)
    }

    /// Exports all spans that have ended, ends the background thread, and waits for at most 5
    /// seconds until that is done. Adaptive sampling decides on each trace by the spans that have
    /// ended.
    ///
    /// # Errors
    ///
    /// Returns an error if the exporter fails or takes longer, if the provider was shut down
    /// before, or if the exporter itself calls this.
    pub fn shutdown(&self) -> OTelSdkResult {
        self.shutdown_with_timeout(PATIENCE)
    }

    /// Exports all spans that have ended, ends the background thread, and waits for at most `limit`
    /// until that is done. Adaptive sampling decides on each trace by the spans that have ended.
    ///
    /// # Errors
    ///
    /// Returns an error if the exporter fails or takes longer, if the provider was shut down
    /// before, or if the exporter itself calls this.
    pub fn shutdown_with_timeout(&self, limit: Duration) -> OTelSdkResult {
        self.inner.shutdown(limit, Ending::ShutDown)
    }

    /// Returns `true` if any span has ended and was not exported, or if the answer is not known
    /// within the limit.
    #[cfg(feature = "init")]
    pub(crate) fn has_unsent(&self, limit: Duration) -> bool {
        self.inner.shared.mailbox.ask(limit).unwrap_or(true)
    }

    /// Returns a number that no other provider of this process has.
    pub(crate) fn number(&self) -> usize {
        self.inner.shared.buffers.number()
    }

    fn max_value_length(&self) -> Option<usize> {
        self.inner.shared.limits.value_length
    }

    /// Returns counts of what has become of the spans so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let shared = &self.inner.shared;
        shared
            .counters
            .read(&shared.buffers, shared.mailbox.is_over())
    }
}

impl fmt::Debug for TracerProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TracerProvider")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn shutdown(&self, limit: Duration, ending: Ending) -> OTelSdkResult {
        self.shared.mailbox.refuse_worker()?;
        if self.is_shutdown.swap(true, Ordering::AcqRel) {
            return Err(OTelSdkError::AlreadyShutdown);
        }
        self.shared.warnings.note_ending(ending);
        self.shared.is_shut_down.store(true, Ordering::Release);
        // Makes every thread drop the tracers of this provider that it has stored.
        site::ask_again();
        self.shared.mailbox.shutdown(limit)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // There is nobody to return the result to.
        let _ = self.shutdown(PATIENCE, Ending::Dropped);
    }
}

impl trace::TracerProvider for TracerProvider {
    type Tracer = Tracer;

    fn tracer(&self, name: impl Into<Cow<'static, str>>) -> Tracer {
        self.tracer_with_scope(InstrumentationScope::builder(name).build())
    }

    fn tracer_with_scope(&self, scope: InstrumentationScope) -> Tracer {
        let shared = &self.inner.shared;
        let tracer = Tracer::new(Arc::clone(shared), shared.scopes.number(scope));
        own_tracer::made(&tracer, self.number());
        tracer
    }
}

/// Notes the provider that `set_tracer_provider` sets. If it is one of ours, traced functions reach
/// its tracers without the boxes of the API, and format values up to its length limit if that is
/// above the default.
pub(crate) fn choose(provider: &dyn Any) {
    let provider = provider.downcast_ref::<TracerProvider>();
    own_tracer::choose(provider.map(TracerProvider::number));
    text_limit::raise_to(provider.and_then(TracerProvider::max_value_length));
}
