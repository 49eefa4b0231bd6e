//! Finds the provider that spans go to, and keeps its tracers for each thread.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::UNIX_EPOCH;

use opentelemetry::global::{self, BoxedTracer};
use opentelemetry::trace::{Span, TracerProvider};
use opentelemetry::{InstrumentationScope, time, trace};

use crate::ambient::BeforeContext;
use crate::contain::catch;
use crate::generation;
#[cfg(feature = "sdk")]
use crate::sdk;
use crate::site::scope;
use crate::site::{self, CallSite};

/// The number of calls of a thread that ask again after a no-op, before asking becomes rare.
const EAGER_CALLS: u32 = 1_000;
/// How rare asking becomes: one call in this many.
const RARELY: u32 = 1_024;

/// Sets OpenTelemetry's global tracer provider. Traced functions use it from their next call on.
///
/// A provider that is set with [`opentelemetry::global::set_tracer_provider`] is found too, but not always
/// by the next call. A thread that gets no spans asks again at each of its first 1,000 calls of traced
/// functions and then at every 1,024th, until one thread has found the provider. A thread that gets spans
/// asks again after a second.
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
    T: trace::Tracer<Span = S> + Send + Sync + 'static,
    P: TracerProvider<Tracer = T> + Send + Sync + 'static,
{
    #[cfg(feature = "sdk")]
    sdk::choose(&provider);
    // OpenTelemetry drops the previous provider while it holds its lock. That may cause a shutdown, and every thread that
    // asks for a tracer would wait for it. So the provider is dropped here.
    let previous = global::tracer_provider();
    global::set_tracer_provider(provider);
    site::set_disabled(false);
    site::ask_again();
    drop(previous);
}

thread_local! {
    static KNOWN: Known = const { Known::nothing() };
}

/// What a thread knows about the provider, in one thread-local, so that its address is found once.
struct Known {
    /// The generation of the provider.
    generation: Cell<u32>,
    /// How often in a row the provider has answered with a no-op.
    silences: Cell<u32>,
    /// The number of calls that can go without asking again.
    skips: Cell<u32>,
}

impl Known {
    const fn nothing() -> Known {
        Known {
            generation: Cell::new(0),
            silences: Cell::new(0),
            skips: Cell::new(0),
        }
    }

    #[inline]
    fn skip_if(&self, holds: impl FnOnce(&Known) -> bool) -> bool {
        let skips = self.skips.get();
        let can_skip = skips != 0 && holds(self);
        if can_skip {
            self.skips.set(skips - 1);
        }
        can_skip
    }

    /// Makes each call ask again. Returns how often in a row the provider has answered with a no-op.
    #[inline]
    fn forget_silences(&self) -> u32 {
        self.skips.set(0);
        self.silences.replace(0)
    }
}

/// Returns `true` if this call can go without asking the provider, which recently had no span to give.
#[inline]
pub(crate) fn is_silent() -> bool {
    let is_same = |known: &Known| generation::is_current(known.generation.get());
    KNOWN.with(|known| known.skip_if(is_same))
}

/// Returns `true` if this call can go without asking, in a program that has had no provider so far.
#[inline]
pub(crate) fn is_silent_so_far() -> bool {
    KNOWN.with(|known| known.skip_if(|_| true))
}

/// The tracers of one thread, one for each instrumentation scope.
#[derive(Default)]
pub(crate) struct Tracers {
    by_scope: RefCell<Vec<Option<CachedTracer>>>,
}

thread_local! {
    static TRACERS: BeforeContext<Tracers> = BeforeContext::new();
}

impl Drop for Tracers {
    /// Contains panics. A tracer may own the last handle of its provider, whose shutdown is foreign code, and a panic
    /// here would abort.
    fn drop(&mut self) {
        catch(|| self.clear());
    }
}

struct CachedTracer {
    tracer: Tracer,
    since: u64,
}

/// A tracer, with the time since when it is known, and the present time, by its clock.
pub(crate) struct Dated {
    pub(crate) tracer: Tracer,
    #[cfg_attr(
        not(feature = "sdk"),
        expect(dead_code, reason = "our own provider asks")
    )]
    pub(crate) since: u64,
    pub(crate) now: u64,
}

/// A tracer: one of the global provider's, or one of our own provider that was found behind it.
#[derive(Clone)]
pub(crate) enum Tracer {
    Api(Rc<BoxedTracer>),
    #[cfg(feature = "sdk")]
    Native(sdk::Tracer),
}

