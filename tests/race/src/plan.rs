//! The plan of what is done to a span, which follows from its number.

/// The spans of a unit: one that others change, the calls below it, a future, and a span of the API.
pub const UNIT: u64 = 32;
pub(crate) const FUTURE: u64 = UNIT - 2;
pub(crate) const BY_HAND: u64 = UNIT - 1;

/// The changes by other threads to the first span of a unit, before its end.
pub(crate) struct Plan {
    /// The number of threads that change it.
    pub(crate) others: usize,
    /// The number of changes by each of them.
    pub(crate) changes: u64,
    /// `true` if one of them ends it, so that the function's own change comes too late.
    pub(crate) is_ended: bool,
    /// `true` if the function itself changes nothing after them, so that the end of the span has to
    /// find their changes.
    pub(crate) is_silent: bool,
}

impl Plan {
    pub(crate) fn of(number: u64) -> Plan {
        let unit = number / UNIT;
        let is_ended = unit.is_multiple_of(5);
        Plan {
            others: if is_ended || unit.is_multiple_of(2) {
                1
            } else {
                2
            },
            changes: 1 + unit % 3,
            is_ended,
            is_silent: unit % 4 == 1,
        }
    }
}

/// The change by other threads to a call below that span, before or after its end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Race {
    None,
    Change,
    End,
}

impl Race {
    pub(crate) fn of(number: u64) -> Race {
        match number % 16 {
            3 | 7 => Race::Change,
            11 => Race::End,
            _ => Race::None,
        }
    }
}

/// Returns `true` if the call below that span fails.
pub(crate) fn fails(number: u64) -> bool {
    number % (UNIT * 8) == 1
}

/// The number of polls that a future needs.
pub(crate) const POLLS: u64 = 4;

/// Returns the number of times that a future is polled. If it is not ready then, it is dropped.
pub(crate) fn polls(number: u64) -> u64 {
    1 + number / UNIT % POLLS
}

/// Returns a value that distinguishes a change to a span from all others.
pub(crate) fn checksum(number: u64, change: u64) -> i64 {
    let mixed = (number ^ (change << 56)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 32)).cast_signed()
}
