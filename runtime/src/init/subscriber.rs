//! Installs a `tracing` subscriber, for a program without its own.

use std::io::{self, IsTerminal};

use tracing_core::{Level, Metadata, dispatcher};
use tracing_subscriber::filter::{FilterFn, Targets, filter_fn};
use tracing_subscriber::fmt::format::Format;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{fmt, registry};

use super::error::InitError;
use super::levels;
use crate::integrations::tracing::{
    EscapedFields, WithIds, events, is_of_opentelemetry, spans, with_ids,
};

/// The settings for writing log lines.
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

/// Makes the spans and events of `tracing`, and the lines of the crate `log`, part of the traces
/// and the logs. Also writes log lines, with the name and the ids of the span, to standard error.
/// Does nothing if the program has installed a subscriber. An invalid `RUST_LOG` is an error.
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
    let layers = layers.with(crate::integrations::tracing::logs());
    // The last layer is asked first. Its most verbose level also becomes the maximum of the crate
    // `log`.
    let layers = layers
        .with(lines)
        .with(of_the_program(&levels))
        .with(levels);
    // This fails if another thread has just installed a subscriber, or if the program has a logger
    // for `log`. That subscriber or logger stays in place.
    let _ = layers.try_init();
    Ok(())
}

/// Returns a filter that leaves out what the OpenTelemetry crates log about themselves below the
/// level of warnings, unless `RUST_LOG` names one of them. It also leaves out our own warnings,
/// which are written to standard error already.
fn of_the_program(levels: &Targets) -> FilterFn<impl Fn(&Metadata<'_>) -> bool + use<>> {
    let is_asked_for = levels
        .iter()
        .any(|(target, _)| target.starts_with("opentelemetry"));
    filter_fn(move |metadata: &Metadata<'_>| match metadata.target() {
        "traced" => *metadata.level() <= Level::ERROR,
        target => is_asked_for || *metadata.level() <= Level::WARN || !is_of_opentelemetry(target),
    })
}
