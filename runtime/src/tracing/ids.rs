//! The ids of the trace and the span on the log lines of `tracing_subscriber::fmt`.

use std::fmt::{self, Write};

use opentelemetry::trace::{SpanContext, TraceContextExt};
use tracing_core::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Compact, Format, Full, Json, Pretty, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::ambient;

/// Puts `trace_id` and `span_id` of the current OpenTelemetry span on each log line: at the end of one of text, as members of one in JSON.
///
/// The ids are written as OpenTelemetry's specification asks of
/// [logs that are not OTLP](https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/). Outside of any span a line stays as it is.
///
/// # Example
///
/// ```
/// use traced::tracing::with_ids;
///
/// tracing_subscriber::fmt().json().map_event_format(with_ids).init();
/// ```
pub fn with_ids<F, T>(format: Format<F, T>) -> WithIds<F, T> {
    WithIds(format)
}

/// See [`with_ids`].
#[derive(Clone, Debug)]
pub struct WithIds<F, T>(Format<F, T>);

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
        let current = ambient::current();
        let ids = current.span().span_context().clone();
        if !ids.is_valid() {
            return self.0.format_event(context, writer, event);
        }
        // A writer of our own knows nothing of the colours that the one behind it takes.
        let format = self.0.clone().with_ansi(writer.has_ansi_escapes());
        let mut line = String::new();
        format.format_event(context, Writer::new(&mut line), event)?;
        F::add(line.trim_end(), &ids, &mut writer)?;
        writer.write_char('\n')
    }
}

/// A format of log lines that ids can be added to.
pub trait Line: sealed::Line {}

impl<F: sealed::Line> Line for F {}

mod sealed {
    use std::fmt::{self, Write};

    use opentelemetry::trace::SpanContext;

    pub trait Line {
        /// Writes `line`, which ends without a line break, with the ids.
        fn add(line: &str, ids: &SpanContext, out: &mut dyn Write) -> fmt::Result;
    }
}

macro_rules! text {
    ($($format:ty)*) => { $(
        impl sealed::Line for $format {
            fn add(line: &str, ids: &SpanContext, out: &mut dyn Write) -> fmt::Result {
                write!(out, "{line} trace_id={} span_id={}", ids.trace_id(), ids.span_id())
            }
        }
    )* };
}

text!(Full Compact Pretty);

impl sealed::Line for Json {
    fn add(line: &str, ids: &SpanContext, out: &mut dyn Write) -> fmt::Result {
        let members = line.strip_suffix('}').unwrap_or(line);
        let (trace, span) = (ids.trace_id(), ids.span_id());
        write!(
            out,
            r#"{members},"trace_id":"{trace}","span_id":"{span}"}}"#
        )
    }
}
