//! Parses numbers in lower-case hexadecimal digits.

/// Parses digits, of which there must be at most 32. Returns `None` if there is any other
/// character.
pub(super) fn number(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0, |number, digit| {
        let digit = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u128::from(digit))
    })
}

/// Parses digits, of which there must be at most 32. Returns `None` if there is any other
/// character, or if the number needs more than 16 digits.
pub(super) fn short_number(digits: &[u8]) -> Option<u64> {
    u64::try_from(number(digits)?).ok()
}
