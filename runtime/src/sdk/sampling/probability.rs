//! Probabilities in the trace state, as in OpenTelemetry's consistent sampling.
//!
//! The list member `ot` of a `tracestate` holds fields such as `th:c;rv:0123456789abcd`. `th` is
//! the threshold below which traces were dropped, and so says how many traces a kept one stands
//! for. `rv` replaces the random part of the trace id.

use opentelemetry::trace::{TraceId, TraceState};

/// The list member that OpenTelemetry has in a trace state.
const MEMBER: &str = "ot";
const THRESHOLD: &str = "th:";
const RANDOMNESS: &str = "rv:";
/// The number of hexadecimal digits of the random part.
const DIGITS: usize = 14;

/// The number of values that the random part of a trace id has: 2⁵⁶.
const RANDOM_VALUES: f64 = 72_057_594_037_927_936.0;

/// Returns the rejection threshold of a rate, as in OpenTelemetry's consistent sampling: a trace
/// whose [`randomness`] is below it is dropped.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the product is from 0 to 2⁵⁶"
)]
pub(super) fn threshold(rate: f64) -> u64 {
    ((1.0 - rate.clamp(0.0, 1.0)) * RANDOM_VALUES).round() as u64
}

/// Returns the 56 random bits of a trace: `rv` if its state has a valid one, otherwise the end of
/// its id.
pub(super) fn randomness(trace_id: TraceId, state: &TraceState) -> u64 {
    let given = field(state, RANDOMNESS).filter(|digits| digits.len() == DIGITS);
    let given = given.and_then(number);
    given.unwrap_or_else(|| {
        let bytes = trace_id.to_bytes();
        let mut low = [0; 8];
        low[1..].copy_from_slice(&bytes[9..]);
        u64::from_be_bytes(low)
    })
}

/// Returns the threshold by which a trace was kept, if its state has a valid one.
pub(super) fn threshold_of(state: &TraceState) -> Option<u64> {
    let digits = field(state, THRESHOLD)?;
    let missing = DIGITS.checked_sub(digits.len())?;
    // The zeros at the end are left out.
    Some(number(digits)? << (4 * missing))
}

/// Returns `state` with this threshold, or without one if it is `None`. If that is not a valid
/// state, returns `state` unchanged.
pub(super) fn with_threshold(state: &TraceState, threshold: Option<u64>) -> TraceState {
    let old = state.get(MEMBER).unwrap_or_default().split(';');
    let rest = old.filter(|field| !field.is_empty() && !field.starts_with(THRESHOLD));
    let threshold = threshold.map(|threshold| format!("{THRESHOLD}{}", digits(threshold)));
    let fields: Vec<&str> = threshold.as_deref().into_iter().chain(rest).collect();
    let changed = if fields.is_empty() {
        state.delete(MEMBER)
    } else {
        state.insert(MEMBER, fields.join(";"))
    };
    changed.unwrap_or_else(|_| state.clone())
}

fn field<'a>(state: &'a TraceState, name: &str) -> Option<&'a str> {
    let mut fields = state.get(MEMBER)?.split(';');
    fields.find_map(|field| field.strip_prefix(name))
}

/// Parses lower-case hexadecimal digits, the only ones that are allowed.
fn number(digits: &str) -> Option<u64> {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_valid = !digits.is_empty() && digits.bytes().all(is_digit);
    is_valid.then(|| u64::from_str_radix(digits, 16).ok())?
}

/// Formats a threshold as 14 hexadecimal digits, without the zeros at their end.
fn digits(threshold: u64) -> String {
    let digits = format!("{threshold:014x}");
    match digits.trim_end_matches('0') {
        "" => "0".to_owned(),
        significant => significant.to_owned(),
    }
}
