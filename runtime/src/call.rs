//! The span of a synchronous function.

use std::any::{Any, type_name};
use std::{mem, panic, thread};

use crate::active::Active;
use crate::ambient::Attached;
use crate::attributes::Attributes;
use crate::failure::Failure;
use crate::look::Look;
use crate::site::CallSite;
use crate::span::{Started, is_skipped_here};

/// Runs `body` inside the span, and ends the span by what it returns.
#[inline]
pub fn call<R>(started: Started, body: impl FnOnce() -> R, look: impl Look<R>) -> R {
    if started.is_none() {
        return body();
    }
    call_inside(started, body, look)
}

/// The same, for a function that says nothing of its span but its call site.
#[inline(always)]
#[expect(
    clippy::inline_always,
    reason = "one function less to compile for each that is traced"
)]
pub fn call_at<R, B: FnOnce() -> R>(site: &'static CallSite, body: B, look: impl Look<R>) -> R {
    if is_skipped_here(site) {
        return body();
    }
    call_inside(Started::at(site, type_name::<B>()), body, look)
}

/// The same, for a closure that looks at the returned value.
#[inline]
pub fn call_by<R>(
    started: Started,
    body: impl FnOnce() -> R,
    look: impl for<'a> Fn(&'a R, &mut Attributes<'_>) -> Option<Failure<'a>>,
) -> R {
    call(started, body, look)
}

#[inline]
fn call_inside<R, L: Look<R>>(started: Started, body: impl FnOnce() -> R, look: L) -> R {
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

/// The part of a call that depends on the function's types.
pub(crate) trait Inside {
    /// Runs it inside the span; whether that was its end.
    fn run(&mut self) -> bool;
}

/// The same of a call whose value is looked at. What cannot fail has one function less to compile.
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

#[inline(never)]
fn run_and_look(started: Started, call: &mut dyn Looked) {
    if let Some(active) = run_started(started, call) {
        active.returned(|span| call.outcome(span));
    }
}

#[inline(never)]
fn run_to_end(started: Started, call: &mut dyn Inside) {
    if let Some(active) = run_started(started, call) {
        active.succeeded();
    }
}

/// Runs the call inside the span that was started, which is given back.
#[inline]
fn run_started(started: Started, call: &mut (impl Inside + ?Sized)) -> Option<Active> {
    let Some(active) = started.take() else {
        call.run();
        return None;
    };
    let result = active.run(|| {
        call.run();
    });
    match result {
        Ok(()) => Some(active),
        Err(payload) => panicked(&active, payload),
    }
}

#[cold]
fn panicked(active: &Active, payload: Box<dyn Any + Send>) -> ! {
    active.panicked(Some(&*payload));
    panic::resume_unwind(payload)
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
        None => neither(),
    }
}

/// Whatever does not depend on the function's types is here, compiled once.
#[inline(never)]
fn run_inside(active: Active, body: &mut dyn FnMut()) -> Active {
    match active.run(body) {
        Ok(()) => active,
        Err(payload) => panicked(&active, payload),
    }
}

/// Makes the span current until the guard is dropped, which ends it.
#[inline]
pub fn enter(started: Started) -> Entered {
    let active = started.take();
    Entered {
        guard: active.as_ref().map(Active::attach),
        was_panicking: active.is_some() && thread::panicking(),
        active,
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
        active.returned(|span| failure(&value, span));
    }
    value
}

/// The guard of a body that stays where it is.
#[must_use]
pub struct Entered {
    guard: Option<Attached>,
    was_panicking: bool,
    active: Option<Active>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        drop(self.guard.take());
        match self.active.take() {
            Some(active) if thread::panicking() && !self.was_panicking => active.panicked(None),
            Some(active) => {
                active.returned(|_| None);
                active.passed_through();
            }
            None => {}
        }
    }
}
