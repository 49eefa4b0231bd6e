//! Reads the responses of a collector, which may contain anything.

use std::time::Duration;

use bytes::Bytes;

/// The maximum size of a response in bytes, as the specification recommends.
pub(super) const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// The response to a request that a collector has taken.
pub(super) enum Answer {
    Whole(Bytes),
    /// Its body could not be read, for this reason.
    Broken(String),
}

/// The report of a collector about a request that it has taken: the number of spans or log records
/// that it rejected nevertheless, and a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PartialSuccess {
    pub(super) rejected: u64,
    pub(super) message: String,
}

impl PartialSuccess {
    /// Reads an `ExportTraceServiceResponse` or an `ExportLogsServiceResponse`, as far as it is
    /// valid.
    pub(super) fn read(answer: &[u8]) -> PartialSuccess {
        let mut partial = PartialSuccess::default();
        for field in messages(answer, 1).flat_map(fields) {
            match field {
                // The number is signed. A negative one makes no sense, and counts as zero.
                (1, Field::Number(rejected)) => {
                    partial.rejected = rejected.cast_signed().max(0).unsigned_abs();
                }
                (2, Field::Bytes(message)) => {
                    partial.message = String::from_utf8_lossy(message).into_owned();
                }
                _ => {}
            }
        }
        partial
    }
}

/// Returns the delay of the `google.rpc.RetryInfo` in a `google.rpc.Status`, which gRPC sends in
/// `grpc-status-details-bin`. Returns `None` if it has none.
pub(super) fn retry_delay(status: &[u8]) -> Option<Duration> {
    const RETRY_INFO: &[u8] = b"type.googleapis.com/google.rpc.RetryInfo";
    let is_retry_info = |detail: &&[u8]| messages(detail, 1).any(|kind| kind == RETRY_INFO);
    let info = messages(status, 3).find(is_retry_info)?;
    let delay = messages(info, 2)
        .flat_map(|info| messages(info, 1))
        .last()?;
    let number = |wanted| {
        let numbers = fields(delay).filter_map(|(number, field)| match field {
            Field::Number(value) if number == wanted => Some(value),
            _ => None,
        });
        numbers.last().unwrap_or_default()
    };
    let seconds = number(1).cast_signed().max(0).unsigned_abs();
    let nanoseconds = u32::try_from(number(2)).unwrap_or_default();
    Some(Duration::new(seconds, nanoseconds.min(999_999_999)))
}

/// A field of a Protocol Buffers message.
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Other,
}

/// Returns the fields of a message with their numbers, up to the first one that is not valid.
fn fields(mut message: &[u8]) -> impl Iterator<Item = (u64, Field<'_>)> {
    std::iter::from_fn(move || {
        let tag = number(&mut message)?;
        let field = match tag & 7 {
            0 => Field::Number(number(&mut message)?),
            2 => {
                let length = usize::try_from(number(&mut message)?).ok()?;
                Field::Bytes(take(&mut message, length)?)
            }
            1 => take(&mut message, 8).map(|_| Field::Other)?,
            5 => take(&mut message, 4).map(|_| Field::Other)?,
            _ => return None,
        };
        Some((tag >> 3, field))
    })
}

/// Returns the fields with this number that are messages or text.
fn messages(message: &[u8], wanted: u64) -> impl Iterator<Item = &[u8]> {
    fields(message).filter_map(move |(number, field)| match field {
        Field::Bytes(bytes) if number == wanted => Some(bytes),
        _ => None,
    })
}

fn number(message: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for index in 0..10 {
        let byte = take(message, 1)?[0];
        number |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn take<'a>(message: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = message.split_at_checked(length)?;
    *message = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_success() {
        let answer = b"\x0a\x0a\x08\x83\x01\x12\x05hello";
        let partial = PartialSuccess {
            rejected: 131,
            message: "hello".to_owned(),
        };
        assert_eq!(PartialSuccess::read(answer), partial);
        let negative = b"\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
        assert_eq!(PartialSuccess::read(negative), PartialSuccess::default());
        // These are nothing, nonsense, and every prefix of a valid response.
        assert_eq!(PartialSuccess::read(b""), PartialSuccess::default());
        assert_eq!(PartialSuccess::read(&[0xff; 99]), PartialSuccess::default());
        for end in 0..answer.len() {
            let cut = PartialSuccess::read(&answer[..end]);
            assert_eq!(cut, PartialSuccess::default());
        }
    }

    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).expect("it is short");
        [&[number << 3 | 2, length], content].concat()
    }

    #[test]
    fn retry_info() {
        let status = |seconds_and_nanoseconds: &[u8]| {
            let info = field(1, seconds_and_nanoseconds);
            let kind = field(1, b"type.googleapis.com/google.rpc.RetryInfo");
            let other = field(3, &field(1, b"type.googleapis.com/google.rpc.Help"));
            let detail = field(3, &[kind, field(2, &info)].concat());
            [b"\x08\x0e\x12\x02no".to_vec(), other, detail].concat()
        };
        let delay = b"\x08\x03\x10\x80\xca\xb5\xee\x01";
        let half = Duration::from_millis(3_500);
        assert_eq!(retry_delay(&status(delay)), Some(half));
        assert_eq!(retry_delay(&status(b"")), Some(Duration::ZERO));
        let negative = b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01";
        assert_eq!(retry_delay(&status(negative)), Some(Duration::ZERO));
        assert_eq!(retry_delay(b""), None);
        let whole = status(delay);
        for end in 0..whole.len() {
            assert_eq!(retry_delay(&whole[..end]), None);
        }
    }
}
