//! The span of a synchronous function.
//!
//! What is generic here is compiled for each function that is traced, and stays on the stack while it runs. So it is little, and
//! inlined in debug builds too: each function more would be a frame, and a copy of what it is given.

#![expect(
    clippy::inline_always,
    reason = "a frame and a copy less without optimisation, and less to compile"
)]

use std::any::{Any, type_name};
use std::{mem, panic, thread};

use opentelemetry::Context;

use crate::ambient::{self, Attached, Inside};
use crate::attributes::Attributes;
use crate::outcome::Failure;
use crate::outcome::detect::{Look, LookNowhere};
use crate::site::CallSite;
use crate::span::start::{start_plain, start_plain_unless_skipped};
use crate::span::{Active, Running, Started, is_skipped_apart, is_skipped_here};

/// How large a value may be, in bytes, to be handed from function to function. Without optimisation, each of them has room for it
/// on the stack.
const LARGE: usize = 1024;

/// Returns `true` for a large body in a debug build: it is boxed first of all, since each place that it is moved to has room for it on the
/// stack.
const fn is_moved_once<B>() -> bool {
    cfg!(debug_assertions) && size_of::<B>() > LARGE
}

/// Calls the body inside the span, as its sizes allow. A function would have a copy of the body without optimisation.
macro_rules! call_inside {
    ($started:expr, $body:ident, $look:ident) => {
        if const { size_of::<R>() > LARGE } {
            call_in_place($started, $body, &$look)
        } else if const { size_of::<B>() > LARGE } {
            call_caught($started, boxed($body), $look)
        } else {
            call_caught($started, $body, $look)
        }
    };
}

/// Runs `body` inside the span, and ends the span by what it returns.
#[inline(always)]
pub fn call<R, B: FnOnce() -> R>(started: Started, body: B, look: impl Look<R>) -> R {
    // In line, that would be a branch that a large body is copied for.
    let is_none = if const { size_of::<B>() > LARGE } {
        started.is_none_apart()
    } else {
        started.is_none()
    };
    if is_none && const { !is_moved_once::<B>() } {
        return body();
    }
    call_inside!(started, body, look)
}

/// The same, for a function that says nothing of its span but its call site.
#[inline(always)]
pub fn call_at<R, B: FnOnce() -> R>(site: &'static CallSite, body: B, look: impl Look<R>) -> R {
    if const { is_moved_once::<B>() } {
        let started = start_plain_unless_skipped(site, type_name::<B>());
        return call_inside!(started, body, look);
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
    call_inside!(start_plain(site, type_name::<B>()), body, look)
}

/// The same, for a closure that looks at the returned value.
#[inline(always)]
pub fn call_by<R>(
    started: Started,
    body: impl FnOnce() -> R,
    look: impl for<'a> Fn(&'a R, &mut Attributes<'_>) -> Option<Failure<'a>>,
) -> R {
    call(started, body, look)
}

/// A body that is moved no more, with all that it captured.
#[inline(never)]
fn boxed<'b, R>(body: impl FnOnce() -> R + 'b) -> Box<dyn FnOnce() -> R + 'b> {
    Box::new(body)
}

/// Calls the body inside the span, without moving the returned value where nothing looks at it. A guard sees a panic, but not
/// its message.
#[inline(never)]
fn call_in_place<R, L: Look<R>>(started: Started, body: impl FnOnce() -> R, look: &L) -> R {
    let entered = enter(started);
    if L::SEES {
        return leave(entered, body(), |returned, span| look.look(returned, span));
    }
    let _succeeds = Succeeds(entered);
    body()
}

