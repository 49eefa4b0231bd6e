//! Adds the name and the ids of the span to the log lines of `tracing_subscriber::fmt`.

use std::fmt;

use opentelemetry::trace::TraceContextExt;
use tracing_core::{Event, Subscriber};
use tracing_log::NormalizeEvent;
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::line::{Line, LineSpan};
use super::parent;
#[cfg(feature = "otlp")]
use super::target::is_of_opentelemetry;
use crate::describe::{self, Detail};
use crate::escape::{Escaped, EscapedJson};
#[cfg(feature = "otlp")]
use crate::exporting;

/// Adds the name of the current OpenTelemetry span to each log line as `span_name`, and its ids as
/// `trace_id` and `span_id`: at the end of a text line, or as members of a JSON line.
///
/// The span is that of a traced function, of a `tracing` span behind [`spans`](super::spans), or of
/// any other user of OpenTelemetry. For an event with an explicit parent (`info!(parent: &span,
/// …)`) it is that parent. Outside of any span, nothing is added. The ids are written as
/// OpenTelemetry's specification requires for [logs that are not
/// OTLP](https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/).
///
/// `span_name` is left out if the span is not recorded, or if its name is not known. The name is
/// known if `traced::sdk::TracerProvider` records the span, or if the span belongs to a traced
/// function or is a `tracing` span and was opened after this function was called. The OpenTelemetry
/// API does not give access to the names of other spans.
///
/// Lines that the libraries of the OTLP exporter write about its connections are left out.
///
/// # Example
///
/// ```
/// use traced::tracing::with_ids;
///
/// tracing_subscriber::fmt().json().map_event_format(with_ids).init();
/// ```
pub fn with_ids<F, T>(format: Format<F, T>) -> WithIds<F, T> {
    describe::want();
    WithIds {
        format,
        detail: Detail::Name,
    }
}

/// The format that [`with_ids`] returns.
#[derive(Clone, Debug)]
pub struct WithIds<F, T> {
    format: Format<F, T>,
    detail: Detail,
}

impl<F, T> WithIds<F, T> {
    /// Also adds the attributes that the span has so far, as `span_attributes`, if
    /// `traced::sdk::TracerProvider` records it.
    ///
    /// # Example
    ///
    /// ```
    /// use traced::tracing::with_ids;
    ///
    /// tracing_subscriber::fmt()
    ///     .map_event_format(|format| with_ids(format).with_span_attributes())
    ///     .init();
    /// ```
    #[must_use]
    pub fn with_span_attributes(mut self) -> Self {
        self.detail = Detail::NameAndAttributes;
        self
    }
}

impl<S, N, F, T> FormatEvent<S, N> for WithIds<F, T>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
    F: Line,
    Format<F, T>: FormatEvent<S, N> + Clone,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        #[cfg(feature = "otlp")]
        if exporting::is_current() && !is_of_opentelemetry(event.metadata().target()) {
            return Ok(());
        }
        let span = self.span(context, event);
        if span.is_none() && !event.is_log() && F::IS_TEXT {
            return self.format.format_event(context, writer, event);
        }
        // Our own writer does not know whether the one behind it accepts colors.
        let format = self.format.clone().with_ansi(writer.has_ansi_escapes());
        let mut line = String::new();
        format.format_event(context, Writer::new(&mut line), event)?;
        line.truncate(line.trim_end().len());
        if F::IS_TEXT {
            escape_target(event, &mut line);
        }
        if let Some(span) = span {
            F::add(&mut line, &span)?;
        }
        if F::IS_TEXT {
            writeln!(writer, "{line}")
        } else {
            writeln!(writer, "{}", EscapedJson(&line))
        }
    }
}

impl<F, T> WithIds<F, T> {
    fn span<S, N>(&self, context: &FmtContext<'_, S, N>, event: &Event<'_>) -> Option<LineSpan>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
        N: for<'writer> FormatFields<'writer> + 'static,
    {
        let context = parent::context(event, || context.parent_span());
        let span = context.span();
        let ids = span.span_context().clone();
        ids.is_valid().then(|| LineSpan {
            ids,
            description: describe::ask(&span, self.detail),
        })
    }
}

/// Escapes the target of a `log` line. Unlike the target of a `tracing` event, it may come from
/// outside the program.
fn escape_target(event: &Event<'_>, line: &mut String) {
    if let Some(metadata) = event.normalized_metadata() {
        let escaped = Escaped(metadata.target()).to_string();
        if escaped != metadata.target() {
            *line = line.replace(metadata.target(), &escaped);
        }
    }
}
