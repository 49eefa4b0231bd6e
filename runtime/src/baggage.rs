//! Baggage: keys and values that travel with a trace and that every service in it can read.
//!
//! This is OpenTelemetry's own baggage ([`opentelemetry::baggage`]), part of the [`Context`], so
//! other users of that API see it too. `propagation` carries it to other processes: everything in
//! it is sent, in headers, to every service that is called.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use opentelemetry::baggage::{Baggage, BaggageExt};
use opentelemetry::{Context, Key, KeyValue, StringValue};

use crate::ambient;

/// `true` if any keys are copied to spans.
static COPIES: AtomicBool = AtomicBool::new(false);
static COPIED: RwLock<Vec<Key>> = RwLock::new(Vec::new());

/// Returns the value of `key` in the current baggage, or `None` if the key is not set.
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

/// Returns the current context with `key` set in its baggage.
///
/// The change takes effect where the returned context is current: attach it for a synchronous
/// scope, or give it to a future. Calls made there see the change, in this process and in the
/// services that they call. Other code does not.
///
/// Nothing changes if the key is not a [token](https://www.w3.org/TR/baggage/#key), or if the
/// baggage would have more than 64 members or 8,192 bytes.
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

/// Returns the current context without `key` in its baggage.
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

/// Copies these keys of the baggage to attributes with the same names, on every span that this
/// crate opens from now on. They replace the keys of an earlier call.
///
/// By default nothing is copied, and there is no way to copy all keys: baggage comes from the
/// caller, and may hold values that do not belong in traces.
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

/// Returns `true` if any keys are copied to spans.
#[inline]
pub(crate) fn is_copied() -> bool {
    COPIES.load(Ordering::Relaxed)
}

/// Returns the attributes that are copied from the baggage of a span's parent.
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