/// Calls the body inside the span, so that a panic's message is known.
#[inline(always)]
fn call_caught<R, L: Look<R>>(started: Started, body: impl FnOnce() -> R, look: L) -> R {
    let mut call = Call {
        body: Some(body),
        returned: None,
        look,
    };
    if L::SEES {
        run_and_look(started, &mut call);
    } else {
        run_to_end(started, &mut call);
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

/// The part of a call that depends on the function's types, if its value is looked at. What cannot fail has one function less to
/// compile.
pub(crate) trait Looked: Inside {
    /// Looks at what it returned.
    fn outcome<'a>(&'a self, span: &mut Attributes<'_>) -> Option<Failure<'a>>;
}

struct Call<B, R, L> {
    body: Option<B>,
    returned: Option<R>,
    look: L,
}

impl<B, R, L> Inside for Call<B, R, L>
where
    B: FnOnce() -> R,
    L: Look<R>,
{
    fn run(&mut self) -> bool {
        if let Some(body) = self.body.take() {
            // There is nothing to be dropped, which the compiler cannot know.
            mem::forget(self.returned.replace(body()));
        }
        true
    }
}

impl<B, R, L> Looked for Call<B, R, L>
where
    B: FnOnce() -> R,
    L: Look<R>,
{
    fn outcome<'a>(&'a self, span: &mut Attributes<'_>) -> Option<Failure<'a>> {
        self.look.look(self.returned.as_ref()?, span)
    }
}

/// Runs the call inside the span, and ends the span by what the call says of its outcome.
#[cfg_attr(debug_assertions, inline(always))]
#[cfg_attr(not(debug_assertions), inline(never))]
fn run_and_look(started: Started, call: &mut dyn Looked) {
    let mut once = Once::new(started);
    let result = ambient::run(|| once.enter(), call);
    once.look(result, call);
}

/// Runs the call inside the span, and ends the span of what cannot fail.
#[cfg_attr(debug_assertions, inline(always))]
#[cfg_attr(not(debug_assertions), inline(never))]
fn run_to_end(started: Started, call: &mut dyn Inside) {
    let mut once = Once::new(started);
    let result = ambient::run(|| once.enter(), call);
    once.succeed(result);
}

/// The span of a body that runs once. It lies on the stack meanwhile; all else that takes room there is in functions apart.
struct Once {
    started: Started,
    place: Option<Running>,
}

impl Once {
    #[inline(always)]
    fn new(started: Started) -> Once {
        Once {
            started,
            place: None,
        }
    }

    #[inline]
    fn enter(&mut self) -> Option<Context> {
        let (context, place) = self.started.enter()?;
        // There was none, which the compiler cannot know.
        mem::forget(self.place.replace(place));
        Some(context)
    }

    #[cfg_attr(debug_assertions, inline(never))]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn look(self, result: thread::Result<bool>, call: &dyn Looked) {
        if let Some(place) = self.leave(result)
            && let Some(active) = place.leave()
        {
            look(active, call);
        }
    }

    #[cfg_attr(debug_assertions, inline(never))]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn succeed(self, result: thread::Result<bool>) {
        if let Some(place) = self.leave(result) {
            place.succeeded();
        }
    }

    #[inline]
    fn leave(self, result: thread::Result<bool>) -> Option<Running> {
        match result {
            Ok(_) => self.place,
            Err(payload) => panicked(self.place, payload),
        }
    }
}

#[inline(never)]
fn look(active: Active, call: &dyn Looked) {
    active.returned(|span| call.outcome(span));
}

#[cold]
pub(crate) fn panicked(place: Option<Running>, payload: Box<dyn Any + Send>) -> ! {
    if let Some(active) = place.and_then(Running::leave) {
        active.panicked(Some(&*payload));
    }
    panic::resume_unwind(payload)
}

/// Runs `body` inside the span, which ends here only if it panics.
#[inline]
pub(crate) fn run<R>(active: Active, body: impl FnOnce() -> R) -> (R, Option<Active>) {
    let mut call = Call {
        body: Some(body),
        returned: None,
        look: LookNowhere,
    };
    let active = run_inside(active, &mut call);
    match call.returned {
        Some(returned) => (returned, active),
        None => neither(),
    }
}

/// Whatever does not depend on the function's types is here, compiled once.
#[inline(never)]
fn run_inside(active: Active, call: &mut dyn Inside) -> Option<Active> {
    let (context, place) = active.enter();
    let mut context = Some(context);
    match ambient::run(|| context.take(), call) {
        Ok(_) => place.leave(),
        Err(payload) => panicked(Some(place), payload),
    }
}

/// Makes the span current until the guard is dropped, which ends it.
#[inline]
pub fn enter(started: Started) -> Entered {
    let entered = started.enter();
    Entered {
        was_panicking: entered.is_some() && thread::panicking(),
        guarded: entered.map(|(context, place)| (ambient::attach(&context), place)),
    }
}

/// Ends the span of a block by the value that it came to.
pub fn leave<R>(
    mut entered: Entered,
    value: R,
    failure: impl for<'a> Fn(&'a R, &mut Attributes<'_>) -> Option<Failure<'a>>,
) -> R {
    if let Some(active) = entered.leave() {
        active.returned(|span| failure(&value, span));
    }
    value
}

/// The guard of a body that cannot fail unless it panics.
struct Succeeds(Entered);

impl Drop for Succeeds {
    fn drop(&mut self) {
        if self.0.panics() {
            return;
        }
        if let Some(active) = self.0.leave() {
            active.succeeded();
        }
    }
}

/// The guard of a body that stays where it is.
#[must_use]
pub struct Entered {
    guarded: Option<(Attached, Running)>,
    was_panicking: bool,
}

impl Entered {
    /// Whether a panic that began inside is on its way.
    fn panics(&self) -> bool {
        thread::panicking() && !self.was_panicking
    }

    /// Makes what was current before current again, and gives the span back.
    fn leave(&mut self) -> Option<Active> {
        let (guard, place) = self.guarded.take()?;
        drop(guard);
        place.leave()
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        match self.leave() {
            Some(active) if self.panics() => active.panicked(None),
            Some(active) => active.passed_through(),
            None => {}
        }
    }
}
