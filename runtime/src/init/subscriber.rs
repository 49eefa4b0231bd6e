//! The subscriber of `tracing`, for a program that has none of its own.

use std::io::{self, IsTerminal};

use tracing_core::{Dispatch, dispatcher};
use tracing_subscriber::prelude::*;
use tracing_subscriber::{fmt, registry};

use super::error::InitError;
use super::levels;
use crate::tracing::{events, spans, with_ids};

/// Makes spans and events of `tracing` part of the traces, and of the logs, and writes log lines with their ids to standard error.
pub(super) fn install(json: bool) -> Result<(), InitError> {
    if dispatcher::has_been_set() {
        return Ok(());
    }
    let levels = levels::from_environment()?;
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal() && !no_color);
    let lines = if json {
        lines.json().map_event_format(with_ids).boxed()
    } else {
        lines.map_event_format(with_ids).boxed()
    };
    let layers = registry().with(levels).with(spans()).with(events());
    #[cfg(feature = "logs")]
    let layers = layers.with(crate::tracing::logs());
    // It fails where another thread was faster, and that one stays.
    let _ = dispatcher::set_global_default(Dispatch::new(layers.with(lines)));
    Ok(())
}
