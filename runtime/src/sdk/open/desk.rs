//! The desk of a thread: the spans of the functions that it runs, boxes for its next spans, and the
//! buffers that they go to.
//!
//! A box lies on the desk while the body of its function runs on this thread, or its future is
//! polled here, so that changes that the body makes through the API are written to it at once.
//! Whoever puts a box there takes it back. The boxes are in the order in which their functions were
//! called. If guards are dropped in another order, each of them still finds its box.

use std::cell::Cell;
use std::mem;
use std::ptr;

use super::changes::Mark;
use super::function_span::{FunctionSpan, SPARE_BYTES};
use super::open_span::Open;
use super::stack::Stack;
use crate::ambient::BeforeContext;
use crate::sdk::clock::{self, Time};
use crate::sdk::export::buffers::{Memory, Rings};
use crate::site::CallSite;

/// The maximum number of boxes that a thread keeps for its next spans.
const SPARE: usize = 32;

/// The desk of a thread.
#[derive(Default)]
pub(crate) struct Desk {
    open: Stack,
    /// The span that was started last, until its function takes it.
    waiting: Cell<Option<Box<FunctionSpan>>>,
    spare: Stack,
    /// The number of spare boxes.
    spares: Cell<usize>,
    pub(crate) rings: Rings,
    /// Memory for the records of spans that are started through the API.
    pub(crate) memory: Memory,
}

thread_local! {
    static DESK: BeforeContext<Desk> = BeforeContext::new();
}

/// Runs `f` with the desk of this thread. Returns `None` in a thread that is ending, which has no
/// desk.
#[inline]
pub(crate) fn at_desk<R>(f: impl FnOnce(&Desk) -> Option<R>) -> Option<R> {
    BeforeContext::with(&DESK, f)
}

/// Runs `f` with the rings of this thread, or with `None` in a thread that is ending.
pub(crate) fn with_rings(mut f: impl FnMut(Option<&Rings>)) {
    let done = at_desk(|desk| {
        f(Some(&desk.rings));
        Some(())
    });
    if done.is_none() {
        f(None);
    }
}

/// Merges what other threads have done so far to a span that is not on a desk.
#[inline]
pub(crate) fn settle(span: &mut FunctionSpan) {
    if span.is_changed() {
        with_rings(|rings| span.settle(rings));
    }
}

/// Identifies a box on the desk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(*const FunctionSpan);

impl Key {
    #[inline]
    fn of(kept: &FunctionSpan) -> Key {
        Key(ptr::from_ref(kept))
    }
}

impl Desk {
    /// Takes the next spare box, and returns it with the current time. Returns `None` if there is
    /// none, or if it does not serve this call site.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "both callers are out of line themselves"
    )]
    pub(crate) fn ready(&self, site: &'static CallSite) -> Option<(Box<FunctionSpan>, u64)> {
        let kept = self.any()?;
        let now = clock::now();
        if kept.serves(site, now) {
            return Some((kept, now));
        }
        self.keep(kept);
        None
    }

    /// Takes the next spare box, if there is one, whatever call sites it serves.
    #[inline]
    pub(crate) fn any(&self) -> Option<Box<FunctionSpan>> {
        let kept = self.spare.pop()?;
        self.spares.set(self.spares.get() - 1);
        Some(kept)
    }

    /// Keeps a box for another span. Drops it if its record is large, or if the thread has enough
    /// boxes.
    #[inline]
    pub(crate) fn keep(&self, kept: Box<FunctionSpan>) {
        if self.spares.get() < SPARE && kept.open.record.capacity() <= SPARE_BYTES {
            self.spares.set(self.spares.get() + 1);
            self.spare.push(kept);
        } else {
            discard(kept);
        }
    }

    /// Puts a box on the desk. The key takes it back.
    #[inline]
    pub(crate) fn put(&self, kept: Box<FunctionSpan>) -> Key {
        let key = Key::of(&kept);
        self.open.push(kept);
        key
    }

    /// Lets the box of a started span wait for its function. No other span is started before the
    /// function takes it.
    #[inline]
    pub(crate) fn wait(&self, kept: Box<FunctionSpan>) {
        // No other box waits there, which the compiler cannot know.
        mem::forget(self.waiting.replace(Some(kept)));
    }

    /// Takes the box that waits for its function, if there is one.
    #[inline]
    pub(crate) fn take_waiting(&self) -> Option<Box<FunctionSpan>> {
        self.waiting.take()
    }

    /// Takes a box back from the desk, if it is there.
    #[inline]
    pub(crate) fn take(&self, key: Key) -> Option<Box<FunctionSpan>> {
        let kept = self.open.pop()?;
        if Key::of(&kept) == key {
            return Some(kept);
        }
        self.open.push(kept);
        self.take_below(key)
    }

    #[cold]
    fn take_below(&self, key: Key) -> Option<Box<FunctionSpan>> {
        let (above, kept) = self.open.split(|kept| Key::of(kept) == key);
        self.open.put_on(&above);
        kept
    }

    /// Ends a span that is not on the desk, and keeps its box for another span. The span's context
    /// must have been taken or forgotten.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "all callers are out of line themselves"
    )]
    pub(crate) fn end(&self, mut kept: Box<FunctionSpan>) {
        if kept.mark.is_untouched(kept.turn) {
            kept.mark.close(kept.turn);
            kept.is_handed_over = true;
            kept.open.hand_over(Time::now(), Some(&self.rings));
        } else {
            kept.end_at(Time::now(), Some(&self.rings));
        }
        self.keep(kept);
    }

    /// Writes to the span if it is on this desk and open. Returns `None` if it is not on this desk.
    pub(crate) fn write(
        &self,
        mark: &'static Mark,
        turn: u64,
        write: impl FnOnce(&mut Open),
    ) -> Option<()> {
        if mark.is_changed(turn) {
            // What other threads wrote earlier comes first.
            self.aside(mark, turn, |kept| kept.settle(Some(&self.rings)))?;
        }
        self.open.with(mark, turn, |kept| {
            if kept.is_open() {
                write(&mut kept.open);
            }
        })
    }

    /// Ends the span if it is on this desk. Returns `None` if it is not.
    pub(crate) fn end_here(&self, mark: &'static Mark, turn: u64, time: Time) -> Option<()> {
        self.aside(mark, turn, |kept| kept.end_at(time, Some(&self.rings)))
    }

    /// Runs `f` with a span that is on this desk, which `f` may hand over. Returns `None` if the
    /// span is not there. The span is taken off the stack meanwhile, because warning about a full
    /// buffer may run code that comes back here.
    #[cold]
    fn aside(
        &self,
        mark: &'static Mark,
        turn: u64,
        f: impl FnOnce(&mut FunctionSpan),
    ) -> Option<()> {
        let (above, kept) = self.open.split(|kept| kept.has(mark, turn));
        let done = kept.map(|mut kept| {
            f(&mut kept);
            self.open.push(kept);
        });
        self.open.put_on(&above);
        done
    }
}

/// Drops a box. This is a separate function to keep the code that drops away from where spans end.
#[cold]
#[inline(never)]
fn discard(kept: Box<FunctionSpan>) {
    drop(kept);
}
