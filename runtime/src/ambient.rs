//! Safe access to the current context, also in a thread that is ending and inside
//! `Context::map_current`.
//!
//! OpenTelemetry keeps it in a thread-local `RefCell`. Any access panics once that thread-local is
//! destroyed, and attaching panics while `Context::map_current` lends it out. A panic runs the
//! program's panic hook, and ends a program that is built with `panic = "abort"`, so catching it is
//! not enough: all access is guarded by this module, which touches the context only where that is
//! safe.
//!
//! # A thread that is ending
//!
//! Thread-locals are destroyed in the reverse order of their creation. [`SENTINEL`] is created
//! right after OpenTelemetry's, so it is destroyed right before OpenTelemetry's. While the sentinel
//! exists, the context can be accessed.
//!
//! # What cannot be known
//!
//! OpenTelemetry 0.33 offers no way to access the context that never panics. Two cases remain, in
//! which the panic is caught:
//!
//! - A thread that used OpenTelemetry's context itself, and calls this crate for the first time in
//!   a destructor that runs after OpenTelemetry's own. It panics once per thread.
//! - A traced call inside a closure that the user gave to `Context::map_current` or
//!   `get_active_span`. It panics once per outermost call: [`Attached`] remembers the refusal, so
//!   no call below it tries again.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::thread::{self, LocalKey};

use opentelemetry::{Context, ContextGuard};

use crate::contain::catch;

thread_local! {
    static SENTINEL: Sentinel = Sentinel::new();
    /// `true` if no context may be attached: one was refused for a call that is still running, or
    /// the thread is ending.
    ///
    /// It has no destructor, so it can be read without a check whether the thread is ending.
    static IS_REFUSED: Cell<bool> = const { Cell::new(false) };
}

/// A thread-local value that is destroyed right before OpenTelemetry's, or that notes that
/// OpenTelemetry's is gone already.
struct Sentinel {
    context_is_alive: bool,
}

impl Sentinel {
    fn new() -> Sentinel {
        let touched = catch(|| Context::map_current(|_| ()));
        let context_is_alive = touched.is_some();
        if !context_is_alive {
            IS_REFUSED.set(true);
        }
        Sentinel { context_is_alive }
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        IS_REFUSED.set(true);
    }
}

#[inline]
fn with<R>(f: impl FnOnce() -> R) -> Option<R> {
    SENTINEL
        .try_with(|sentinel| sentinel.context_is_alive.then(f))
        .ok()
        .flatten()
}

/// Returns `false` in a thread that is ending, where the context can no longer be accessed.
#[inline]
pub(crate) fn is_alive() -> bool {
    with(|| ()).is_some()
}

/// A thread-local value that is destroyed before OpenTelemetry's. So the context can be accessed
/// inside of [`with`](Self::with).
pub(crate) struct BeforeContext<T> {
    value: T,
    context_is_alive: bool,
}

impl<T: Default> BeforeContext<T> {
    /// Creates the value after accessing the context, so that the value is destroyed before the
    /// context.
    pub(crate) fn new() -> BeforeContext<T> {
        let context_is_alive = is_alive();
        BeforeContext {
            value: T::default(),
            context_is_alive,
        }
    }

    /// Runs `f` with the thread's value. Returns `None` without running it in a thread that is
    /// ending, where the context can no longer be accessed.
    #[inline]
    pub(crate) fn with<R>(
        key: &'static LocalKey<BeforeContext<T>>,
        f: impl FnOnce(&T) -> Option<R>,
    ) -> Option<R> {
        key.try_with(|local| local.context_is_alive.then(|| f(&local.value)).flatten())
            .ok()
            .flatten()
    }
}

/// Returns the current context, or an empty one in a thread that is ending.
#[inline]
pub(crate) fn current() -> Context {
    look(Context::clone).unwrap_or_default()
}

/// Calls `f` with the current context, which stays borrowed meanwhile, so `f` must not run foreign
/// code. Returns `None` in a thread that is ending.
#[inline]
pub(crate) fn look<R>(f: impl FnOnce(&Context) -> R) -> Option<R> {
    with(|| Context::map_current(f))
}

