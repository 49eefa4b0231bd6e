//! Formats the user's values for a span, in bounded memory and safe from a `Display` or `Debug` that panics.

use std::cell::Cell;
use std::fmt::{self, Write};
use std::sync::OnceLock;

use crate::contain::catch;

/// The text that is recorded for a value whose `Display` or `Debug` panicked.
const PANICKED: &str = "<panicked while formatting>";
/// The size in bytes up to which a thread keeps the memory of a text for the next one.
pub(crate) const KEPT_MEMORY: usize = 4 * 1024;
/// The default limit, in bytes.
const DEFAULT_LIMIT: usize = 16 * 1024;

thread_local! {
    /// Memory for the next text.
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
    let limit = Limit::configured();
    let mut buffer = Bounded {
        text: memory,
        limit,
    };
    // An error means that the buffer is full, or comes from the user's code. Both leave what was written so far.
    if catch(|| buffer.write_fmt(text)).is_none() {
        memory.clear();
        memory.push_str(PANICKED);
    }
}

/// Returns `true` if [`bounded`] may have cut this text.
#[cfg(feature = "tower")]
pub(crate) fn is_full(text: &str) -> bool {
    Limit::configured().room(text, "\u{10ffff}") == 0
}

/// The maximum length of a formatted value.
#[derive(Clone, Copy)]
enum Limit {
    /// A configured limit, in characters, as the specification counts.
    Characters(usize),
    Bytes(usize),
}

impl Limit {
    /// Returns the limit of `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT` or `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`, or else 16
    /// KiB.
    fn configured() -> Limit {
        static LIMIT: OnceLock<Limit> = OnceLock::new();
        *LIMIT.get_or_init(|| {
            [
                "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
                "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            ]
            .into_iter()
            .find_map(|name| std::env::var(name).ok()?.trim().parse().ok())
            .map_or(Limit::Bytes(DEFAULT_LIMIT), Limit::Characters)
        })
    }

    /// Returns how many bytes of `more` still fit behind `text`, in whole characters.
    fn room(self, text: &str, more: &str) -> usize {
        match self {
            Limit::Bytes(limit) => {
                let left = limit.saturating_sub(text.len());
                if more.len() <= left {
                    return more.len();
                }
                (0..=left)
                    .rev()
                    .find(|at| more.is_char_boundary(*at))
                    .unwrap_or(0)
            }
            Limit::Characters(limit) => {
                // Counting again is linear in the limit, not in the value.
                let left = limit.saturating_sub(text.chars().count());
                more.char_indices()
                    .nth(left)
                    .map_or(more.len(), |(at, _)| at)
            }
        }
    }
}

struct Bounded<'a> {
    text: &'a mut String,
    limit: Limit,
}

impl Write for Bounded<'_> {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let room = self.limit.room(self.text, more);
        self.text.push_str(&more[..room]);
        if room == more.len() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}
