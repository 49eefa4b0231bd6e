//! Keeps the exporters' own work out of traces and logs.

use crate::ambient::{self, Attached};

/// Marks a context as that of an export.
struct Exporting;

/// Marks this thread as exporting until the guard is dropped. Nothing is traced on it, and its log
/// lines are not taken for the program's.
pub(crate) fn enter() -> Attached {
    let context = ambient::current().with_value(Exporting);
    ambient::attach(&context.with_telemetry_suppressed())
}

/// Returns `true` while this thread is marked by [`enter`].
#[cfg(feature = "tracing")]
pub(crate) fn is_current() -> bool {
    let is_marked = |context: &opentelemetry::Context| context.get::<Exporting>().is_some();
    ambient::look(is_marked) == Some(true)
}
