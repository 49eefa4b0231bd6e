//! The instrumentation scopes of the call sites.

use std::sync::{Mutex, MutexGuard, PoisonError};

use opentelemetry::InstrumentationScope;

/// The scopes seen so far. A call site stores the index of its scope.
static SCOPES: Mutex<Vec<InstrumentationScope>> = Mutex::new(Vec::new());

/// Returns the scope of a crate's functions: the crate's name and version.
pub(crate) fn of_package(package: &'static str) -> InstrumentationScope {
    let (name, version) = package.split_once(' ').unwrap_or_default();
    let scope = InstrumentationScope::builder(name);
    if version.is_empty() {
        return scope.build();
    }
    scope.with_version(version).build()
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

/// Returns the index of this scope, which is stored if it is new.
pub(crate) fn index_of(scope: InstrumentationScope) -> usize {
    let mut scopes = scopes();
    let known = scopes.iter().position(|known| *known == scope);
    known.unwrap_or_else(|| {
        scopes.push(scope);
        scopes.len() - 1
    })
}
