//! The span of a synchronous function.
//!
//! Generic code is compiled for each traced function, and stays on the stack while the function
//! runs. So there is little of it, and it is inlined in debug builds too: otherwise, each call
//! would add a frame and a copy of its arguments.

#![expect(
    clippy::inline_always,
    reason = "saves a frame and a copy without optimization, and leaves less to compile"
)]

#[cfg(feature = "tower")]
use std::any::Any;
use std::any::type_name;
use std::mem;

#[cfg(feature = "tower")]
use opentelemetry::Context;

use crate::ambient::Inside;
use crate::attributes::Attributes;
use crate::body::guard::{Succeeds, enter, leave};
use crate::body::run::{self, Detecting};
use crate::outcome::Failure;
use crate::outcome::detect::{Detector, NoDetector};
use crate::site::CallSite;
use crate::span::start::{start_plain, start_plain_unless_skipped};
use crate::span::{Active, Started, is_skipped_apart, is_skipped_here};

/// The size in bytes above which a value is not passed from function to function. Without
/// optimization, each of these functions would reserve room for it on the stack.
const LARGE: usize = 1024;

/// Returns `true` for a large body in a debug build. It is boxed even if no span is opened:
/// otherwise, each place in the code that calls or moves it would reserve room for it on the stack.
const fn is_moved_once<B>() -> bool {
    cfg!(debug_assertions) && size_of::<B>() > LARGE
}

/// Calls the body inside the span.
///
/// A large body is boxed, and a large returned value stays where it is, so that neither is copied
/// from function to function. This is a macro since a function would hold another copy of the body
/// without optimization.
macro_rules! call_inside {
    ($started:expr, $body:ident, $detector:ident) => {
        if const { size_of::<R>() > LARGE } {
            call_in_place($started, $body, &$detector)
        } else if const { size_of::<B>() > LARGE } {
            call_caught($started, boxed($body), $detector)
        } else {
            call_caught($started, $body, $detector)
        }
    };
}

/// Runs `body` inside the span, and ends the span with the outcome of the returned value.
#[inline(always)]
pub fn call<R, B: FnOnce() -> R>(started: Started, body: B, detector: impl Detector<R>) -> R {
    // If this were inlined, a large body would be copied for the branch.
    let is_none = if const { size_of::<B>() > LARGE } {
        started.is_none_apart()
    } else {
        started.is_none()
    };
    if is_none && const { !is_moved_once::<B>() } {
        return body();
    }
    call_inside!(started, body, detector)
}

/// Does what [`call`] does, for a span that needs nothing but its call site.
#[inline(always)]
pub fn call_at<R, B: FnOnce() -> R>(
    site: &'static CallSite,
    body: B,
    detector: impl Detector<R>,
) -> R {
    if const { is_moved_once::<B>() } {
        let started = start_plain_unless_skipped(site, type_name::<B>());
        return call_inside!(started, body, detector);
    }
    // As in `call`.
    let is_skipped = if const { size_of::<B>() > LARGE } {
        is_skipped_apart(site)
    } else {
        is_skipped_here(site)
    };
    if is_skipped {
        return body();
    }
    call_inside!(start_plain(site, type_name::<B>()), body, detector)
}

/// Does what [`call`] does, for a detector that is a closure. The signature states the types of its
/// parameters.
#[inline(always)]
pub fn call_by<R>(
    started: Started,
    body: impl FnOnce() -> R,
    detector: impl for<'a> Fn(&'a R, &mut Attributes<'_>) -> Option<Failure<'a>>,
) -> R {
    call(started, body, detector)
}

/// Boxes the body with all that it captured, so that it is not moved any more.
#[inline(never)]
fn boxed<'b, R>(body: impl FnOnce() -> R + 'b) -> Box<dyn FnOnce() -> R + 'b> {
    Box::new(body)
}

/// Calls the body inside the span, without moving the returned value if nothing looks at it. A
/// guard sees a panic, but not its message.
#[inline(never)]
fn call_in_place<R, D: Detector<R>>(started: Started, body: impl FnOnce() -> R, detector: &D) -> R {
    let entered = enter(started);
    if D::CAN_FIND {
        return leave(entered, body(), |returned, span| {
            detector.detect(returned, span)
        });
    }
    let _succeeds = Succeeds::at_last(entered);
    body()
}

/// Calls the body inside the span, and catches a panic to record its message. The panic then goes
/// on.
#[inline(always)]
fn call_caught<R, D: Detector<R>>(started: Started, body: impl FnOnce() -> R, detector: D) -> R {
    let mut call = Call {
        body: Some(body),
        returned: None,
        detector,
    };
    if D::CAN_FIND {
        run::run_and_detect(started, &mut call);
    } else {
        run::run_to_end(started, &mut call);
    }
    match call.returned {
        Some(returned) => returned,
        None => neither(),
    }
}

#[cold]
#[inline(never)]
fn neither() -> ! {
    unreachable!("the body ran or panicked")
}

struct Call<B, R, D> {
    body: Option<B>,
    returned: Option<R>,
    detector: D,
}

impl<B, R, D> Inside for Call<B, R, D>
where
    B: FnOnce() -> R,
    D: Detector<R>,
{
    fn run(&mut self) -> bool {
        if let Some(body) = self.body.take() {
            // The old value is `None`. The compiler does not know that, and would generate code to
            // drop it.
            mem::forget(self.returned.replace(body()));
        }
        true
    }
}

impl<B, R, D> Detecting for Call<B, R, D>
where
    B: FnOnce() -> R,
    D: Detector<R>,
{
    fn outcome<'a>(&'a self, span: &mut Attributes<'_>) -> Option<Failure<'a>> {
        self.detector.detect(self.returned.as_ref()?, span)
    }
}

/// Runs `body` inside the span, which ends here only if it panics.
#[inline]
pub(crate) fn run<R>(active: Active, body: impl FnOnce() -> R) -> (R, Option<Active>) {
    run_by(body, |call| run::run_once(active, call))
}

/// Runs `body` in the context. If it panics, `end` sees the payload before the panic goes on.
#[cfg(feature = "tower")]
pub(crate) fn run_in<R>(
    context: Option<Context>,
    body: impl FnOnce() -> R,
    end: impl FnOnce(&(dyn Any + Send)),
) -> R {
    let (returned, ()) = run_by(body, |call| run::run_in(context, call, end));
    returned
}

/// Runs `body` through `run`, which runs the call that it gets once.
#[inline]
fn run_by<R, T>(body: impl FnOnce() -> R, run: impl FnOnce(&mut dyn Inside) -> T) -> (R, T) {
    let mut call = Call {
        body: Some(body),
        returned: None,
        detector: NoDetector,
    };
    let ran = run(&mut call);
    match call.returned {
        Some(returned) => (returned, ran),
        None => neither(),
    }
}
