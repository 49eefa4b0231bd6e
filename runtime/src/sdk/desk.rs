//! What a thread keeps of its spans: those whose functions run, and boxes for the next ones.
//!
//! A box is on the desk while the body of its function runs on this thread, or its future is polled here, so the changes that the
//! body makes through the API are written to it at once. Whoever puts one there takes it back. They are in the order in which their
//! functions were called; where guards are dropped in another order, each still finds its own.
//!
//! No code but ours runs while the desk is borrowed.

use std::cell::RefCell;
use std::ptr;

use crate::sdk::clock::{self, Time};
use crate::sdk::kept::Kept;
use crate::sdk::side::Mark;
use crate::sdk::span::Open;
use crate::site::CallSite;

/// How many boxes a thread keeps for its next spans, and how large a record may be in them.
const SPARE: usize = 32;
pub(crate) const SPARE_BYTES: usize = 4 * 1024;

/// The desk of a thread.
#[derive(Default)]
pub(crate) struct Desk {
    #[expect(clippy::vec_box, reason = "a box is moved, not what is in it")]
    open: RefCell<Vec<Box<Kept>>>,
    #[expect(clippy::vec_box, reason = "a box is moved, not what is in it")]
    spare: RefCell<Vec<Box<Kept>>>,
}

/// Which box it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(*const Kept);

impl Desk {
    /// A box that serves this call site, and the time.
    #[inline]
    pub(crate) fn ready(&self, site: &'static CallSite) -> Option<(Box<Kept>, u64)> {
        let mut spare = self.spare.borrow_mut();
        let now = clock::now();
        spare.last()?.serves(site, now).then_some(())?;
        Some((spare.pop()?, now))
    }

    /// Any box.
    #[cold]
    pub(crate) fn any(&self) -> Option<Box<Kept>> {
        self.spare.borrow_mut().pop()
    }

    /// Keeps the box of a span that is over.
    #[inline]
    pub(crate) fn keep(&self, kept: Box<Kept>) -> Option<()> {
        let mut spare = self.spare.borrow_mut();
        if spare.len() < SPARE && kept.open.record.capacity() <= SPARE_BYTES {
            spare.push(kept);
            return Some(());
        }
        drop(spare);
        drop(kept);
        None
    }

    /// Puts a box on the desk.
    #[inline]
    pub(crate) fn put(&self, kept: Box<Kept>) -> Key {
        let key = Key(ptr::from_ref(&*kept));
        self.open.borrow_mut().push(kept);
        key
    }

    /// Takes it back.
    #[inline]
    pub(crate) fn take(&self, key: Key) -> Option<Box<Kept>> {
        let mut open = self.open.borrow_mut();
        if ptr::eq(&raw const **open.last()?, key.0) {
            return open.pop();
        }
        take_below(&mut open, key)
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
        let mut all = self.open.try_borrow_mut().ok()?;
        let index = position(&all, mark, turn)?;
        let kept = &mut all[index];
        if kept.is_open() {
            write(&mut kept.open);
        }
        Some(())
    }

    /// Ends the span if it is on this desk; `None` if it is not.
    pub(crate) fn end(&self, mark: &'static Mark, turn: u64, time: Time) -> Option<()> {
        self.aside(mark, turn, |kept| kept.end_at(time))
    }

    /// Does with the span, if it is on this desk, what hands it over perhaps: not under the borrow, since a full buffer is told
    /// to others.
    #[cold]
    fn aside(&self, mark: &'static Mark, turn: u64, f: impl FnOnce(&mut Kept)) -> Option<()> {
        let mut all = self.open.try_borrow_mut().ok()?;
        let index = position(&all, mark, turn)?;
        let mut kept = all.remove(index);
        drop(all);
        f(&mut kept);
        self.open.borrow_mut().insert(index, kept);
        Some(())
    }
}

/// The place of the span, which mostly is the innermost.
fn position(all: &[Box<Kept>], mark: &'static Mark, turn: u64) -> Option<usize> {
    all.iter()
        .rposition(|kept| ptr::eq(kept.mark, mark) && kept.turn == turn)
}

#[cold]
#[expect(clippy::vec_box, reason = "a box is moved, not what is in it")]
fn take_below(open: &mut Vec<Box<Kept>>, key: Key) -> Option<Box<Kept>> {
    let index = open
        .iter()
        .rposition(|kept| ptr::eq(&raw const **kept, key.0))?;
    Some(open.remove(index))
}
