//! The instrumentation scopes of the call sites.

use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use opentelemetry::{Array, InstrumentationScope, KeyValue, Value};

use crate::contain::catch;

/// The scopes seen so far. A call site stores the index of its scope.
static SCOPES: Mutex<Vec<InstrumentationScope>> = Mutex::new(Vec::new());

thread_local! {
    /// The addresses of the call sites whose scopes this thread is evaluating.
    static EVALUATED: RefCell<Vec<*const ()>> = const { RefCell::new(Vec::new()) };
}

/// Evaluates the expression for the scope of the call site at this address. Returns `None` if this
/// thread is doing so already, which happens if the expression calls its own function.
pub(crate) fn evaluate(
    site: *const (),
    scope: fn() -> InstrumentationScope,
) -> Option<InstrumentationScope> {
    let begin = |evaluated: &RefCell<Vec<*const ()>>| {
        let mut evaluated = evaluated.borrow_mut();
        let is_new = !evaluated.contains(&site);
        is_new.then(|| evaluated.push(site))
    };
    EVALUATED.try_with(begin).ok()??;
    let scope = catch(scope).unwrap_or_default();
    let _ = EVALUATED.try_with(|evaluated| evaluated.borrow_mut().pop());
    Some(scope)
}

/// Returns the scope of a crate's functions, for the crate's name and version as `NAME VERSION`.
pub(crate) fn of_package(package: &'static str) -> InstrumentationScope {
    let (name, version) = package.split_once(' ').unwrap_or_default();
    let scope = InstrumentationScope::builder(name);
    if version.is_empty() {
        return scope.build();
    }
    scope.with_version(version).build()
}

/// Returns the scope of what this crate records by itself, and not for a traced function.
#[cfg(any(feature = "logs", feature = "mongodb", feature = "tower"))]
pub(crate) fn own() -> InstrumentationScope {
    of_package(concat!("traced ", env!("CARGO_PKG_VERSION")))
}

/// A value that the option `scope` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an instrumentation scope",
    label = "expected a name (`&'static str` or `String`) or an `InstrumentationScope`"
)]
pub trait IntoScope {
    /// Returns the scope with this name, or this scope.
    fn into_scope(self) -> InstrumentationScope;
}

impl IntoScope for &'static str {
    fn into_scope(self) -> InstrumentationScope {
        InstrumentationScope::builder(self).build()
    }
}

impl IntoScope for String {
    fn into_scope(self) -> InstrumentationScope {
        InstrumentationScope::builder(self).build()
    }
}

impl IntoScope for InstrumentationScope {
    fn into_scope(self) -> InstrumentationScope {
        self
    }
}

/// Returns the scope with this index.
pub(crate) fn at(index: usize) -> InstrumentationScope {
    scopes()[index].clone()
}

fn scopes() -> MutexGuard<'static, Vec<InstrumentationScope>> {
    SCOPES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the index of this scope. A new scope is stored.
pub(crate) fn index_of(scope: InstrumentationScope) -> usize {
    let mut scopes = scopes();
    let known = scopes.iter().position(|known| are_same(known, &scope));
    known.unwrap_or_else(|| {
        scopes.push(scope);
        scopes.len() - 1
    })
}

#[cfg(all(test, feature = "sdk"))]
thread_local! {
    /// The number of scopes that this thread has compared.
    pub(crate) static COMPARED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// Returns `true` if two scopes are the same, whatever the order of their attributes. Floats are
/// compared by their bits, since otherwise a scope with NaN would be new each time.
pub(crate) fn are_same(one: &InstrumentationScope, other: &InstrumentationScope) -> bool {
    #[cfg(all(test, feature = "sdk"))]
    COMPARED.set(COMPARED.get() + 1);
    let sorted = |scope: &InstrumentationScope| {
        let mut attributes: Vec<KeyValue> = scope.attributes().cloned().collect();
        attributes.sort_by(|a, b| a.key.cmp(&b.key));
        attributes
    };
    let is_same = |(one, other): (&KeyValue, &KeyValue)| {
        one.key == other.key && are_same_values(&one.value, &other.value)
    };
    one.name() == other.name()
        && one.version() == other.version()
        && one.schema_url() == other.schema_url()
        && one.attributes().count() == other.attributes().count()
        && sorted(one).iter().zip(&sorted(other)).all(is_same)
}

fn are_same_values(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::F64(one), Value::F64(other)) => one.to_bits() == other.to_bits(),
        (Value::Array(Array::F64(one)), Value::Array(Array::F64(other))) => {
            let bits = |list: &[f64]| list.iter().map(|float| float.to_bits()).collect::<Vec<_>>();
            bits(one) == bits(other)
        }
        _ => one == other,
    }
}
