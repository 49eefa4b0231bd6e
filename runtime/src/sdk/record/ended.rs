//! The record of a span that has ended: its header, and its items.

use opentelemetry::trace::{SpanId, TraceFlags, TraceId, TraceState};

use super::interned::Interned;
use super::items::Item;
use super::layout::{at, bits, is_error};
use super::read_items::Items;
use super::reader::Reader;
use crate::sdk::clock::Time;
use crate::site::CallSite;

/// The record of a span that has ended.
#[derive(Clone, Copy)]
pub(crate) struct Ended<'a> {
    header: &'a [u8; at::ITEMS],
    bytes: &'a [u8],
}

/// Splits bytes into the records that they consist of.
pub(crate) fn spans(mut bytes: &[u8]) -> impl Iterator<Item = Ended<'_>> {
    std::iter::from_fn(move || {
        let length = Reader::of(bytes).number()? as usize;
        let (span, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        let header = span.first_chunk()?;
        Some(Ended {
            header,
            bytes: span,
        })
    })
}

impl<'a> Ended<'a> {
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn trace_id(self) -> TraceId {
        TraceId::from_bytes(self.array(at::TRACE))
    }

    pub(crate) fn is_local_root(self) -> bool {
        self.header[at::BITS] & bits::LOCAL_ROOT != 0
    }

    pub(crate) fn has_remote_parent(self) -> bool {
        self.is(bits::REMOTE_PARENT)
    }

    pub(crate) fn is_sampled(self) -> bool {
        self.flags().is_sampled()
    }

    pub(crate) fn flags(self) -> TraceFlags {
        TraceFlags::new(self.header[at::FLAGS])
    }

    /// Returns the status: a constant of [`status`](super::layout::status), or 0.
    pub(crate) fn status(self) -> u8 {
        self.header[at::STATUS]
    }

    pub(crate) fn is_error(self) -> bool {
        is_error(self.bytes)
    }

    /// Returns `true` if the span has its own name instead of its call site's.
    pub(crate) fn has_own_name(self) -> bool {
        self.is(bits::NAMED)
    }

    pub(crate) fn span_id(self) -> SpanId {
        SpanId::from_bytes(self.array(at::SPAN))
    }

    /// Returns the parent's id, which is invalid if there is no parent.
    pub(crate) fn parent_id(self) -> SpanId {
        SpanId::from_bytes(self.array(at::PARENT))
    }

    pub(crate) fn start(self) -> Time {
        self.time(at::START, bits::START_GIVEN)
    }

    pub(crate) fn end(self) -> Time {
        self.time(at::END, bits::END_GIVEN)
    }

    fn time(self, at: usize, given: u8) -> Time {
        let number = u64::from_le_bytes(self.array(at));
        if self.is(given) {
            Time::Given(number)
        } else {
            Time::Ticks(number)
        }
    }

    /// Returns the start and the end in nanoseconds since the epoch, by the wall clock. The end is
    /// never before the start.
    #[inline]
    pub(crate) fn times(self) -> (u64, u64) {
        let start = self.start().nanoseconds();
        // The start and the end may come from different clocks.
        (start, self.end().nanoseconds().max(start))
    }

    /// Returns the duration in nanoseconds, or 0 if the end is before the start.
    pub(crate) fn duration(self) -> u64 {
        self.end().since(self.start())
    }

    /// Returns the number of the call site, or 0 if there is no call site.
    pub(crate) fn site(self) -> u32 {
        u32::from_le_bytes(self.array(at::SITE))
    }

    pub(crate) fn name(self, interned: &mut Interned) -> &'a str {
        let name = if self.has_own_name() {
            let names = self.items(interned).filter_map(|item| match item {
                Item::Name(name) => Some(name.as_str()),
                _ => None,
            });
            names.last()
        } else {
            interned.site(self.site()).map(CallSite::name)
        };
        name.unwrap_or_default()
    }

    pub(crate) fn trace_state(self) -> TraceState {
        let states = self.items_by(&[]).filter_map(|item| match item {
            Item::TraceState(header) => header.as_str().parse().ok(),
            _ => None,
        });
        states.last().unwrap_or_default()
    }

    pub(crate) fn items(self, interned: &mut Interned) -> Items<'a> {
        let site = interned.site(self.site());
        self.items_by(site.map_or(&[][..], CallSite::keys_of_spans))
    }

    /// Returns the items. `keys` are the keys of the call site.
    #[inline]
    pub(crate) fn items_by(self, keys: &'static [&'static str]) -> Items<'a> {
        Items::new(&self.bytes[at::ITEMS..], keys)
    }

    /// Returns the number of the scope.
    pub(crate) fn scope(self) -> u32 {
        u32::from_le_bytes(self.array(at::SCOPE))
    }

    #[inline]
    fn array<const N: usize>(self, at: usize) -> [u8; N] {
        let mut array = [0; N];
        array.copy_from_slice(&self.header[at..at + N]);
        array
    }

    fn is(self, bit: u8) -> bool {
        self.header[at::BITS] & bit != 0
    }

    /// Returns the kind, as a number of OTLP.
    pub(crate) fn kind(self) -> u8 {
        self.header[at::KIND]
    }
}
