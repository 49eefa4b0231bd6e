//! How much a span may hold.

use opentelemetry_sdk::trace::SpanLimits;

use super::environment;
use super::error::InitError;

/// The limits of a span.
pub(super) struct Limits {
    pub(super) counts: SpanLimits,
    /// The maximum length of a text attribute, in characters.
    pub(super) value_length: Option<usize>,
}

impl Limits {
    pub(super) fn from_environment() -> Result<Limits, InitError> {
        let mut counts = SpanLimits::default();
        for (count, names) in [
            (
                &mut counts.max_attributes_per_span,
                &[
                    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
                    "OTEL_ATTRIBUTE_COUNT_LIMIT",
                ][..],
            ),
            (
                &mut counts.max_attributes_per_event,
                &[
                    "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
                    "OTEL_ATTRIBUTE_COUNT_LIMIT",
                ],
            ),
            (
                &mut counts.max_attributes_per_link,
                &[
                    "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
                    "OTEL_ATTRIBUTE_COUNT_LIMIT",
                ],
            ),
            (
                &mut counts.max_events_per_span,
                &["OTEL_SPAN_EVENT_COUNT_LIMIT"],
            ),
            (
                &mut counts.max_links_per_span,
                &["OTEL_SPAN_LINK_COUNT_LIMIT"],
            ),
        ] {
            let value = environment::read(names, "a whole number", |value| value.parse().ok())?;
            *count = value.unwrap_or(*count);
        }
        Ok(Limits {
            counts,
            value_length: value_length()?,
        })
    }
}

fn value_length() -> Result<Option<usize>, InitError> {
    let names = &[
        "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    ];
    let accepted = "a whole number of characters";
    environment::read(names, accepted, |value| value.parse().ok())
}
