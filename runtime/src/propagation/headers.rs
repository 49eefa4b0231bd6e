//! Reads and writes headers, whatever crate their type belongs to.
//!
//! # How a context comes in
//!
//! 1. Each file in [`carriers`](super::carriers) implements [`Headers`] for the type of one crate:
//!    the lines that a header has, and the names of all headers.
//! 2. [`take_up`] wraps the headers as an OpenTelemetry `Extractor`, and gives that to the
//!    propagator in use ([`choice`]).
//! 3. The propagator reads its headers. Each format is a file: `trace_context` (with `tracestate`),
//!    `baggage`, `b3`, `jaeger`. What they share is in `lines`, `hex` and `percent`.
//! 4. The result is the current context with a remote span, with baggage, with both, or unchanged.
//!
//! On the way out, `inject` gives the propagator an `Injector` ([`Writing`]) that sets headers
//! through [`CarrierMut`].
//!
//! # What a carrier has to do
//!
//! - `lines`, `set` and `remove` compare names without regard to case, even if the crate's own map
//!   does not. So `set` and `remove` take away a `Traceparent` that another library wrote.
//! - `lines` returns every line of a repeated header, in order, so that a repeated header can be
//!   refused.
//! - A value that is not text is returned as [`UNREADABLE`].
//! - `set` adds nothing if the crate does not accept the name or the value. It never panics.
//!
//! # Invariants
//!
//! - Headers come from anyone. The number of lines is limited here, the length of a line and the
//!   number of its members in each format. What is allocated depends on what is legal, and not on
//!   what arrives.
//! - A line that is not text is replaced by [`UNREADABLE`], and not left out: a header with such a
//!   line is not valid, and it could become valid without the line.
//! - A propagator is foreign code. It runs while no lock is held.

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector};

use super::baggage::BAGGAGE;
use super::carrier_mut::CarrierMut;
use super::choice;

/// The maximum number of lines of a `baggage`, which is also the maximum number of its members.
const MAX_BAGGAGE_LINES: usize = 64;
/// The maximum number of lines of any other header, which is enough for a `tracestate` of 32
/// members and an empty line.
const MAX_LINES: usize = 33;
/// The maximum number of header names that a propagator gets to see.
const MAX_NAMES: usize = 128;

/// Stands for a line that is not text, and for a header with too many lines. It is not legal in any
/// header.
pub(super) const UNREADABLE: &str = "\u{fffd}";

/// Headers that a context can be read from. Implementations compare names without regard to case.
pub(super) trait Headers {
    /// Returns the value of each line with this name, in order. A value that is not text is
    /// returned as [`UNREADABLE`].
    fn lines<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h str>;

    /// Returns the names of all headers. A name may be repeated.
    fn names(&self) -> impl Iterator<Item = &str>;
}

/// Returns `current` with the span and the baggage that `headers` hold, as far as they are valid.
pub(super) fn take_up(headers: &impl Headers, current: &Context) -> Context {
    choice::propagator().extract_with_context(current, &Reading(headers))
}

struct Reading<'a, H>(&'a H);

impl<H: Headers> Extractor for Reading<'_, H> {
    fn get(&self, name: &str) -> Option<&str> {
        self.get_all(name)?.first().copied()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.names().take(MAX_NAMES).collect()
    }

    fn get_all(&self, name: &str) -> Option<Vec<&str>> {
        let max = match name {
            BAGGAGE => MAX_BAGGAGE_LINES,
            _ => MAX_LINES,
        };
        let count = self.0.lines(name).take(max + 1).count();
        if count > max {
            return Some(vec![UNREADABLE]);
        }
        let mut found = Vec::with_capacity(count);
        found.extend(self.0.lines(name).take(count));
        (count > 0).then_some(found)
    }
}

pub(super) struct Writing<'a, C: ?Sized>(pub(super) &'a mut C);

impl<C: CarrierMut + ?Sized> Injector for Writing<'_, C> {
    fn set(&mut self, name: &str, value: String) {
        self.0.set(name, value);
    }
}
