//! Tests of traces across processes: the formats, hostile headers, and each carrier.

mod baggage;
mod carriers;
mod formats;
mod hostile;
mod properties;
mod w3c;
