//! Formats the user's values for a span, in bounded memory and safe from a `Display` or `Debug`
//! that panics.

use std::cell::Cell;
use std::fmt::{self, Write};

use crate::attributes::text_limit::TextLimit;
use crate::contain::catch;

/// The text that is recorded for a value whose `Display` or `Debug` panicked.
const PANICKED: &str = "<panicked while formatting>";
/// The maximum capacity, in bytes, of the memory that is kept for the next text.
pub(crate) const KEPT_MEMORY: usize = 4 * 1024;

thread_local! {
    /// The memory that the next text is written to.
    static TEXT: Cell<String> = const { Cell::new(String::new()) };
}

/// Returns the formatted text, cut at the value-length limit.
pub(crate) fn bounded(text: fmt::Arguments<'_>) -> String {
    let mut bounded = String::new();
    bounded_in(&mut bounded, text);
    bounded
}

/// Passes the formatted and cut text to `f`, in memory that the thread keeps.
pub(crate) fn with_bounded<R>(text: fmt::Arguments<'_>, f: impl FnOnce(&str) -> R) -> R {
    let memory = TEXT.try_with(Cell::take);
    let mut bounded = memory.unwrap_or_default();
    bounded_in(&mut bounded, text);
    let result = f(&bounded);
    if bounded.capacity() <= KEPT_MEMORY {
        let _ = TEXT.try_with(|text| text.set(bounded));
    }
    result
}

/// Replaces the contents of `memory` with the formatted and cut text.
pub(crate) fn bounded_in(memory: &mut String, text: fmt::Arguments<'_>) {
    memory.clear();
    let mut buffer = Bounded {
        text: memory,
        left: TextLimit::current(),
    };
    // An error means that the buffer is full, or comes from the user's code. Both leave what was
    // written so far.
    if catch(|| buffer.write_fmt(text)).is_none() {
        memory.clear();
        memory.push_str(PANICKED);
    }
}

/// Returns `true` if [`bounded`] may have cut this text.
#[cfg(feature = "tower")]
pub(crate) fn is_full(text: &str) -> bool {
    let mut left = TextLimit::current();
    left.take(text);
    left.take("\u{10ffff}").is_empty()
}

struct Bounded<'a> {
    text: &'a mut String,
    left: TextLimit,
}

impl Write for Bounded<'_> {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let fitting = self.left.take(more);
        self.text.push_str(fitting);
        if fitting.len() == more.len() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}