impl Tracer {
    /// Asks the global provider, which runs foreign code.
    fn of(scope: InstrumentationScope) -> Tracer {
        let ask = || global::tracer_with_scope(scope);
        #[cfg(feature = "sdk")]
        let boxed = match sdk::behind(ask) {
            Ok(native) => return Tracer::Native(native.of_one_thread()),
            Err(boxed) => boxed,
        };
        #[cfg(not(feature = "sdk"))]
        let boxed = ask();
        Tracer::Api(Rc::new(boxed))
    }

    /// Returns the age at which a tracer is renewed, in case another provider was set without this crate: one second, by
    /// the clock of its spans.
    #[inline]
    fn max_age(&self) -> u64 {
        match self {
            Tracer::Api(_) => 1_000_000_000,
            #[cfg(feature = "sdk")]
            Tracer::Native(_) => sdk::second(),
        }
    }

    /// Returns the time at which a span starts, by the clock of its spans: in nanoseconds since the epoch, or in ticks.
    #[inline]
    fn now(&self) -> u64 {
        match self {
            Tracer::Api(_) => {
                let since = time::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                u64::try_from(since.as_nanos()).unwrap_or_default()
            }
            #[cfg(feature = "sdk")]
            Tracer::Native(_) => sdk::now(),
        }
    }
}

impl Tracers {
    /// Runs `f` with the tracers of this thread. Returns `None` in a thread that is ending.
    pub(crate) fn with<R>(f: impl FnOnce(&Tracers) -> Option<R>) -> Option<R> {
        BeforeContext::with(&TRACERS, f)
    }

    /// Forgets everything if a provider was set since.
    #[inline]
    pub(crate) fn refresh(&self) {
        let generation = generation::current();
        let known = KNOWN.with(|known| known.generation.replace(generation));
        if known != generation {
            KNOWN.with(Known::forget_silences);
            self.clear();
        }
    }

    /// Notes whether the provider has answered with a span.
    #[inline]
    pub(crate) fn heard(&self, is_span: bool) {
        if is_span {
            Tracers::heard_something();
        } else {
            self.heard_nothing();
        }
    }

    /// Notes that the provider has answered with a no-op, and forgets its tracers.
    fn heard_nothing(&self) {
        self.clear();
        KNOWN.with(|known| {
            let silences = known.silences.get().saturating_add(1);
            known.silences.set(silences);
            known.skips.set(if silences < EAGER_CALLS {
                0
            } else {
                RARELY - 1
            });
        });
    }

    /// Notes that the provider has answered with a span.
    #[inline]
    fn heard_something() {
        if KNOWN.with(Known::forget_silences) >= EAGER_CALLS {
            // Other threads may ask as rarely as this one did.
            site::ask_again();
        }
    }

    /// Returns the tracer for the scope of `site`, which is at most one second old.
    #[inline]
    pub(crate) fn get(&self, site: &'static CallSite) -> Dated {
        let index = site.scope_index();
        if let Some(Some(known)) = self.by_scope.borrow().get(index) {
            let now = known.tracer.now();
            // If the clock was set back, the tracer counts as old too.
            if now.wrapping_sub(known.since) <= known.tracer.max_age() {
                return Dated {
                    tracer: known.tracer.clone(),
                    since: known.since,
                    now,
                };
            }
        }
        self.renew(index)
    }

    /// Drops the tracers, which runs foreign code, so nothing is borrowed meanwhile.
    pub(crate) fn clear(&self) {
        let mut tracers = self.by_scope.take();
        tracers.clear();
        self.by_scope.replace(tracers);
    }

    /// Asks the provider, which runs foreign code, so nothing is borrowed meanwhile or dropped under a borrow.
    #[cold]
    fn renew(&self, index: usize) -> Dated {
        let tracer = Tracer::of(scope::at(index));
        let since = tracer.now();
        let cached = CachedTracer {
            tracer: tracer.clone(),
            since,
        };
        let mut by_scope = self.by_scope.borrow_mut();
        if by_scope.len() <= index {
            by_scope.resize_with(index + 1, || None);
        }
        let replaced = by_scope[index].replace(cached);
        drop(by_scope);
        drop(replaced);
        Dated {
            tracer,
            since,
            now: since,
        }
    }
}
