//! A stack of spans of functions.

use std::cell::Cell;
use std::mem;

use super::changes::Mark;
use super::function_span::FunctionSpan;

/// A stack of spans, each of which holds the one below it, so that pushing allocates nothing.
///
/// While one of its spans is worked on, the stack is empty, so code that looks for a span meanwhile
/// finds nothing.
#[derive(Default)]
pub(super) struct Stack(Cell<Option<Box<FunctionSpan>>>);

impl Stack {
    #[inline]
    pub(super) fn push(&self, mut kept: Box<FunctionSpan>) {
        // Both old values are `None`, so there is nothing to drop: the span held no other below it,
        // and the stack is empty for a moment.
        mem::forget(mem::replace(&mut kept.below, self.0.take()));
        mem::forget(self.0.replace(Some(kept)));
    }

    #[inline]
    pub(super) fn pop(&self) -> Option<Box<FunctionSpan>> {
        let mut kept = self.0.take()?;
        mem::forget(self.0.replace(kept.below.take()));
        Some(kept)
    }

    /// Takes out the topmost span for which `is_it` returns `true`, and those above it. If there is
    /// no such span, takes out all spans.
    pub(super) fn split(
        &self,
        is_it: impl Fn(&FunctionSpan) -> bool,
    ) -> (Stack, Option<Box<FunctionSpan>>) {
        let above = Stack::default();
        while let Some(kept) = self.pop() {
            if is_it(&kept) {
                return (above, Some(kept));
            }
            above.push(kept);
        }
        (above, None)
    }

    /// Runs `f` with the span that has this turn of the mark, if that is on this stack. It is
    /// usually on top.
    pub(super) fn with<R>(
        &self,
        mark: &'static Mark,
        turn: u64,
        f: impl FnOnce(&mut FunctionSpan) -> R,
    ) -> Option<R> {
        let mut top = self.0.take();
        let done = find(&mut top, mark, turn).map(f);
        self.0.set(top);
        done
    }

    /// Puts the spans that [`split`](Stack::split) has taken off back on top.
    pub(super) fn put_on(&self, above: &Stack) {
        while let Some(kept) = above.pop() {
            self.push(kept);
        }
    }
}

impl Drop for Stack {
    /// Drops one span after the other. Dropping only the topmost one would recurse to the bottom.
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}

/// Returns the span with this turn of the mark, if there is one, searching from `top` downwards.
fn find<'p>(
    top: &'p mut Option<Box<FunctionSpan>>,
    mark: &'static Mark,
    turn: u64,
) -> Option<&'p mut FunctionSpan> {
    let mut next = top;
    while let Some(kept) = next {
        if kept.has(mark, turn) {
            return Some(kept);
        }
        next = &mut kept.below;
    }
    None
}
