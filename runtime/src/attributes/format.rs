//! Formatting the user's values for a span: bounded, and safe from a `Display` or `Debug` that panics.

use std::cell::Cell;
use std::fmt::{self, Write};
use std::sync::OnceLock;

use crate::contain::catch;

/// What stands in the place of a value whose `Display` or `Debug` panicked.
const PANICKED: &str = "<panicked while formatting>";
/// How much memory for a text a thread keeps, in bytes.
pub(crate) const KEPT_MEMORY: usize = 4 * 1024;
/// The limit where none is configured, in bytes.
const DEFAULT_LIMIT: usize = 16 * 1024;

thread_local! {
    /// Memory for the next text.
    static TEXT: Cell<String> = const { Cell::new(String::new()) };
}

/// The formatted text, cut at the value-length limit.
pub(crate) fn bounded(text: fmt::Arguments<'_>) -> String {
    let mut bounded = String::new();
    bounded_in(&mut bounded, text);
    bounded
}

/// The same, handed on in memory that the thread keeps.
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

/// The same, in the place of what the memory holds.
pub(crate) fn bounded_in(memory: &mut String, text: fmt::Arguments<'_>) {
    memory.clear();
    let limit = Limit::configured();
    let mut buffer = Bounded {
        text: memory,
        limit,
    };
    // An error is ours when the buffer is full, or the user's: both leave what was written.
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

/// How long a formatted value may be.
#[derive(Clone, Copy)]
enum Limit {
    /// Configured, in characters, as the specification counts.
    Characters(usize),
    Bytes(usize),
}

impl Limit {
    /// `OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT`, else `OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`, else 16 KiB.
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

    /// How many bytes of `more` still fit behind `text`; whole characters only.
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
