//! How a record is laid out.
//!
//! A header of fixed size, then items in the order in which they came: a tag, and what the tag says. Integers are little-endian,
//! text is its length and its bytes; a key can be a number in place of its length, see [`key`]. Zeros fill the last word.

/// The header's size, and where its fields stand.
pub(crate) mod at {
    pub(crate) const LENGTH: usize = 0;
    pub(crate) const BITS: usize = 4;
    /// The kind as OTLP numbers it.
    pub(crate) const KIND: usize = 5;
    pub(crate) const FLAGS: usize = 6;
    pub(crate) const STATUS: usize = 7;
    pub(crate) const TRACE: usize = 8;
    pub(crate) const SPAN: usize = 24;
    pub(crate) const PARENT: usize = 32;
    pub(crate) const START: usize = 40;
    pub(crate) const END: usize = 48;
    /// The call site's number, 0 for none.
    pub(crate) const SITE: usize = 56;
    pub(crate) const SCOPE: usize = 60;
    pub(crate) const ITEMS: usize = 64;
}

pub(crate) mod bits {
    /// The first span of its trace in this process.
    pub(crate) const LOCAL_ROOT: u8 = 1;
    pub(crate) const REMOTE_PARENT: u8 = 2;
    /// The times were given by the user, by the wall clock.
    pub(crate) const START_GIVEN: u8 = 4;
    pub(crate) const END_GIVEN: u8 = 8;
    /// It has a name of its own.
    pub(crate) const NAMED: u8 = 16;
}

pub(crate) mod tag {
    pub(crate) const NAME: u8 = 1;
    pub(crate) const TRACE_STATE: u8 = 2;
    pub(crate) const ATTRIBUTE: u8 = 3;
    pub(crate) const EVENT: u8 = 4;
    pub(crate) const LINK: u8 = 5;
    pub(crate) const DESCRIPTION: u8 = 6;
    pub(crate) const DROPPED: u8 = 7;
    /// An exception's event that also is `error.type`, and the description of the status. A record has one at most.
    pub(crate) const FAILURE: u8 = 8;
    /// An attribute whose key is the call site's of an index, which is one byte.
    pub(crate) const INDEXED: u8 = 9;
}

/// What a failure has beside its exception's type.
pub(crate) mod failure {
    pub(crate) const MESSAGE: u8 = 1;
    pub(crate) const STACKTRACE: u8 = 2;
}

/// Keys that are numbers: what is no length of a key.
pub(crate) mod key {
    use crate::attributes::Exception;

    /// The key of this index in [`KNOWN`].
    pub(crate) const OURS: u32 = 0x8000_0000;

    pub(crate) const KNOWN: [&str; 3] =
        [Exception::TYPE, Exception::MESSAGE, Exception::STACKTRACE];
}

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

/// The status codes in the order of their weight; 0 is unset.
pub(crate) mod status {
    pub(crate) const ERROR: u8 = 1;
    pub(crate) const OK: u8 = 2;
}

/// Returns whether the span of this record ended with an error.
pub(crate) fn is_error(record: &[u8]) -> bool {
    record[at::STATUS] == status::ERROR
}
