//! The name of the sender, in HTTP and in gRPC.

/// Names the sender, as the specification of OTLP exporters requires.
pub(super) const USER_AGENT: &str = concat!(
    "OTel-OTLP-Exporter-Rust/",
    env!("CARGO_PKG_VERSION"),
    " (traced)"
);
