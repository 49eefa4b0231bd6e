//! The types that a span's parent can come from.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt};

/// A type that carries a trace context, for the options `parent` and `links` and for
/// [`add_link`](crate::add_link).
///
/// # Example
///
/// ```
/// use opentelemetry::trace::SpanContext;
/// use opentelemetry::Context;
/// use traced::traced;
///
/// struct Job {
///     queued_in: Context,
/// }
///
/// #[traced(parent = job.queued_in)]
/// fn run(job: &Job) {}
///
/// run(&Job { queued_in: Context::current() });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not carry a trace context",
    label = "expected a `Context`, a `SpanContext`, or headers, with the feature for their crate enabled"
)]
pub trait Carrier {
    /// Returns `current` with the context that this carries, or `None` if it carries none.
    ///
    /// Everything else in `current` is kept, unless the carrier is a whole [`Context`].
    fn context(&self, current: &Context) -> Option<Context>;
}

/// A `Context` with a valid span replaces the whole current context.
impl Carrier for Context {
    fn context(&self, _current: &Context) -> Option<Context> {
        let is_valid = self.span().span_context().is_valid();
        is_valid.then(|| self.clone())
    }
}

/// A valid `SpanContext` replaces the current span, and nothing else in the current context.
impl Carrier for SpanContext {
    fn context(&self, current: &Context) -> Option<Context> {
        self.is_valid()
            .then(|| current.with_remote_span_context(self.clone()))
    }
}

impl<T: Carrier + ?Sized> Carrier for &T {
    fn context(&self, current: &Context) -> Option<Context> {
        (**self).context(current)
    }
}

impl<T: Carrier> Carrier for Option<T> {
    fn context(&self, current: &Context) -> Option<Context> {
        self.as_ref()?.context(current)
    }
}
