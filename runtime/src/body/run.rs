//! Runs a body inside a span: the part that does not depend on the function's types, and so is
//! compiled once.

#![expect(
    clippy::inline_always,
    reason = "saves a frame and a copy without optimization, and leaves less to compile"
)]

use std::any::Any;
use std::mem::{self, ManuallyDrop};
use std::{panic, thread};

use opentelemetry::Context;

use crate::ambient::{self, Enter, Entering, Inside};
use crate::attributes::Attributes;
use crate::outcome::Failure;
use crate::span::{Active, Running, Started};

/// The part of a call that depends on the function's types, for a returned value that may hold an
/// error. All other functions only need [`Inside`], so there is one method less to compile for
/// them.
pub(crate) trait Detecting: Inside {
    /// Looks at the returned value.
    fn outcome<'a>(&'a self, span: &mut Attributes<'_>) -> Option<Failure<'a>>;
}

/// Runs the call inside the span, and ends the span with the outcome of the call.
#[cfg_attr(debug_assertions, inline(always))]
#[cfg_attr(not(debug_assertions), inline(never))]
pub(super) fn run_and_detect(started: Started, call: &mut dyn Detecting) {
    let mut once = Entering {
        enter: Once::of(started),
        call,
        is_attaching: false,
    };
    let caught = once.caught();
    end_by_detecting(&mut once, caught);
}

/// Runs the call inside the span, and ends the span. The returned value cannot hold an error, so it
/// is not looked at.
#[cfg_attr(debug_assertions, inline(always))]
#[cfg_attr(not(debug_assertions), inline(never))]
pub(super) fn run_to_end(started: Started, call: &mut dyn Inside) {
    let mut once = Entering {
        enter: Once::of(started),
        call,
        is_attaching: false,
    };
    let caught = once.caught();
    end_by_success(&mut once, caught);
}

/// The span of a body that runs once. It is on the stack while the body runs, so everything else
/// that takes room there is in separate functions.
struct Once {
    started: Started,
    /// [`leave`] takes the span out, so there is never anything to drop. The compiler does not know
    /// that, and would generate code to drop it in each traced function of a debug build.
    running: ManuallyDrop<Option<Running>>,
}

impl Once {
    #[inline(always)]
    fn of(started: Started) -> Once {
        Once {
            started,
            running: ManuallyDrop::new(None),
        }
    }
}

impl Enter for Once {
    #[inline]
    fn enter(&mut self) -> Option<Context> {
        let (context, running) = self.started.enter()?;
        // The old value is `None`. The compiler does not know that, and would generate code to
        // drop it.
        mem::forget(self.running.replace(running));
        Some(context)
    }
}

#[cfg_attr(debug_assertions, inline(never))]
#[cfg_attr(not(debug_assertions), inline(always))]
fn end_by_detecting(
    once: &mut Entering<'_, Once, dyn Detecting + '_>,
    caught: thread::Result<bool>,
) {
    if let Some(running) = leave(once, caught)
        && let Some(active) = running.leave()
    {
        detect(active, once.call);
    }
}

#[cfg_attr(debug_assertions, inline(never))]
#[cfg_attr(not(debug_assertions), inline(always))]
fn end_by_success(once: &mut Entering<'_, Once, dyn Inside + '_>, caught: thread::Result<bool>) {
    if let Some(running) = leave(once, caught) {
        running.succeeded();
    }
}

#[inline]
fn leave<C: Inside + ?Sized>(
    once: &mut Entering<'_, Once, C>,
    caught: thread::Result<bool>,
) -> Option<Running> {
    let result = once.result(caught);
    let running = once.enter.running.take();
    match result {
        Ok(_) => running,
        Err(payload) => end_by_panic(running, payload),
    }
}

#[inline(never)]
fn detect(active: Active, call: &dyn Detecting) {
    active.returned(|span| call.outcome(span));
}

/// Runs the call inside the span, which ends here only if the call panics. Returns the span, and
/// whether the call has ended.
#[inline(always)]
pub(super) fn run_on(active: Active, call: &mut dyn Inside) -> (Running, bool) {
    let (context, running) = active.enter();
    let mut context = Some(context);
    match ambient::run(|| context.take(), call) {
        Ok(is_over) => (running, is_over),
        Err(payload) => end_by_panic(Some(running), payload),
    }
}

/// Does what [`run_on`] does, and takes the span back whether or not the call has ended.
#[inline(never)]
pub(super) fn run_once(active: Active, call: &mut dyn Inside) -> Option<Active> {
    let (running, _) = run_on(active, call);
    running.leave()
}

#[cold]
fn end_by_panic(running: Option<Running>, payload: Box<dyn Any + Send>) -> ! {
    resume(payload, |payload| {
        if let Some(active) = running.and_then(Running::leave) {
            active.panicked(Some(payload));
        }
    })
}

/// Runs the call in the context. If it panics, `end` sees the payload before the panic goes on.
#[cfg(feature = "tower")]
pub(super) fn run_in(
    context: Option<Context>,
    call: &mut dyn Inside,
    end: impl FnOnce(&(dyn Any + Send)),
) {
    let mut context = context;
    if let Err(payload) = ambient::run(|| context.take(), call) {
        resume(payload, end);
    }
}

/// Lets a panic go on after `end`, which must not panic.
fn resume(payload: Box<dyn Any + Send>, end: impl FnOnce(&(dyn Any + Send))) -> ! {
    end(&*payload);
    panic::resume_unwind(payload)
}
