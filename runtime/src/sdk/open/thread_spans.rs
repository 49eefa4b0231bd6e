//! What a thread keeps of its spans: those whose functions run, boxes for the next ones, and where
//! they go when they end.
//!
//! A box is on the desk while the body of its function runs on this thread, or its future is polled
//! here, so the changes that the body makes through the API are written to it at once. Whoever puts
//! one there takes it back. They are in the order in which their functions were called; where
//! guards are dropped in another order, each still finds its own.

use std::cell::Cell;
use std::mem;
use std::ptr;

use super::changes::Mark;
use super::function_span::{Kept, SPARE_BYTES};
use super::open_span::Open;
use crate::ambient::BeforeContext;
use crate::sdk::clock::{self, Time};
use crate::sdk::export::buffers::{Memory, Rings};
use crate::site::CallSite;

/// How many boxes a thread keeps for its next spans, and how large a record may be in them.
const SPARE: usize = 32;

/// The desk of a thread.
#[derive(Default)]
pub(crate) struct Desk {
    open: Pile,
    /// The span that was started last, until its function takes it.
    waiting: Cell<Option<Box<Kept>>>,
    spare: Pile,
    /// How many are spare.
    spares: Cell<usize>,
    pub(crate) rings: Rings,
    /// For spans that others open.
    pub(crate) memory: Memory,
}

thread_local! {
    static DESK: BeforeContext<Desk> = BeforeContext::new();
}

/// Runs `f` with the desk of this thread. Returns `None` in a thread that is ending, which has
/// none.
#[inline]
pub(crate) fn at_desk<R>(f: impl FnOnce(&Desk) -> Option<R>) -> Option<R> {
    BeforeContext::with(&DESK, f)
}

/// Boxes on top of each other: each holds the one below it.
///
/// While one of them is worked on, the pile is somewhere else, and whoever looks for it finds
/// nothing.
#[derive(Default)]
struct Pile(Cell<Option<Box<Kept>>>);

/// Which box it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(*const Kept);

impl Key {
    #[inline]
    fn of(kept: &Kept) -> Key {
        Key(ptr::from_ref(kept))
    }
}

impl Desk {
    /// A box that serves this call site, and the time.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "both callers are apart themselves")]
    pub(crate) fn ready(&self, site: &'static CallSite) -> Option<(Box<Kept>, u64)> {
        let kept = self.any()?;
        let now = clock::now();
        if kept.serves(site, now) {
            return Some((kept, now));
        }
        self.keep(kept);
        None
    }

    /// Any box.
    #[inline]
    pub(crate) fn any(&self) -> Option<Box<Kept>> {
        let kept = self.spare.pop()?;
        self.spares.set(self.spares.get() - 1);
        Some(kept)
    }

    /// Keeps the box of a span that is over.
    #[inline]
    pub(crate) fn keep(&self, kept: Box<Kept>) {
        if self.spares.get() < SPARE && kept.open.record.capacity() <= SPARE_BYTES {
            self.spares.set(self.spares.get() + 1);
            self.spare.push(kept);
        } else {
            discard(kept);
        }
    }

    /// Puts a box on the desk.
    #[inline]
    pub(crate) fn put(&self, kept: Box<Kept>) -> Key {
        let key = Key::of(&kept);
        self.open.push(kept);
        key
    }

    /// Lets the box of a started span wait for its function, before which no other is started.
    #[inline]
    pub(crate) fn wait(&self, kept: Box<Kept>) {
        // None waits there, which the compiler cannot know.
        mem::forget(self.waiting.replace(Some(kept)));
    }

    /// Takes the box that waits.
    #[inline]
    pub(crate) fn take_waiting(&self) -> Option<Box<Kept>> {
        self.waiting.take()
    }

    /// Takes it back.
    #[inline]
    pub(crate) fn take(&self, key: Key) -> Option<Box<Kept>> {
        let kept = self.open.pop()?;
        if Key::of(&kept) == key {
            return Some(kept);
        }
        self.open.push(kept);
        self.take_below(key)
    }

