//! Reads the lines of headers, for all formats.

use opentelemetry::propagation::Extractor;

/// White space around list members, by RFC 9110, section 5.6.3.
pub(super) const OWS: [char; 2] = [' ', '\t'];

/// Returns the line of a header that must not be repeated, or `None` if it is missing or repeated.
pub(super) fn only_line<'a>(extractor: &'a dyn Extractor, name: &str) -> Option<&'a str> {
    match extractor.get_all(name)?.as_slice() {
        [line] => Some(line),
        _ => None,
    }
}