/// Makes the context current until the guard is dropped, if that is possible.
pub(crate) fn attach(context: &Context) -> Attached {
    with(|| {
        if IS_REFUSED.get() {
            return Attached::NOT;
        }
        let guard = catch(|| context.clone().attach());
        let is_refused = guard.is_none();
        IS_REFUSED.set(is_refused);
        Attached {
            _guard: guard,
            is_refused,
        }
    })
    .unwrap_or(Attached::NOT)
}

/// Something that runs in a context: a call, or one poll.
pub(crate) trait Inside {
    /// Runs the call or the poll. Returns `true` if it was the last one.
    fn run(&mut self) -> bool;
}

impl<F: FnMut() -> bool> Inside for F {
    fn run(&mut self) -> bool {
        self()
    }
}

/// Runs the call, and returns what it returned or its panic. Meanwhile, the context that `enter`
/// returns is current, if there is one and it can be attached.
#[inline(always)]
#[expect(clippy::inline_always, reason = "saves a frame without optimization")]
pub(crate) fn run(
    enter: impl FnMut() -> Option<Context>,
    call: &mut dyn Inside,
) -> thread::Result<bool> {
    let mut entering = Entering {
        enter,
        call,
        is_attaching: false,
    };
    let result = entering.caught();
    entering.result(result)
}

/// Provides the context that a call runs in, or `None` to leave the current one in place.
pub(crate) trait Enter {
    fn enter(&mut self) -> Option<Context>;
}

impl<F: FnMut() -> Option<Context>> Enter for F {
    fn enter(&mut self) -> Option<Context> {
        self()
    }
}

/// A call that is about to run in a context.
///
/// This is a fast version of [`attach`], with one `catch_unwind` for attaching and for the call. It
/// also lies below every traced call on the stack, where each function and each local counts in a
/// debug build. So it is inlined even in debug builds, and passes on one reference. The closure
/// does everything itself, and is `UnwindSafe` by what it captures, which saves the frame of
/// `AssertUnwindSafe`. What need not be inlined is in [`result`](Entering::result).
pub(crate) struct Entering<'c, E, C: ?Sized> {
    pub(crate) enter: E,
    pub(crate) call: &'c mut C,
    /// Distinguishes a panic in OpenTelemetry from one in the call.
    pub(crate) is_attaching: bool,
}

impl<E: Enter, C: Inside + ?Sized> Entering<'_, E, C> {
    /// Runs the call and catches its panic. What this returns is for [`Entering::result`].
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "saves a frame without optimization")]
    pub(crate) fn caught(&mut self) -> thread::Result<bool> {
        let captured = AssertUnwindSafe(self);
        panic::catch_unwind(move || {
            let whole = captured;
            whole.0.run()
        })
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "saves a frame without optimization")]
    fn run(&mut self) -> bool {
        let Some(context) = self.enter.enter() else {
            return self.call.run();
        };
        if IS_REFUSED.get() {
            return self.call.run();
        }
        self.is_attaching = true;
        let _guard = context.attach();
        self.is_attaching = false;
        self.call.run()
    }

    /// Returns what the call returned, or its panic. If the context was refused, the call runs only
    /// now.
    #[inline]
    pub(crate) fn result(&mut self, caught: thread::Result<bool>) -> thread::Result<bool> {
        if caught.is_err() && self.is_attaching {
            return run_refused(self.call);
        }
        caught
    }
}

#[cold]
fn run_refused(call: &mut (impl Inside + ?Sized)) -> thread::Result<bool> {
    // In a thread that is ending, contexts stay refused.
    let _attached = Attached {
        _guard: None,
        is_refused: is_alive(),
    };
    IS_REFUSED.set(true);
    panic::catch_unwind(AssertUnwindSafe(|| call.run()))
}

/// The guard of a context. Until it is dropped, the context is current, or is known to be refused.
#[must_use]
#[derive(Debug)]
pub(crate) struct Attached {
    _guard: Option<ContextGuard>,
    is_refused: bool,
}

impl Attached {
    /// A guard that holds no context.
    pub(crate) const NOT: Attached = Attached {
        _guard: None,
        is_refused: false,
    };
}

impl Drop for Attached {
    fn drop(&mut self) {
        if self.is_refused {
            with(|| IS_REFUSED.set(false));
        }
    }
}
