//! The status codes of [gRPC](https://grpc.github.io/grpc/core/md_doc_statuscodes.html).

use http::HeaderMap;

use super::Side;

/// The codes in order, and whether a server's span is an error with them.
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

pub(super) struct Status {
    pub(super) name: &'static str,
    is_servers_fault: bool,
}

impl Status {
    pub(super) fn is_error(&self, side: Side) -> bool {
        match side {
            Side::Server => self.is_servers_fault,
            Side::Client => self.name != CODES[0].0,
        }
    }
}

/// The status among these headers; one that nobody knows counts as `UNKNOWN`, as gRPC asks.
pub(super) fn status(headers: &HeaderMap) -> Option<Status> {
    let code = headers.get("grpc-status")?.to_str().ok();
    let code = code.and_then(|code| code.parse::<usize>().ok());
    let (name, is_servers_fault) = *code.and_then(|code| CODES.get(code)).unwrap_or(&CODES[2]);
    Some(Status {
        name,
        is_servers_fault,
    })
}
