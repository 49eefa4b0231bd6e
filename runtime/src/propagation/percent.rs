//! Percent-encoding, by RFC 3986, section 2.1.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with every byte encoded that `is_plain` does not know.
pub(super) fn encode(text: &str, is_plain: impl Fn(u8) -> bool, into: &mut String) {
    for byte in text.bytes() {
        if is_plain(byte) {
            into.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

/// Decodes `text`; what is not UTF-8 then becomes U+FFFD, and a `%` without two digits stays.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes: Vec<u8> = Octets(text.as_bytes()).collect();
    Cow::Owned(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => lossy(error.as_bytes()),
    })
}

/// The same as `String::from_utf8_lossy`, in one allocation.
fn lossy(bytes: &[u8]) -> String {
    let parts = || {
        bytes.utf8_chunks().map(|chunk| {
            let broken = if chunk.invalid().is_empty() {
                ""
            } else {
                "\u{fffd}"
            };
            (chunk.valid(), broken)
        })
    };
    let length = parts()
        .map(|(valid, broken)| valid.len() + broken.len())
        .sum();
    let mut text = String::with_capacity(length);
    parts().for_each(|(valid, broken)| {
        text.push_str(valid);
        text.push_str(broken);
    });
    text
}

/// The octets that a percent-encoded text stands for.
struct Octets<'a>(&'a [u8]);

impl Iterator for Octets<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (octet, rest) = match self.0 {
            [b'%', high, low, rest @ ..] if is_hex(*high) && is_hex(*low) => {
                (digit(*high) << 4 | digit(*low), rest)
            }
            [byte, rest @ ..] => (*byte, rest),
            [] => return None,
        };
        self.0 = rest;
        Some(octet)
    }
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        _ => (byte | 0x20) - b'a' + 10,
    }
}
