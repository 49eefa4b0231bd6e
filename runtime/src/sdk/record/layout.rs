//! The byte layout of a record.
//!
//! A record is a header of fixed size, followed by items in the order in which they were written.
//! An item is a tag and the item's content. Integers are little-endian. A text is its length and
//! its bytes. A key may be a number instead of a length, see [`key`]. Zeros pad the last word.

use opentelemetry::trace::SpanKind;

/// The offsets of the header's fields, and the header's size.
pub(crate) mod at {
    pub(crate) const LENGTH: usize = 0;
    pub(crate) const BITS: usize = 4;
    /// The kind, as a number of OTLP.
    pub(crate) const KIND: usize = 5;
    pub(crate) const FLAGS: usize = 6;
    pub(crate) const STATUS: usize = 7;
    pub(crate) const TRACE: usize = 8;
    pub(crate) const SPAN: usize = 24;
    pub(crate) const PARENT: usize = 32;
    pub(crate) const START: usize = 40;
    pub(crate) const END: usize = 48;
    /// The call site's number, or 0 if there is no call site.
    pub(crate) const SITE: usize = 56;
    pub(crate) const SCOPE: usize = 60;
    /// The offset of the first item, which is the size of the header.
    pub(crate) const ITEMS: usize = 64;
}

/// The bits of the header's byte `BITS`.
pub(crate) mod bits {
    /// Set if the span is the first one of its trace in this process.
    pub(crate) const LOCAL_ROOT: u8 = 1;
    pub(crate) const REMOTE_PARENT: u8 = 2;
    /// Set if the user gave the start time, by the wall clock.
    pub(crate) const START_GIVEN: u8 = 4;
    /// Set if the user gave the end time, by the wall clock.
    pub(crate) const END_GIVEN: u8 = 8;
    /// Set if the span has its own name instead of its call site's.
    pub(crate) const NAMED: u8 = 16;
}

/// The tags of items.
pub(crate) mod tag {
    pub(crate) const NAME: u8 = 1;
    pub(crate) const TRACE_STATE: u8 = 2;
    pub(crate) const ATTRIBUTE: u8 = 3;
    pub(crate) const EVENT: u8 = 4;
    pub(crate) const LINK: u8 = 5;
    pub(crate) const DESCRIPTION: u8 = 6;
    pub(crate) const DROPPED: u8 = 7;
    /// The event of an exception, which also stands for `error.type` and the status's description.
    /// A record has at most one.
    pub(crate) const FAILURE: u8 = 8;
    /// An attribute whose key is given by its index in the call site's keys, in one byte.
    pub(crate) const INDEXED: u8 = 9;
}

/// Bits that say what a failure has in addition to the exception's type.
pub(crate) mod failure {
    pub(crate) const MESSAGE: u8 = 1;
    pub(crate) const STACKTRACE: u8 = 2;
}

/// Keys that are stored as a number. These numbers are larger than the length of any key.
pub(crate) mod key {
    use crate::attributes::Exception;

    /// The number of the first key of [`KNOWN`]. The others follow.
    pub(crate) const OURS: u32 = 0x8000_0000;

    /// The keys that have a number.
    pub(crate) const KNOWN: [&str; 3] =
        [Exception::TYPE, Exception::MESSAGE, Exception::STACKTRACE];
}

/// The tags of values.
pub(crate) mod value {
    pub(crate) const FALSE: u8 = 0;
    pub(crate) const TRUE: u8 = 1;
    pub(crate) const I64: u8 = 2;
    pub(crate) const F64: u8 = 3;
    pub(crate) const TEXT: u8 = 4;
    pub(crate) const BOOLS: u8 = 5;
    pub(crate) const I64S: u8 = 6;
    pub(crate) const F64S: u8 = 7;
    pub(crate) const TEXTS: u8 = 8;
}

/// The status codes. A higher one replaces a lower one, and 0 means unset.
pub(crate) mod status {
    pub(crate) const ERROR: u8 = 1;
    pub(crate) const OK: u8 = 2;
}

/// Returns `true` if the span of this record ended with an error.
pub(crate) fn is_error(record: &[u8]) -> bool {
    record[at::STATUS] == status::ERROR
}

/// Converts a length to the type that a record stores. A length that does not fit belongs to an
/// item that is dropped for its size.
pub(super) fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Returns the number that a record stores for a kind.
pub(crate) fn kind(kind: &SpanKind) -> u8 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}

/// Returns the kind that a record stores as this number.
pub(super) fn api_kind(kind: u8) -> SpanKind {
    match kind {
        2 => SpanKind::Server,
        3 => SpanKind::Client,
        4 => SpanKind::Producer,
        5 => SpanKind::Consumer,
        _ => SpanKind::Internal,
    }
}
