//! How much a span may hold.

use std::env;

use opentelemetry_sdk::trace::SpanLimits;

/// The limits of a provider's spans.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limits {
    pub(crate) attributes: u32,
    pub(crate) events: u32,
    pub(crate) links: u32,
    pub(crate) event_attributes: u32,
    pub(crate) link_attributes: u32,
    /// The maximum length of a text value, in characters.
    pub(crate) value_length: Option<usize>,
}

impl Limits {
    /// Reads the limits from the environment; the specification says what a variable that is unset
    /// means. A variable that is not a number counts as unset.
    pub(crate) fn from_env() -> Limits {
        let any = number("OTEL_ATTRIBUTE_COUNT_LIMIT").unwrap_or(128);
        Limits {
            attributes: number("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT").unwrap_or(any),
            events: number("OTEL_SPAN_EVENT_COUNT_LIMIT").unwrap_or(128),
            links: number("OTEL_SPAN_LINK_COUNT_LIMIT").unwrap_or(128),
            event_attributes: number("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT").unwrap_or(any),
            link_attributes: number("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT").unwrap_or(any),
            value_length: number("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT")
                .or_else(|| number("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT")),
        }
    }

    /// Takes all counts from the SDK's limits, and keeps the length of values.
    pub(crate) fn with_counts(self, counts: SpanLimits) -> Limits {
        Limits {
            attributes: counts.max_attributes_per_span,
            events: counts.max_events_per_span,
            links: counts.max_links_per_span,
            event_attributes: counts.max_attributes_per_event,
            link_attributes: counts.max_attributes_per_link,
            ..self
        }
    }

    /// Cuts a text to the maximum length of a value.
    #[inline]
    pub(crate) fn cut<'t>(&self, text: &'t str) -> &'t str {
        match self.value_length {
            None => text,
            Some(limit) => cut(text, limit),
        }
    }
}

/// Returns the first `characters` characters of a text.
#[cold]
pub(super) fn cut(text: &str, characters: usize) -> &str {
    match text.char_indices().nth(characters) {
        None => text,
        Some((end, _)) => &text[..end],
    }
}

fn number<T: std::str::FromStr>(variable: &str) -> Option<T> {
    env::var(variable).ok()?.trim().parse().ok()
}
