//! Which provider spans go to, and the tracers that each thread keeps of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use opentelemetry::global::{self, BoxedTracer};
use opentelemetry::trace::{Span, Tracer, TracerProvider};

use crate::site::CallSite;

/// Raised whenever a provider is set through this crate; a thread that sees it forgets its tracers.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// How many calls of a thread ask a provider again that answered with a no-op, before they become rare.
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
    ask_again();
}

/// Makes every thread ask the provider at its next call.
pub(crate) fn ask_again() {
    GENERATION.fetch_add(1, Ordering::Release);
}

/// The tracers of one thread, one per instrumentation scope.
#[derive(Default)]
pub(crate) struct Tracers {
    generation: Cell<u32>,
    /// Calls since the provider last answered with a no-op; 0 if it did not.
    silent_calls: Cell<u32>,
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
    /// Whether this call should ask the provider for a span: always, unless it recently had none to give.
    #[inline]
    pub(crate) fn should_ask(&self) -> bool {
        if self.generation.get() != GENERATION.load(Ordering::Acquire) {
            self.clear();
            return true;
        }
        match self.silent_calls.get() {
            0 => true,
            calls => {
                let calls = calls.checked_add(1).unwrap_or(EAGER_CALLS);
                self.silent_calls.set(calls);
                calls <= EAGER_CALLS || calls.is_multiple_of(RARELY)
            }
        }
    }

    /// The provider answered with a no-op: its tracers are forgotten.
    pub(crate) fn heard_nothing(&self) {
        self.by_scope.take();
        self.silent_calls.set(self.silent_calls.get().max(1));
    }

    /// The provider answered with a span.
    pub(crate) fn heard_something(&self) {
        self.silent_calls.set(0);
    }

    /// The tracer for the scope of `site`, at most a second old.
    pub(crate) fn get(&self, site: &'static CallSite, now: SystemTime) -> Rc<CachedTracer> {
        let index = site.scope_index();
        let cached = self.by_scope.borrow().get(index).cloned().flatten();
        cached
            .filter(|tracer| tracer.is_fresh(now))
            .unwrap_or_else(|| self.renew(site, index, now))
    }

    /// Forgets everything, so that the next call asks.
    pub(crate) fn clear(&self) {
        self.generation.set(GENERATION.load(Ordering::Acquire));
        self.silent_calls.set(0);
        self.by_scope.take();
    }

    /// Asks the provider, which is foreign code: nothing is borrowed meanwhile, and nothing is dropped under a borrow.
    fn renew(&self, site: &'static CallSite, index: usize, now: SystemTime) -> Rc<CachedTracer> {
        let tracer = Rc::new(CachedTracer {
            tracer: global::tracer_with_scope(site.scope()),
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
