//! The provider: what spans share, and the background thread's life.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use opentelemetry::{InstrumentationScope, trace};
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};

use crate::sdk::builder::{NoExporter, TracerProviderBuilder};
use crate::sdk::export::buffers::{Buffers, Pushed, Rings};
use crate::sdk::export::{Counters, Mailbox, Stats, Warnings};
use crate::sdk::ids::Ids;
use crate::sdk::own_tracer;
use crate::sdk::record::Limits;
use crate::sdk::record::layout::is_error;
use crate::sdk::sampling::Head;
use crate::sdk::scopes::Scopes;
use crate::sdk::tracer::Tracer;
use crate::site;
use crate::span::thread_state;

/// How long a shutdown and a flush wait where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(5);

/// A tracer provider that hands spans over as bytes, in bounded memory, and can decide at a trace's end whether to keep it.
///
/// See [the module](crate::sdk). A clone is the same provider; when the last one is dropped, it shuts down.
#[derive(Clone)]
pub struct TracerProvider {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    is_shutdown: AtomicBool,
}

/// What the spans of a provider share.
pub(crate) struct Shared {
    pub(crate) buffers: Buffers,
    pub(crate) limits: Limits,
    pub(crate) head: Head,
    pub(crate) ids: Ids,
    pub(crate) scopes: Scopes,
    pub(crate) mailbox: Mailbox,
    pub(crate) counters: Counters,
    pub(crate) warnings: Warnings,
    pub(crate) is_shut_down: AtomicBool,
}

impl Shared {
    #[inline]
    pub(crate) fn is_shut_down(&self) -> bool {
        self.is_shut_down.load(Ordering::Relaxed)
    }

    /// A span has ended, on whatever thread.
    pub(crate) fn ended_anywhere(&self, record: &[u8]) {
        let here = thread_state::with(|local| {
            self.ended(Some(&local.desk.rings), record);
            Some(())
        });
        if here.is_none() {
            self.ended(None, record);
        }
    }

    /// A span has ended, on a thread that has these rings.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "it is called where a span ends, and nowhere else"
    )]
    pub(crate) fn ended(&self, rings: Option<&Rings>, record: &[u8]) {
        if self.is_shut_down() {
            self.counters.after_shutdown.fetch_add(1, Ordering::Relaxed);
            return self.warnings.tell_of_late();
        }
        match self.buffers.push(rings, record) {
            Pushed::Kept => {}
            Pushed::KeptFillingUp => self.mailbox.call(),
            Pushed::Dropped => {
                self.counters.buffer_full.fetch_add(1, Ordering::Relaxed);
                let errors = u64::from(is_error(record));
                self.counters.errors.fetch_add(errors, Ordering::Relaxed);
            }
        }
    }
}

impl TracerProvider {
    /// What a provider is made of; everything that is not set comes from the environment.
    #[must_use]
    pub fn builder() -> TracerProviderBuilder<NoExporter> {
        TracerProviderBuilder::from_environment()
    }

    /// Starts the background thread.
    pub(crate) fn start(
        shared: Arc<Shared>,
        work: impl FnOnce() + Send + 'static,
    ) -> TracerProvider {
        let thread = thread::Builder::new().name("traced".to_owned());
        let spawned = thread.spawn(work);
        if let Err(error) = &spawned {
            opentelemetry::otel_error!(name: "traced.NoThread", reason = error.to_string());
            shared.is_shut_down.store(true, Ordering::Relaxed);
        }
        TracerProvider {
            inner: Arc::new(Inner {
                shared,
                is_shutdown: AtomicBool::new(spawned.is_err()),
            }),
        }
    }

    /// Exports everything that has ended, on whatever thread, and waits for that, at most 5 s.
    ///
    /// # Errors
    ///
    /// The exporter failed, took longer, or the provider was shut down.
    pub fn force_flush(&self) -> OTelSdkResult {
        self.force_flush_with_timeout(PATIENCE)
    }

    /// The same, with a time limit.
    ///
    /// # Errors
    ///
    /// The exporter failed, took longer, or the provider was shut down.
    pub fn force_flush_with_timeout(&self, limit: Duration) -> OTelSdkResult {
        self.inner.shared.mailbox.flush(limit)
    }

    /// Exports everything that has ended, and ends the background thread; waits for that, at most 5 s.
    ///
    /// # Errors
    ///
    /// The exporter failed, took longer, or the provider was shut down before.
    pub fn shutdown(&self) -> OTelSdkResult {
        self.shutdown_with_timeout(PATIENCE)
    }

    /// The same, with a time limit.
    ///
    /// # Errors
    ///
    /// The exporter failed, took longer, or the provider was shut down before.
    pub fn shutdown_with_timeout(&self, limit: Duration) -> OTelSdkResult {
        self.inner.shutdown(limit)
    }

    /// Whether spans that have ended are not exported, as far as can be told within the limit.
    #[cfg(feature = "init")]
    pub(crate) fn has_unsent(&self, limit: Duration) -> bool {
        self.inner.shared.mailbox.ask(limit).unwrap_or(true)
    }

    /// Tells it from all others of this process.
    pub(crate) fn number(&self) -> usize {
        self.inner.shared.buffers.number()
    }

    /// What became of the spans so far.
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
    fn shutdown(&self, limit: Duration) -> OTelSdkResult {
        self.shared.mailbox.refuse_worker()?;
        if self.is_shutdown.swap(true, Ordering::AcqRel) {
            return Err(OTelSdkError::AlreadyShutdown);
        }
        self.shared.is_shut_down.store(true, Ordering::Release);
        // No thread goes on with what it has of this provider.
        site::ask_again();
        self.shared.mailbox.shutdown(limit)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Nobody is there to be told.
        let _ = self.shutdown(PATIENCE);
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