    #[cold]
    fn take_below(&self, key: Key) -> Option<Box<Kept>> {
        let (above, kept) = self.open.split(|kept| Key::of(kept) == key);
        self.open.put_on(&above);
        kept
    }

    /// Writes to the span if it is on this desk; `None` if it is not.
    pub(crate) fn write(
        &self,
        mark: &'static Mark,
        turn: u64,
        write: impl FnOnce(&mut Open),
    ) -> Option<()> {
        if mark.is_changed(turn) {
            // What others did before comes before.
            self.aside(mark, turn, Kept::settle)?;
        }
        let mut top = self.open.0.take();
        let written = find(&mut top, mark, turn).map(|kept| {
            if kept.is_open() {
                write(&mut kept.open);
            }
        });
        self.open.0.set(top);
        written
    }

    /// Ends the span if it is on this desk; `None` if it is not.
    pub(crate) fn end(&self, mark: &'static Mark, turn: u64, time: Time) -> Option<()> {
        self.aside(mark, turn, |kept| kept.end_at(time))
    }

    /// Does with the span, if it is on this desk, what hands it over perhaps: not on the pile,
    /// since a full buffer is told to others.
    #[cold]
    fn aside(&self, mark: &'static Mark, turn: u64, f: impl FnOnce(&mut Kept)) -> Option<()> {
        let (above, kept) = self.open.split(|kept| kept.has(mark, turn));
        let done = kept.map(|mut kept| {
            f(&mut kept);
            self.open.push(kept);
        });
        self.open.put_on(&above);
        done
    }
}

impl Kept {
    /// Ends the span now, whose context was taken or forgotten, and keeps the box for another one.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "all callers are apart themselves")]
    pub(crate) fn end(mut self: Box<Kept>, desk: &Desk) {
        if self.mark.is_untouched(self.turn) {
            self.mark.close(self.turn);
            self.is_handed_over = true;
            self.open.hand_over(Time::now(), &desk.rings);
        } else {
            self.end_at(Time::now());
        }
        desk.keep(self);
    }
}

impl Open {
    /// The same, from whatever thread.
    pub(crate) fn hand_over_anywhere(&mut self, end: Time) {
        let record = self.record.end(end);
        let shared = &self.scoped.shared;
        let here = at_desk(|desk| {
            shared.ended(Some(&desk.rings), record);
            Some(())
        });
        if here.is_none() {
            shared.ended(None, record);
        }
    }
}

impl Pile {
    #[inline]
    fn push(&self, mut kept: Box<Kept>) {
        // Nothing is dropped: the box held none below it, and the pile is empty for a moment.
        mem::forget(mem::replace(&mut kept.below, self.0.take()));
        mem::forget(self.0.replace(Some(kept)));
    }

    #[inline]
    fn pop(&self) -> Option<Box<Kept>> {
        let mut kept = self.0.take()?;
        mem::forget(self.0.replace(kept.below.take()));
        Some(kept)
    }

    /// Takes out the uppermost box that it is, and those above it.
    fn split(&self, is_it: impl Fn(&Kept) -> bool) -> (Pile, Option<Box<Kept>>) {
        let above = Pile::default();
        while let Some(kept) = self.pop() {
            if is_it(&kept) {
                return (above, Some(kept));
            }
            above.push(kept);
        }
        (above, None)
    }

    /// Puts those on top that were above.
    fn put_on(&self, above: &Pile) {
        while let Some(kept) = above.pop() {
            self.push(kept);
        }
    }
}

impl Drop for Pile {
    /// One after the other: a deep pile would be dropped from its bottom.
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}

/// The span in the pile, which mostly is the uppermost.
fn find<'p>(
    pile: &'p mut Option<Box<Kept>>,
    mark: &'static Mark,
    turn: u64,
) -> Option<&'p mut Kept> {
    let mut next = pile;
    while let Some(kept) = next {
        if kept.has(mark, turn) {
            return Some(kept);
        }
        next = &mut kept.below;
    }
    None
}

/// Apart, so that what is dropped with it is not where a span ends.
#[cold]
#[inline(never)]
fn discard(kept: Box<Kept>) {
    drop(kept);
}
