//! Limits on what a span holds.

use std::convert::Infallible;

use opentelemetry_sdk::trace::SpanLimits;

use crate::attributes::text_limit;
use crate::environment;

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
    /// Reads the limits from the environment. A variable that is not a number counts as unset.
    pub(crate) fn from_environment() -> Limits {
        let count = |variables: &[_]| Ok::<_, Infallible>(environment::number(variables));
        let length = |variables: &[_]| Ok(environment::number(variables));
        let Ok(limits) = Limits::read(count, length);
        limits
    }

    /// Reads the limits with these functions, which return the value of the first variable that is
    /// set. A limit that is not set has the default of OpenTelemetry's specification.
    pub(crate) fn read<E>(
        count: impl Fn(&[&'static str]) -> Result<Option<u32>, E>,
        length: impl FnOnce(&[&'static str]) -> Result<Option<usize>, E>,
    ) -> Result<Limits, E> {
        const ANY: &str = "OTEL_ATTRIBUTE_COUNT_LIMIT";
        let count = |variables: &[_]| Ok(count(variables)?.unwrap_or(128));
        Ok(Limits {
            attributes: count(&["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", ANY])?,
            event_attributes: count(&["OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", ANY])?,
            link_attributes: count(&["OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", ANY])?,
            events: count(&["OTEL_SPAN_EVENT_COUNT_LIMIT"])?,
            links: count(&["OTEL_SPAN_LINK_COUNT_LIMIT"])?,
            value_length: length(&text_limit::VARIABLES)?,
        })
    }

    /// Returns these limits with the counts of the SDK's limits, and with the same maximum length
    /// of values as before.
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
