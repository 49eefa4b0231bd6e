//! Encodes and decodes percent-encoded text, by RFC 3986, section 2.1.

use std::borrow::Cow;

/// Returns the bytes of `text`, encoding those for which `is_plain` returns `false`.
pub(super) fn encoded(text: &str, is_plain: impl Fn(u8) -> bool) -> impl Iterator<Item = u8> {
    text.bytes().flat_map(move |byte| {
        let (bytes, length) = if is_plain(byte) {
            ([byte, 0, 0], 1)
        } else {
            ([b'%', upper_digit(byte >> 4), upper_digit(byte & 0xf)], 3)
        };
        bytes.into_iter().take(length)
    })
}

fn upper_digit(number: u8) -> u8 {
    match number {
        0..=9 => b'0' + number,
        _ => b'A' + number - 10,
    }
}

/// Decodes `text`. Bytes that are not UTF-8 afterwards become U+FFFD, and a `%` that is not
/// followed by two hexadecimal digits stays.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let length = Chars(Octets(text.as_bytes())).map(char::len_utf8).sum();
    // This is one allocation of the right size, because the text is not trusted.
    let mut decoded = String::with_capacity(length);
    Chars(Octets(text.as_bytes())).for_each(|character| decoded.push(character));
    Cow::Owned(decoded)
}

/// An iterator over the characters that the octets encode, decoded as `String::from_utf8_lossy`
/// does.
struct Chars<'a>(Octets<'a>);

impl Iterator for Chars<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let mut window = [0; 4];
        let octets = window.iter_mut().zip(self.0.clone());
        let count = octets.map(|(place, octet)| *place = octet).count();
        let chunk = window[..count].utf8_chunks().next()?;
        let (character, length) = match chunk.valid().chars().next() {
            Some(character) => (character, character.len_utf8()),
            None => (char::REPLACEMENT_CHARACTER, chunk.invalid().len()),
        };
        self.0.nth(length - 1);
        Some(character)
    }
}

/// An iterator over the octets that a percent-encoded text stands for.
#[derive(Clone)]
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
