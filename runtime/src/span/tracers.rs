//! Finds the provider that spans go to, and keeps its tracers for each thread.

use std::cell::RefCell;

use opentelemetry::trace::{Span, TracerProvider};
use opentelemetry::{global, trace};

use crate::ambient::BeforeContext;
use crate::contain::catch;
use crate::site::scope;
use crate::site::{self, CallSite};
use crate::span::tracer::Tracer;
use crate::span::{native, silence};

/// Sets OpenTelemetry's global tracer provider. Traced functions use it from their next call on.
///
/// A provider that is set with [`opentelemetry::global::set_tracer_provider`] is found too, but not
/// always by the next call. A thread that gets no spans asks again at each of its first 1,000 calls
/// of traced functions and then at every 1,024th, until a thread that asks as rarely has found the
/// provider. A thread that gets spans asks again after a second.
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
    native::choose(&provider);
    // OpenTelemetry drops the previous provider while it holds its lock. That may cause a shutdown,
    // and every thread that asks for a tracer would wait for it. So the provider is dropped here.
    let previous = global::tracer_provider();
    global::set_tracer_provider(provider);
    site::set_disabled(false);
    site::ask_again();
    drop(previous);
}

/// The tracers of one thread, one for each instrumentation scope.
#[derive(Default)]
pub(super) struct Tracers {
    by_scope: RefCell<Vec<Option<CachedTracer>>>,
}

thread_local! {
    static TRACERS: BeforeContext<Tracers> = BeforeContext::new();
}

impl Drop for Tracers {
    /// Catches panics. A tracer may own the last handle of its provider, whose shutdown is foreign
    /// code, and a panic here would abort.
    fn drop(&mut self) {
        catch(|| self.clear());
    }
}

struct CachedTracer {
    tracer: Tracer,
    since: u64,
}

/// A tracer, with the time at which it was asked for and the present time, by the clock of its
/// spans.
pub(super) struct Dated {
    pub(super) tracer: Tracer,
    pub(super) since: u64,
    pub(super) now: u64,
}

impl Tracers {
    /// Runs `f` with the tracers of this thread. Returns `None` without running it in a thread that
    /// is ending.
    pub(super) fn with<R>(f: impl FnOnce(&Tracers) -> Option<R>) -> Option<R> {
        BeforeContext::with(&TRACERS, f)
    }

    /// Forgets all tracers if another provider was set since this thread last asked.
    #[inline]
    pub(super) fn refresh(&self) {
        if silence::ends_by_another_provider() {
            self.clear();
        }
    }

    /// Notes whether the provider has answered with a span. If it has not, forgets its tracers.
    #[inline]
    pub(super) fn heard(&self, is_span: bool) {
        if is_span {
            silence::heard_something();
        } else {
            self.clear();
            silence::heard_nothing();
        }
    }

    /// Returns the tracer for the scope of `site`, which is at most one second old. Returns `None`
    /// if the scope is not known because this thread is evaluating it.
    #[inline]
    pub(super) fn get(&self, site: &'static CallSite) -> Option<Dated> {
        let index = site.scope_index()?;
        if let Some(Some(known)) = self.by_scope.borrow().get(index) {
            let now = known.tracer.now();
            // If the clock was set back, the tracer counts as old too.
            if now.wrapping_sub(known.since) <= known.tracer.max_age() {
                return Some(Dated {
                    tracer: known.tracer.clone(),
                    since: known.since,
                    now,
                });
            }
        }
        Some(self.renew(index))
    }

    /// Drops the tracers. This runs foreign code, so nothing is borrowed meanwhile.
    pub(super) fn clear(&self) {
        let mut tracers = self.by_scope.take();
        tracers.clear();
        self.by_scope.replace(tracers);
    }

    /// Asks the provider for a tracer, and keeps it. Both run foreign code, so nothing is borrowed
    /// while the provider is asked, and nothing is dropped under a borrow.
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
