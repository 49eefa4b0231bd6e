//! The wire format of Protocol Buffers: numbers, fields and messages.

/// Returns the tag of a field that holds a number.
pub(super) const fn number(field: u8) -> u8 {
    field << 3
}

/// Returns the tag of a field that holds eight bytes.
pub(super) const fn fixed64(field: u8) -> u8 {
    field << 3 | 1
}

/// Returns the tag of a field that holds a text, bytes or a message.
pub(super) const fn bytes(field: u8) -> u8 {
    field << 3 | 2
}

/// Returns the tag of a field that holds four bytes.
pub(super) const fn fixed32(field: u8) -> u8 {
    field << 3 | 5
}

/// Returns the encoded size of a number, in bytes.
#[inline]
pub(super) fn size_of(number: u64) -> usize {
    ((number | 1).ilog2() as usize * 9 + 73) / 64
}

/// Returns the encoded size of a field with content of this length, including its tag and its
/// length.
#[inline]
pub(super) fn size_of_field(length: usize) -> usize {
    1 + size_of(length as u64) + length
}

/// Appends a number.
#[inline]
pub(super) fn put(out: &mut Vec<u8>, number: u64) {
    if number < 0x80 {
        out.push(low(number));
    } else {
        put_long(out, number);
    }
}

fn put_long(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(low(number) | 0x80);
        number >>= 7;
    }
    out.push(low(number));
}

/// Returns the lowest seven bits.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "they are seven bits")]
pub(super) fn low(number: u64) -> u8 {
    number as u8 & 0x7f
}

#[inline]
pub(super) fn put_length(out: &mut Vec<u8>, length: usize) {
    put(out, length as u64);
}

/// Appends a field that holds a text, bytes or a message.
#[inline]
pub(super) fn field(out: &mut Vec<u8>, tag: u8, content: &[u8]) {
    if content.len() < 0x80 {
        out.extend_from_slice(&[tag, low(content.len() as u64)]);
    } else {
        out.push(tag);
        put_length(out, content.len());
    }
    out.extend_from_slice(content);
}

/// The number of bytes that are left free for the length of a message. Most spans and many events
/// need just as many.
const LENGTH: usize = 2;

/// Appends a message whose size is known only after it is written.
pub(super) fn message(out: &mut Vec<u8>, tag: u8, put: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(&[tag, 0, 0]);
    let start = out.len();
    put(out);
    end_message(out, start);
}

/// Writes the length of the message that begins at `start` into the room before it.
#[inline]
pub(super) fn end_message(out: &mut Vec<u8>, start: usize) {
    let length = (out.len() - start) as u64;
    match size_of(length) {
        LENGTH => {
            let place = &mut out[start - LENGTH..start];
            place.copy_from_slice(&[low(length) | 0x80, low(length >> 7)]);
        }
        size => move_message(out, start, length, size),
    }
}

#[inline(never)]
fn move_message(out: &mut Vec<u8>, start: usize, length: u64, size: usize) {
    if size == 1 {
        out.copy_within(start.., start - 1);
        out.pop();
        out[start - LENGTH] = low(length);
        return;
    }
    let mut head = Vec::with_capacity(size);
    put(&mut head, length);
    out.splice(start - LENGTH..start, head);
}
