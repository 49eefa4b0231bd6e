//! The guard of a span whose body stays in place: a block of `span!`, or a function whose returned
//! value is too large to be moved.

use std::thread;

use crate::ambient::{self, Attached};
use crate::attributes::Attributes;
use crate::outcome::Failure;
use crate::span::{Active, Running, Started};

/// Makes the span current until the guard is dropped, which ends the span.
#[inline]
pub fn enter(started: Started) -> Entered {
    let entered = started.enter();
    Entered {
        was_panicking: entered.is_some() && thread::panicking(),
        guarded: entered.map(|(context, place)| (ambient::attach(&context), place)),
    }
}

/// Ends the span with the outcome in the body's value, and returns the value.
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

/// The guard of a body whose value cannot hold an error.
pub(super) struct Succeeds(Entered);

impl Succeeds {
    /// Ends the span when the guard is dropped, as a success unless the body panicked.
    pub(super) fn at_last(entered: Entered) -> Succeeds {
        Succeeds(entered)
    }
}

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

/// The guard of a body that stays in place.
#[must_use]
pub struct Entered {
    guarded: Option<(Attached, Running)>,
    was_panicking: bool,
}

impl Entered {
    /// Returns `true` during a panic that began inside.
    fn panics(&self) -> bool {
        thread::panicking() && !self.was_panicking
    }

    /// Restores the previous context, and returns the span.
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
