//! What each thread keeps: its tracers, the span that is on its way, the last exception it recorded.

use std::cell::{Cell, RefCell};

use opentelemetry::trace::SpanId;
use opentelemetry::{Context, ContextGuard};

use crate::active::Active;
use crate::provider::Tracers;
use crate::unwind::contained;

thread_local! {
    static LOCAL: Local = Local::new();
}

/// The state of one thread.
pub(crate) struct Local {
    pub(crate) tracers: Tracers,
    /// The span that was just started, until the call that it is for takes it.
    pub(crate) started: Cell<Option<Active>>,
    /// The last exception: the span above the one that recorded it, and its text's hash.
    pub(crate) last_exception: Cell<(SpanId, u64)>,
    /// The contexts of cancelled futures that are being dropped on this thread.
    pub(crate) dropping: RefCell<Vec<Option<ContextGuard>>>,
    context_is_alive: bool,
}

impl Local {
    /// Touches OpenTelemetry's thread-local first, so that ours is destroyed before it: while ours lives, its lives too.
    fn new() -> Local {
        let touched = contained(|| Context::map_current(|_| ()));
        Local {
            tracers: Tracers::default(),
            started: Cell::default(),
            last_exception: Cell::new((SpanId::INVALID, 0)),
            dropping: RefCell::default(),
            context_is_alive: touched.is_some(),
        }
    }
}

impl Drop for Local {
    /// A tracer may own the last handle of its provider, whose shutdown is foreign code: a panic here would abort.
    fn drop(&mut self) {
        contained(|| self.tracers.clear());
    }
}

/// Runs `f` with the thread's state; `None` in a thread that is ending, where no context can be had any more.
#[inline]
pub(crate) fn with<R>(f: impl FnOnce(&Local) -> Option<R>) -> Option<R> {
    LOCAL
        .try_with(|local| local.context_is_alive.then(|| f(local)).flatten())
        .ok()
        .flatten()
}

/// The current context; an empty one in a thread that is ending.
#[inline]
pub(crate) fn context() -> Context {
    with(|_| Some(Context::current())).unwrap_or_default()
}
