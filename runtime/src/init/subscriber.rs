//! The subscriber of `tracing`, for a program that has none of its own.

use std::io::{self, IsTerminal};

use tracing_core::{Level, Metadata, dispatcher};
use tracing_subscriber::filter::{FilterFn, Targets, filter_fn};
use tracing_subscriber::fmt::format::Format;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{fmt, registry};

use super::error::InitError;
use super::levels;
use crate::tracing::{EscapedFields, WithIds, events, is_of_opentelemetry, spans, with_ids};

/// How log lines are written.
#[derive(Clone, Copy, Default)]
pub(super) struct Lines {
    pub(super) are_json: bool,
    pub(super) have_span_attributes: bool,
}

impl Lines {
    fn with_span<F, T>(self, format: Format<F, T>) -> WithIds<F, T> {
        let format = with_ids(format);
        if self.have_span_attributes {
            format.with_span_attributes()
        } else {
            format
        }
    }
}

/// Makes spans and events of `tracing`, and lines of the crate `log`, part of the traces and of the logs, and writes log lines
/// with the name and the ids of the span to standard error.
pub(super) fn install(settings: Lines) -> Result<(), InitError> {
    if dispatcher::has_been_set() {
        return Ok(());
    }
    let levels = levels::from_environment()?;
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal() && !no_color);
    let lines = if settings.are_json {
        let lines = lines.json();
        lines
            .map_event_format(|format| settings.with_span(format))
            .boxed()
    } else {
        let lines = lines.fmt_fields(EscapedFields);
        lines
            .map_event_format(|format| settings.with_span(format))
            .boxed()
    };
    let layers = registry().with(spans()).with(events());
    #[cfg(feature = "logs")]
    let layers = layers.with(crate::tracing::logs());
    // The levels stand last, where they are asked first, and are known to the crate `log` too.
    let layers = layers
        .with(lines)
        .with(of_the_program(&levels))
        .with(levels);
    // It fails where another thread was faster, or the program has a logger for the crate `log`: theirs stay.
    let _ = layers.try_init();
    Ok(())
}

/// Leaves out what the crates of OpenTelemetry say of themselves below a warning, unless `RUST_LOG` names one of them, and our
/// own warnings, which are said once on standard error.
fn of_the_program(levels: &Targets) -> FilterFn<impl Fn(&Metadata<'_>) -> bool + use<>> {
    let is_asked_for = levels
        .iter()
        .any(|(target, _)| target.starts_with("opentelemetry"));
    filter_fn(move |metadata: &Metadata<'_>| match metadata.target() {
        "traced" => *metadata.level() <= Level::ERROR,
        target => is_asked_for || *metadata.level() <= Level::WARN || !is_of_opentelemetry(target),
    })
}
