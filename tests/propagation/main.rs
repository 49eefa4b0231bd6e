//! Traces across processes: the formats, hostile headers, and each carrier.

mod w3c;
