//! An encoded request, and the transport that sends it.

use crate::sdk::export::writer::Exported;

/// An `ExportTraceServiceRequest`.
pub(crate) struct Request {
    /// The encoded request, which begins at `start`.
    pub(crate) bytes: Vec<u8>,
    pub(crate) start: usize,
    pub(crate) spans: usize,
}

/// Sends requests to a collector, within its own time limit.
pub(crate) trait Transport: Send {
    /// Sends a request, and returns its memory.
    fn send(&mut self, request: Request) -> (Exported, Vec<u8>);
}
