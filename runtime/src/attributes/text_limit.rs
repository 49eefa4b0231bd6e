//! Limits the length of formatted values.
//!
//! A value is formatted before a provider sees it, and must not take memory without a bound. The
//! bound is the limit that the environment sets, or otherwise 16 KiB. Our own provider may be given
//! a higher limit in code, which then applies here as well. A lower limit does not: the provider
//! cuts what it records, but the whole text of an error is needed to distinguish it from others.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::environment;

/// The variables that limit the length of a text value, in characters. The first one that holds a
/// number counts.
pub(crate) const VARIABLES: [&str; 2] = [
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
];

/// The bound if the environment sets no limit, in bytes.
const DEFAULT: usize = 16 * 1024;

/// The number of characters to which the current provider raises the bound, or 0 if it does not.
static RAISED: AtomicUsize = AtomicUsize::new(0);

/// Applies the value-length limit of the provider that is set: `None` if it has none, or is not our
/// own.
#[cfg(feature = "sdk")]
pub(crate) fn raise_to(characters: Option<usize>) {
    let (TextLimit::Characters(least) | TextLimit::Bytes(least)) = TextLimit::from_environment();
    let raised = characters.map_or(0, |characters| characters.max(least));
    RAISED.store(raised, Ordering::Relaxed);
}

/// The room that is left in a formatted value.
#[derive(Clone, Copy)]
pub(super) enum TextLimit {
    /// A number of characters, which is what the specification counts.
    Characters(usize),
    Bytes(usize),
}

impl TextLimit {
    /// Returns the room that a new value has.
    pub(super) fn current() -> TextLimit {
        match RAISED.load(Ordering::Relaxed) {
            0 => TextLimit::from_environment(),
            raised => TextLimit::Characters(raised),
        }
    }

    fn from_environment() -> TextLimit {
        static LIMIT: OnceLock<TextLimit> = OnceLock::new();
        *LIMIT.get_or_init(|| {
            let characters = environment::number(&VARIABLES);
            characters.map_or(TextLimit::Bytes(DEFAULT), TextLimit::Characters)
        })
    }

    /// Takes as much from the start of `more` as still fits, in whole characters.
    pub(super) fn take<'t>(&mut self, more: &'t str) -> &'t str {
        match self {
            TextLimit::Bytes(left) if more.len() <= *left => {
                *left -= more.len();
                more
            }
            TextLimit::Bytes(left) => {
                let mut ends = (0..=*left).rev();
                let end = ends.find(|end| more.is_char_boundary(*end)).unwrap_or(0);
                *left = 0;
                &more[..end]
            }
            TextLimit::Characters(left) => {
                let end = more.char_indices().nth(*left);
                let taken = end.map_or(more, |(end, _)| &more[..end]);
                *left -= taken.chars().count();
                taken
            }
        }
    }
}
