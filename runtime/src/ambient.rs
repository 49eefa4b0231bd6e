//! The current context, wherever it is asked for: also in a thread that is ending, and inside `Context::map_current`.
//!
//! OpenTelemetry keeps it in a thread-local `RefCell`. Any access panics once that thread-local is destroyed, and attaching
//! panics while `Context::map_current` lends it out. A panic runs the program's panic hook, and ends a program that is built
//! with `panic = "abort"`, so catching it is not enough: all access goes through this module, which asks only where it is
//! safe.
//!
//! # A thread that is ending
//!
//! Thread-locals are destroyed in the reverse order of their creation. [`SENTINEL`] is created right after OpenTelemetry's, so
//! it is destroyed right before: while it is there, a context can be had.
//!
//! # What cannot be known
//!
//! OpenTelemetry 0.33 has no way to ask without panicking. Two cases remain, in which the panic is caught:
//!
//! - A thread that used OpenTelemetry's context itself, and calls this crate for the first time in a destructor that runs
//!   after OpenTelemetry's own. It panics once per thread.
//! - A traced call inside a closure that the user gave to `Context::map_current` or `get_active_span`. It panics once per
//!   outermost call: [`Attached`] remembers the refusal, so nothing below asks again.

use std::cell::Cell;
use std::mem;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use opentelemetry::{Context, ContextGuard};

use crate::unwind::contained;

thread_local! {
    static SENTINEL: Sentinel = Sentinel::new();
}

/// Lives as long as OpenTelemetry's thread-local does.
struct Sentinel {
    context_is_alive: bool,
    /// Whether a context was refused, and what it was for still runs.
    is_refused: Cell<bool>,
}

impl Sentinel {
    fn new() -> Sentinel {
        let touched = contained(|| Context::map_current(|_| ()));
        Sentinel {
            context_is_alive: touched.is_some(),
            is_refused: Cell::new(false),
        }
    }
}

/// Only a thread-local with a destructor has an end that can be seen.
impl Drop for Sentinel {
    fn drop(&mut self) {}
}

#[inline]
fn with<R>(f: impl FnOnce(&Sentinel) -> R) -> Option<R> {
    SENTINEL
        .try_with(|sentinel| sentinel.context_is_alive.then(|| f(sentinel)))
        .ok()
        .flatten()
}

/// Returns `false` in a thread that is ending, where no context can be had any more.
#[inline]
pub(crate) fn is_alive() -> bool {
    with(|_| ()).is_some()
}

/// Returns the current context; an empty one in a thread that is ending.
#[inline]
pub(crate) fn current() -> Context {
    look(Context::clone).unwrap_or_default()
}

/// Looks at the current context, without running any code but ours; `None` in a thread that is ending.
#[inline]
pub(crate) fn look<R>(f: impl FnOnce(&Context) -> R) -> Option<R> {
    with(|_| Context::map_current(f))
}

/// Makes the context current until the guard is dropped, if that is possible.
pub(crate) fn attach(context: &Context) -> Attached {
    with(|sentinel| {
        if sentinel.is_refused.get() {
            return Attached::NOT;
        }
        let guard = contained(|| context.clone().attach());
        let is_refused = guard.is_none();
        sentinel.is_refused.set(is_refused);
        Attached {
            _guard: guard,
            is_refused,
        }
    })
    .unwrap_or(Attached::NOT)
}

/// What runs in a context: a call, or one poll.
pub(crate) trait Inside {
    /// Runs it; whether that was its end.
    fn run(&mut self) -> bool;
}

impl<F: FnMut() -> bool> Inside for F {
    fn run(&mut self) -> bool {
        self()
    }
}

/// Runs the call in the context, which is taken, if that is possible, and stops its panic; whether that was its end.
///
/// This is [`attach`] where it has to be fast: one `catch_unwind` for both. It is also what lies below every traced call on
/// the stack, where each function and each local counts in a debug build. So the closure does all itself, and is `UnwindSafe` by
/// what it captures, which spares the frame of `AssertUnwindSafe`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a frame less without optimisation")]
pub(crate) fn run(context: &mut Context, call: &mut dyn Inside) -> thread::Result<bool> {
    if is_refused() {
        return run_outside(call);
    }
    let mut inside = (call, false);
    let captured = AssertUnwindSafe((context, &mut inside));
    let result = panic::catch_unwind(move || {
        let whole = captured;
        let (context, (call, is_attached)) = whole.0;
        let _guard = attach_or_panic(context);
        *is_attached = true;
        call.run()
    });
    match inside {
        (_, true) => result,
        (call, false) => run_refused(call),
    }
}

#[inline]
fn is_refused() -> bool {
    with(|sentinel| sentinel.is_refused.get()) != Some(false)
}

#[inline]
fn attach_or_panic(context: &mut Context) -> ContextGuard {
    mem::take(context).attach()
}

#[cold]
fn run_refused(call: &mut dyn Inside) -> thread::Result<bool> {
    let was_refused = with(|sentinel| sentinel.is_refused.replace(true));
    let _attached = Attached {
        _guard: None,
        is_refused: was_refused == Some(false),
    };
    run_outside(call)
}

#[cold]
fn run_outside(call: &mut dyn Inside) -> thread::Result<bool> {
    panic::catch_unwind(AssertUnwindSafe(|| call.run()))
}

/// The guard of a context that is current, or was refused, until this is dropped.
#[must_use]
#[derive(Debug)]
pub(crate) struct Attached {
    _guard: Option<ContextGuard>,
    is_refused: bool,
}

impl Attached {
    /// No context was attached, and none was refused.
    pub(crate) const NOT: Attached = Attached {
        _guard: None,
        is_refused: false,
    };
}

impl Drop for Attached {
    fn drop(&mut self) {
        if self.is_refused {
            with(|sentinel| sentinel.is_refused.set(false));
        }
    }
}
