//! Functions that act on the local root, the first span of the current trace in this process. In a
//! server, it is the span of the request.
//!
//! # How it is found
//!
//! A span does not know its parent, and only the [`Context`] goes wherever spans do: into tasks, to
//! other threads, and past spans that other code opens. So a local root leaves itself in its
//! context, and everything below inherits it. That costs each recorded span a reference count, and
//! each local root a few allocations, which is why this module has its own feature.

use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, Key};

use crate::ambient;
use crate::attributes::ToValue;
use crate::span::Active;
use crate::span::current_span;

/// The context of the local root's span.
struct Root(Context);

/// Sets an attribute on the local root, from anywhere below it. If that span is not recorded or has
/// ended, the value is not converted.
///
/// The local root is the first span of the trace in this process: it has no parent, or a parent in
/// another process. Anyone may have opened the spans between it and the current one. If the local
/// root was not opened by this crate, the outermost span that this crate knows takes its place: the
/// one that was current when the first traced function was called.
///
/// # Example
///
/// ```
/// use traced::traced;
///
/// #[traced("GET /orders/{id}", kind = server)]
/// fn get_order(id: u64) {
///     authorize(id);
/// }
///
/// #[traced]
/// fn authorize(id: u64) {
///     // An attribute of the span `GET /orders/{id}`.
///     traced::root::set_attribute("user.id", id + 1);
/// }
/// # get_order(1);
/// ```
pub fn set_attribute(key: impl Into<Key>, value: impl ToValue) {
    let context = ambient::current();
    let here = context.span();
    if !here.span_context().is_sampled() && !here.is_recording() {
        return;
    }
    match of(&context) {
        Some(root) => current_span::set(&root.span(), key, value),
        None => current_span::set(&here, key, value),
    }
}

/// Returns the context of the current trace's local root, or `None` if it is not known. Code that
/// starts a trace without this crate passes on the local root of the previous trace, which does not
/// count.
fn of(context: &Context) -> Option<&Context> {
    let Root(root) = context.get()?;
    let is_of_trace =
        root.span().span_context().trace_id() == context.span().span_context().trace_id();
    is_of_trace.then_some(root)
}

/// Returns a span that was just started below `parent`, with its local root in its context.
pub(crate) fn with_local_root(mut active: Active, parent: &Context) -> Active {
    active.replace_context(|context| with_root(context, parent));
    active
}

/// Returns `context`, whose span is recorded and was just started below `parent`, with its local
/// root.
pub(crate) fn with_root(context: Context, parent: &Context) -> Context {
    let above = parent.span();
    let above = above.span_context();
    if !above.is_valid() || above.is_remote() {
        context.with_value(Root(context.clone()))
    } else if of(&context).is_none() {
        context.with_value(Root(parent.clone()))
    } else {
        context
    }
}
