//! What is done to a span, by its number.

/// The spans of a unit: one that others change, the calls below it, a future, and a span of the API.
pub const UNIT: u64 = 32;
pub(crate) const FUTURE: u64 = UNIT - 2;
pub(crate) const BY_HAND: u64 = UNIT - 1;

/// What others do to the first span of a unit before its end.
pub(crate) struct Plan {
    /// How many threads change it.
    pub(crate) others: usize,
    /// How often each of them does.
    pub(crate) changes: u64,
    /// Whether one of them ends it, so that the function's own change comes too late.
    pub(crate) is_ended: bool,
    /// Whether the function itself changes nothing after them, so that its end has to find what they did.
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

/// What others do to a call below that, before its end or after it.
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

/// Returns whether the call below that fails.
pub(crate) fn fails(number: u64) -> bool {
    number % (UNIT * 8) == 1
}

/// How often a future has to be polled.
pub(crate) const POLLS: u64 = 4;

/// How often a future is polled: until it is ready, or fewer times, and then it is dropped.
pub(crate) fn polls(number: u64) -> u64 {
    1 + number / UNIT % POLLS
}

/// A value that tells a change of a span from all others.
pub(crate) fn checksum(number: u64, change: u64) -> i64 {
    let mixed = (number ^ (change << 56)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 32)).cast_signed()
}
