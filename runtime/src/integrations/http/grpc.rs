//! Methods and status codes of [gRPC](https://grpc.github.io/grpc/core/md_doc_statuscodes.html).

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use http::{HeaderMap, StatusCode, header};

use super::side::Side;

/// The codes in order, each with `true` if it makes a server's span an error.
const CODES: [(&str, bool); 17] = [
    ("OK", false),
    ("CANCELLED", false),
    ("UNKNOWN", true),
    ("INVALID_ARGUMENT", false),
    ("DEADLINE_EXCEEDED", true),
    ("NOT_FOUND", false),
    ("ALREADY_EXISTS", false),
    ("PERMISSION_DENIED", false),
    ("RESOURCE_EXHAUSTED", false),
    ("FAILED_PRECONDITION", false),
    ("ABORTED", false),
    ("OUT_OF_RANGE", false),
    ("UNIMPLEMENTED", true),
    ("INTERNAL", true),
    ("UNAVAILABLE", true),
    ("DATA_LOSS", true),
    ("UNAUTHENTICATED", false),
];

const OK: usize = 0;
const UNKNOWN: usize = 2;
const PERMISSION_DENIED: usize = 7;
const UNIMPLEMENTED: usize = 12;
const INTERNAL: usize = 13;
const UNAVAILABLE: usize = 14;
const UNAUTHENTICATED: usize = 16;

/// A status code, as an index into [`CODES`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Status(usize);

impl Status {
    /// Reads the status from these headers, or returns `None` if they have none. An invalid one
    /// counts as `UNKNOWN`, as gRPC requires.
    pub(super) fn of(headers: &HeaderMap) -> Option<Status> {
        let code = headers.get("grpc-status")?.to_str().ok();
        let code = code.and_then(|code| code.parse().ok());
        let code = code.filter(|code| *code < CODES.len());
        Some(Status(code.unwrap_or(UNKNOWN)))
    }

    /// Returns the status of a response that does not carry one, by [gRPC's
    /// mapping](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md).
    pub(super) fn of_http(status: StatusCode) -> Status {
        Status(match status.as_u16() {
            400 => INTERNAL,
            401 => UNAUTHENTICATED,
            403 => PERMISSION_DENIED,
            404 => UNIMPLEMENTED,
            429 | 502 | 503 | 504 => UNAVAILABLE,
            _ => UNKNOWN,
        })
    }

    pub(super) fn name(self) -> &'static str {
        CODES[self.0].0
    }

    pub(super) fn is_error(self, side: Side) -> bool {
        match side {
            Side::Server => CODES[self.0].1,
            Side::Client => self.0 != OK,
        }
    }

    /// Returns `true` if the service does not have the method.
    pub(super) fn is_unimplemented(self) -> bool {
        self.0 == UNIMPLEMENTED
    }
}

/// Returns `true` if the content type is `application/grpc`, with any encoding. gRPC-Web is another
/// protocol, which has its trailers in the body.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let rest = kind.and_then(|kind| kind.as_bytes().strip_prefix(b"application/grpc"));
    rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';' | b' ')))
}

/// The maximum length of `package.Service/Method`, in bytes. A longer one does not count as a
/// method.
pub(super) const MAX_METHOD: usize = 255;

/// Returns `package.Service/Method` if the path is that of a method.
pub(super) fn method(path: &str) -> Option<&str> {
    let method = path.strip_prefix('/')?;
    let (service, name) = method.split_once('/')?;
    let is_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_name = |part: &str| !part.is_empty() && part.bytes().all(is_byte);
    (method.len() <= MAX_METHOD && is_name(service) && is_name(name)).then_some(method)
}

/// The methods that a service is known to have because it has answered calls of them.
#[derive(Debug, Default)]
pub(crate) struct Methods(RwLock<HashSet<String>>);

impl Methods {
    /// The maximum number of methods that are remembered. No real service has as many, and one that
    /// answers calls of any method must not fill the memory.
    const MAX: usize = 1_000;

    pub(super) fn has(&self, method: &str) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.contains(method)
    }

    pub(super) fn add(&self, method: &str) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < Methods::MAX {
            known.insert(method.to_owned());
        }
    }
}
