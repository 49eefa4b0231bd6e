//! Which provider spans go to, and the tracers that each thread keeps of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use opentelemetry::global::{self, BoxedTracer};
use opentelemetry::trace::{Span, Tracer, TracerProvider};

use crate::scope;
use crate::site::{self, CallSite};

/// Raised whenever a provider is set through this crate; a thread that sees it forgets its tracers.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// How many calls of a thread ask again a provider that answers with no-ops, before they become rare.
const EAGER_CALLS: u32 = 1_000;
/// How rare they become: one call in this many.
const RARELY: u32 = 128;
/// The age at which a tracer is renewed, in case another provider was set behind our back.
const MAX_AGE: Duration = Duration::from_secs(1);

/// Sets OpenTelemetry's global tracer provider, and tells every traced function at once.
///
/// A provider that is set with [`opentelemetry::global::set_tracer_provider`] is found too, though not always by the very
/// next call: a traced function that got no span asks again at each of its thread's first 1,000 calls and then at every
/// 128th; one that got a span looks again after a second.
///
/// # Example
///
/// ```
/// use opentelemetry_sdk::trace::SdkTracerProvider;
///
/// let provider = SdkTracerProvider::builder().build();
/// traced::set_tracer_provider(provider.clone());
/// // … at the end of the program:
/// provider.shutdown()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn set_tracer_provider<P, T, S>(provider: P)
where
    S: Span + Send + Sync + 'static,
    T: Tracer<Span = S> + Send + Sync + 'static,
    P: TracerProvider<Tracer = T> + Send + Sync + 'static,
{
    global::set_tracer_provider(provider);
    site::set_disabled(false);
    ask_again();
}

/// Makes every thread ask the provider at its next call.
pub(crate) fn ask_again() {
    GENERATION.fetch_add(1, Ordering::Release);
}

thread_local! {
    /// The generation that this thread knows.
    static KNOWN_GENERATION: Cell<u32> = const { Cell::new(0) };
    /// How often in a row the provider answered this thread with a no-op.
    static SILENCES: Cell<u32> = const { Cell::new(0) };
    /// How many calls may go without asking it again.
    static SKIPS: Cell<u32> = const { Cell::new(0) };
}

/// Whether this call can go without asking the provider, which recently had no span to give.
#[inline]
pub(crate) fn is_silent() -> bool {
    let skips = SKIPS.get();
    if skips == 0 || KNOWN_GENERATION.get() != GENERATION.load(Ordering::Relaxed) {
        return false;
    }
    SKIPS.set(skips - 1);
    true
}

/// The tracers of one thread, one per instrumentation scope.
#[derive(Default)]
pub(crate) struct Tracers {
    by_scope: RefCell<Vec<Option<Rc<CachedTracer>>>>,
}

pub(crate) struct CachedTracer {
    pub(crate) tracer: BoxedTracer,
    since: SystemTime,
}

impl CachedTracer {
    fn is_fresh(&self, now: SystemTime) -> bool {
        now.duration_since(self.since)
            .is_ok_and(|age| age <= MAX_AGE)
    }
}

impl Tracers {
    /// Forgets everything if a provider was set since.
    pub(crate) fn refresh(&self) {
        let generation = GENERATION.load(Ordering::Acquire);
        if KNOWN_GENERATION.replace(generation) != generation {
            Self::heard_something();
            self.clear();
        }
    }

    /// The provider answered with a no-op: its tracers are forgotten.
    pub(crate) fn heard_nothing(&self) {
        self.clear();
        let silences = SILENCES.get().saturating_add(1);
        SILENCES.set(silences);
        SKIPS.set(if silences < EAGER_CALLS {
            0
        } else {
            RARELY - 1
        });
    }

    /// The provider answered with a span.
    pub(crate) fn heard_something() {
        SILENCES.set(0);
        SKIPS.set(0);
    }

    /// The tracer for the scope of `site`, at most a second old.
    pub(crate) fn get(&self, site: &'static CallSite, now: SystemTime) -> Rc<CachedTracer> {
        let index = site.scope_index();
        let cached = self.by_scope.borrow().get(index).cloned().flatten();
        cached
            .filter(|tracer| tracer.is_fresh(now))
            .unwrap_or_else(|| self.renew(index, now))
    }

    /// Drops the tracers, which is foreign code: nothing is borrowed meanwhile.
    pub(crate) fn clear(&self) {
        let mut tracers = self.by_scope.take();
        tracers.clear();
        self.by_scope.replace(tracers);
    }

    /// Asks the provider, which is foreign code: nothing is borrowed meanwhile, and nothing is dropped under a borrow.
    fn renew(&self, index: usize, now: SystemTime) -> Rc<CachedTracer> {
        let tracer = Rc::new(CachedTracer {
            tracer: global::tracer_with_scope(scope::at(index)),
            since: now,
        });
        let mut by_scope = self.by_scope.borrow_mut();
        if by_scope.len() <= index {
            by_scope.resize_with(index + 1, || None);
        }
        let replaced = by_scope[index].replace(Rc::clone(&tracer));
        drop(by_scope);
        drop(replaced);
        tracer
    }
}
