//! Baggage: what travels with a trace, for everyone in it to see.
//!
//! It is OpenTelemetry's own ([`opentelemetry::baggage`]), part of the [`Context`], so other users of that API see it
//! too. `propagation` takes it to other processes: whatever is in it goes out in headers to whomever is called.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use opentelemetry::baggage::{Baggage, BaggageExt};
use opentelemetry::{Context, Key, KeyValue, StringValue};

use crate::ambient;

/// Whether there are keys to be copied.
static COPIES: AtomicBool = AtomicBool::new(false);
static COPIED: RwLock<Vec<Key>> = RwLock::new(Vec::new());

/// The value of `key` in the current baggage.
///
/// # Example
///
/// ```
/// use traced::baggage;
///
/// let _guard = baggage::set("tenant", "acme").attach();
/// assert_eq!(baggage::get("tenant").as_deref(), Some("acme"));
/// ```
#[must_use]
pub fn get(key: &str) -> Option<String> {
    ambient::current()
        .baggage()
        .get(key)
        .map(ToString::to_string)
}

/// The current context with `key` set in its baggage.
///
/// A context is where something holds: attach it for a synchronous region, or give it to a future, and calls from there
/// see it, here and in the services that they call. The region above never does.
///
/// A key that is not a [token](https://www.w3.org/TR/baggage/#key), and what would make more than 64 members or 8,192
/// bytes, changes nothing.
///
/// # Example
///
/// ```
/// use opentelemetry::context::FutureExt;
/// use traced::baggage;
///
/// # fn charge() {}
/// # async fn ship() {}
/// {
///     let _guard = baggage::set("tenant", "acme").attach();
///     charge();
/// }
/// let future = ship().with_context(baggage::set("tenant", "acme"));
/// # drop(future);
/// ```
#[must_use = "it holds where the context is attached"]
pub fn set(key: impl Into<Key>, value: impl Into<StringValue>) -> Context {
    let current = ambient::current();
    let mut baggage = others(&current, |_| true);
    baggage.insert(key, value);
    current.with_baggage(baggage)
}

/// The current context without `key` in its baggage.
///
/// # Example
///
/// ```
/// use traced::baggage;
///
/// let _guard = baggage::set("tenant", "acme").attach();
/// {
///     let _guard = baggage::remove("tenant").attach();
///     assert_eq!(baggage::get("tenant"), None);
/// }
/// assert_eq!(baggage::get("tenant").as_deref(), Some("acme"));
/// ```
#[must_use = "it holds where the context is attached"]
pub fn remove(key: &str) -> Context {
    let current = ambient::current();
    let baggage = others(&current, |other| other.as_str() != key);
    current.with_baggage(baggage)
}

fn others(context: &Context, is_kept: impl Fn(&Key) -> bool) -> Baggage {
    let members = context.baggage().iter().filter(|(key, _)| is_kept(key));
    members
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Copies these keys of the baggage to attributes of the same name on every span that this crate opens from now on, in
/// place of those named before.
///
/// There are none at first, and there is no way to name all: baggage comes from whoever calls, and may hold what has no
/// place in traces.
///
/// # Example
///
/// ```
/// traced::baggage::copy_to_spans(["tenant"]);
/// # traced::baggage::copy_to_spans([""; 0]);
/// ```
pub fn copy_to_spans<K: Into<Key>>(keys: impl IntoIterator<Item = K>) {
    let keys: Vec<Key> = keys.into_iter().map(Into::into).collect();
    let mut copied = COPIED.write().unwrap_or_else(PoisonError::into_inner);
    COPIES.store(!keys.is_empty(), Ordering::Relaxed);
    *copied = keys;
}

/// Whether anything is to be copied to spans.
#[inline]
pub(crate) fn is_copied() -> bool {
    COPIES.load(Ordering::Relaxed)
}

/// What is to be copied from the baggage of a span's parent.
#[cold]
pub(crate) fn copied(parent: &Context) -> Vec<KeyValue> {
    let baggage = parent.baggage();
    let keys = COPIED.read().unwrap_or_else(PoisonError::into_inner);
    keys.iter()
        .filter_map(|key| {
            Some(KeyValue::new(
                key.clone(),
                baggage.get(key.as_str())?.clone(),
            ))
        })
        .collect()
}
