//! Functions that act on the current span, whoever opened it.

use std::borrow::Cow;

use opentelemetry::trace::{SpanId, SpanRef, Status, TraceContextExt, TraceId};
use opentelemetry::{Context, Key, KeyValue};

use crate::ambient;
use crate::attributes::EventAttributes;
use crate::attributes::ToValue;
use crate::carrier::Carrier;
use crate::outcome::AnyError;
use crate::outcome::exception;

/// Sets an attribute on the current span. Does nothing if that span is not recorded: the value is
/// not even converted.
///
/// # Example
///
/// ```
/// #[traced::traced]
/// fn fetch_user(token: &str) -> u64 {
///     let id = 7;
///     traced::set_attribute("user.id", id);
///     id
/// }
/// # fetch_user("t");
/// ```
pub fn set_attribute(key: impl Into<Key>, value: impl ToValue) {
    with_current(|span| set(span, key, value));
}

/// Sets an attribute on a span if it is recorded.
pub(crate) fn set(span: &SpanRef<'_>, key: impl Into<Key>, value: impl ToValue) {
    if span.is_recording()
        && let Some(value) = value.to_value().into_owned()
    {
        span.set_attribute(KeyValue::new(key, value));
    }
}

/// Adds an event to the current span. Use [`add_event_with`] for an event with attributes.
///
/// # Example
///
/// ```
/// traced::add_event("retry");
/// ```
pub fn add_event(name: impl Into<Cow<'static, str>>) {
    with_recording(|span| {
        // This runs before the span is locked, because a panic under the lock would poison it for
        // good.
        let name = name.into();
        span.add_event(name, Vec::new());
    });
}

/// Adds an event with attributes to the current span.
///
/// The attributes are `KeyValue`s, or pairs of a key and a value that implements [`ToValue`]. Pass
/// them as a list, or, if the values have several types, as a tuple. An attribute whose value is
/// `None` is left out.
///
/// # Example
///
/// ```
/// traced::add_event_with("cache.miss", [("cache.key", "user:7")]);
/// traced::add_event_with("retry", (("attempt", 2), ("cause", "timeout")));
/// ```
pub fn add_event_with<Kind>(
    name: impl Into<Cow<'static, str>>,
    attributes: impl EventAttributes<Kind>,
) {
    with_recording(|span| {
        let mut all = Vec::new();
        attributes.hand_to(|attribute| all.push(attribute));
        let name = name.into();
        span.add_event(name, all);
    });
}

/// Records an error as an exception event of the current span or, with the feature `logs`, as a log
/// record, by OpenTelemetry's [conventions for
/// exceptions](https://opentelemetry.io/docs/specs/semconv/exceptions/).
///
/// The status of the span does not change: a recorded error may have been handled. If the traced
/// function goes on to return this error, it is not recorded a second time.
///
/// # Example
///
/// ```
/// #[traced::traced]
/// fn port(text: &str) -> u16 {
///     text.parse().unwrap_or_else(|error| {
///         traced::record_error(&error);
///         8080
///     })
/// }
/// # assert_eq!(port("x"), 8080);
/// ```
pub fn record_error<E: AnyError<Kind> + ?Sized, Kind>(error: &E) {
    with_recording(|span| {
        let own = span.span_context().clone();
        error.with_failure(&mut |failure| exception::record(span, &own, failure));
    });
}

/// Links the current span to the context in `carrier`, like the option `links`. Does nothing if the
/// carrier has none.
///
/// # Example
///
/// ```
/// use opentelemetry::trace::SpanContext;
///
/// #[traced::traced]
/// fn merge(queued_in: &SpanContext) {
///     traced::add_link(queued_in);
/// }
/// # merge(&SpanContext::NONE);
/// ```
pub fn add_link(carrier: &(impl Carrier + ?Sized)) {
    with_recording(|span| {
        if let Some(context) = carrier.context(&Context::new()) {
            let linked = context.span().span_context().clone();
            if linked.is_valid() {
                span.add_link(linked, Vec::new());
            }
        }
    });
}

/// Renames the current span. Samplers have already seen the old name.
///
/// # Example
///
/// ```
/// #[traced::traced]
/// fn handle(route: &'static str) {
///     traced::update_name(route);
/// }
/// # handle("GET /orders/{id}");
/// ```
pub fn update_name(name: impl Into<Cow<'static, str>>) {
    with_recording(|span| {
        let name = name.into();
        span.update_name(name);
    });
}

/// Sets the status of the current span, for functions whose returned value does not say whether
/// they failed.
///
/// As in OpenTelemetry, an error cannot be unset, and `Ok` is final: an `Err` that the function
/// returns afterwards is still recorded as an exception, but does not change the status.
///
/// # Example
///
/// ```
/// use opentelemetry::trace::Status;
///
/// #[traced::traced]
/// fn try_cache() -> Option<u8> {
///     traced::set_status(Status::error("the cache is gone"));
///     None
/// }
/// # try_cache();
/// ```
pub fn set_status(status: Status) {
    with_recording(|span| span.set_status(status));
}

/// Returns the id of the current trace, or `None` if there is no current span.
///
/// A traced function opens no span without a provider, or if the filter leaves it out. A span that
/// is not sampled has ids, but is not exported.
///
/// # Example
///
/// ```
/// # #[cfg(feature = "testing")] {
/// use opentelemetry::trace::TraceId;
/// use traced::testing::Capture;
///
/// #[traced::traced]
/// fn handle() -> Option<TraceId> {
///     traced::trace_id()
/// }
///
/// assert_eq!(handle(), None); // there is no provider
/// assert!(Capture::new().run(handle).is_some());
/// # }
/// ```
#[must_use]
pub fn trace_id() -> Option<TraceId> {
    let id = with_current(|span| span.span_context().trace_id());
    (id != TraceId::INVALID).then_some(id)
}

/// Returns the id of the current span, or `None` if there is none.
///
/// A traced function opens no span without a provider, or if the filter leaves it out. A span that
/// is not sampled has ids, but is not exported.
///
/// # Example
///
/// ```
/// # #[cfg(feature = "testing")] {
/// use opentelemetry::trace::SpanId;
/// use traced::testing::Capture;
///
/// #[traced::traced]
/// fn handle() -> Option<SpanId> {
///     traced::span_id()
/// }
///
/// assert_eq!(handle(), None); // there is no provider
/// assert!(Capture::new().run(handle).is_some());
/// # }
/// ```
#[must_use]
pub fn span_id() -> Option<SpanId> {
    let id = with_current(|span| span.span_context().span_id());
    (id != SpanId::INVALID).then_some(id)
}

fn with_recording(f: impl FnOnce(&mut SpanRef<'_>)) {
    with_current(|span| {
        if span.is_recording() {
            f(span);
        }
    });
}

/// Runs `f` with the current span. The context is cloned first, so no borrow of it is held while
/// `f` runs.
fn with_current<R>(f: impl FnOnce(&mut SpanRef<'_>) -> R) -> R {
    f(&mut ambient::current().span())
}
