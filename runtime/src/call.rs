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
    match started.0 {
        None => body(),
        Some(active) => call_inside(active, body, failure),
    }
}

#[inline(never)]
fn call_inside<R>(
    active: Active,
    body: impl FnOnce() -> R,
    failure: impl for<'a> Fn(&'a R, &mut Attributes<'_>) -> Option<Failure<'a>>,
) -> R {
    let (returned, active) = run(active, body);
    active.returned(&|span| failure(&returned, span));
    returned
}

/// Runs `body` inside the span, which ends here only if it panics.
#[inline]
pub(crate) fn run<R>(active: Active, body: impl FnOnce() -> R) -> (R, Active) {
    let mut body = Some(body);
    let mut returned = None;
    let active = run_inside(active, &mut || {
        returned = body.take().map(|body| body());
    });
    match returned {
        Some(returned) => (returned, active),
        None => unreachable!("the body ran or panicked"),
    }
}

/// Whatever does not depend on the function's types is here, compiled once.
#[inline(never)]
fn run_inside(active: Active, body: &mut dyn FnMut()) -> Active {
    let guard = active.attach();
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    drop(guard);
    match result {
        Ok(()) => active,
        Err(payload) => {
            active.panicked(Some(&*payload));
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
