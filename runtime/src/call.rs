//! The span of a synchronous function.

use std::panic::{self, AssertUnwindSafe};
use std::thread;

use opentelemetry::ContextGuard;

use crate::active::Active;
use crate::attributes::Attributes;
use crate::failure::Failure;
use crate::span::Started;

/// Runs `body` inside the span, and ends the span by what it returns.
#[inline]
pub fn call<R>(
    started: Started,
    body: impl FnOnce() -> R,
    failure: impl for<'a> Fn(&'a R, &mut Attributes<'_>) -> Option<Failure<'a>>,
) -> R {
    let mut active = started.0;
    if active.is_none() {
        return body();
    }
    let returned = run(&mut active, body);
    if let Some(active) = active {
        active.returned(&|span| failure(&returned, span));
    }
    returned
}

/// Runs `body` inside the span, which ends here only if it panics. It is lent, since what is moved is stored twice on
/// the stack, and recursion is deep.
pub(crate) fn run<R>(active: &mut Option<Active>, body: impl FnOnce() -> R) -> R {
    let guard = active.as_ref().and_then(Active::attach);
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    drop(guard);
    match result {
        Ok(returned) => returned,
        Err(payload) => {
            if let Some(active) = active.take() {
                active.panicked(Some(&*payload));
            }
            panic::resume_unwind(payload)
        }
    }
}

/// Makes the span current until the guard is dropped, which ends it.
#[inline]
pub fn enter(started: Started) -> Entered {
    Entered {
        guard: started.0.as_ref().and_then(Active::attach),
        was_panicking: started.0.is_some() && thread::panicking(),
        active: started.0,
    }
}

/// Ends the span of a block by the value that it came to.
pub fn leave<R>(
    mut entered: Entered,
    value: R,
    failure: impl for<'a> Fn(&'a R, &mut Attributes<'_>) -> Option<Failure<'a>>,
) -> R {
    drop(entered.guard.take());
    if let Some(active) = entered.active.take() {
        active.returned(&|span| failure(&value, span));
    }
    value
}

/// The guard of a body that stays where it is.
#[must_use]
pub struct Entered {
    guard: Option<ContextGuard>,
    was_panicking: bool,
    active: Option<Active>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        drop(self.guard.take());
        match self.active.take() {
            Some(active) if thread::panicking() && !self.was_panicking => active.panicked(None),
            Some(active) => active.returned(&|_| None),
            None => {}
        }
    }
}
