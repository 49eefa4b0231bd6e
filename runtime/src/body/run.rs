//! Runs a body inside a span: the part that does not depend on the function's types, and so is compiled once.

#![expect(
    clippy::inline_always,
    reason = "a frame and a copy less without optimisation, and less to compile"
)]

use std::any::Any;
use std::{mem, panic, thread};

use opentelemetry::Context;

use crate::ambient::{self, Inside};
use crate::attributes::Attributes;
use crate::outcome::Failure;
use crate::span::{Active, Running, Started};

/// The part of a call that depends on the function's types, if its value is looked at. A function that cannot fail
/// has one method less to compile.
pub(crate) trait Looked: Inside {
    /// Looks at the returned value.
    fn outcome<'a>(&'a self, span: &mut Attributes<'_>) -> Option<Failure<'a>>;
}

/// Runs the call inside the span, and ends the span with the outcome of the call.
#[cfg_attr(debug_assertions, inline(always))]
#[cfg_attr(not(debug_assertions), inline(never))]
pub(super) fn run_and_look(started: Started, call: &mut dyn Looked) {
    let mut once = Once {
        started,
        place: None,
    };
    let result = ambient::run(|| once.enter(), call);
    once.look(result, call);
}

/// Runs a call that cannot fail inside the span, and ends the span.
#[cfg_attr(debug_assertions, inline(always))]
#[cfg_attr(not(debug_assertions), inline(never))]
pub(super) fn run_to_end(started: Started, call: &mut dyn Inside) {
    let mut once = Once {
        started,
        place: None,
    };
    let result = ambient::run(|| once.enter(), call);
    once.succeed(result);
}

/// The span of a body that runs once. It is on the stack while the body runs. Everything else that takes room there
/// is in separate functions.
struct Once {
    started: Started,
    place: Option<Running>,
}

impl Once {
    #[inline]
    fn enter(&mut self) -> Option<Context> {
        let (context, place) = self.started.enter()?;
        // The old value is `None`. The compiler does not know that, and would generate code to drop it.
        mem::forget(self.place.replace(place));
        Some(context)
    }

    #[cfg_attr(debug_assertions, inline(never))]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn look(&mut self, result: thread::Result<bool>, call: &dyn Looked) {
        if let Some(place) = self.leave(result)
            && let Some(active) = place.leave()
        {
            look(active, call);
        }
    }

    #[cfg_attr(debug_assertions, inline(never))]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn succeed(&mut self, result: thread::Result<bool>) {
        if let Some(place) = self.leave(result) {
            place.succeeded();
        }
    }

    #[inline]
    fn leave(&mut self, result: thread::Result<bool>) -> Option<Running> {
        match result {
            Ok(_) => self.place.take(),
            Err(payload) => panicked(self.place.take(), payload),
        }
    }
}

#[inline(never)]
fn look(active: Active, call: &dyn Looked) {
    active.returned(|span| call.outcome(span));
}

#[cold]
pub(super) fn panicked(place: Option<Running>, payload: Box<dyn Any + Send>) -> ! {
    if let Some(active) = place.and_then(Running::leave) {
        active.panicked(Some(&*payload));
    }
    panic::resume_unwind(payload)
}

/// Runs the call inside the span, which ends here only if it panics.
#[inline(never)]
pub(super) fn run_inside(active: Active, call: &mut dyn Inside) -> Option<Active> {
    let (context, place) = active.enter();
    let mut context = Some(context);
    match ambient::run(|| context.take(), call) {
        Ok(_) => place.leave(),
        Err(payload) => panicked(Some(place), payload),
    }
}
