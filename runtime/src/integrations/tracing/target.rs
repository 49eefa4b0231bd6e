//! Recognizes the events of the OpenTelemetry crates by their targets.

/// Returns `true` for events of the OpenTelemetry crates, whose targets are the names of the
/// packages.
pub(crate) fn is_of_opentelemetry(target: &str) -> bool {
    matches!(target, "opentelemetry" | "opentelemetry_sdk") || target.starts_with("opentelemetry-")
}
