//! The static behind each traced function.

use std::borrow::Cow;
use std::panic::Location;
use std::sync::{Mutex, OnceLock, PoisonError};

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::SpanKind;

use crate::names;

/// The scopes seen so far; a call site keeps its scope's index.
static SCOPES: Mutex<Vec<InstrumentationScope>> = Mutex::new(Vec::new());

/// What is known of a traced function when it is compiled, and what is learnt at its first call.
#[derive(Debug)]
pub struct CallSite {
    name: &'static str,
    kind: SpanKind,
    ok: bool,
    scope: fn() -> InstrumentationScope,
    location: &'static Location<'static>,
    scope_index: OnceLock<usize>,
    /// The type name of the first instantiation that was called, and the function's name made from it.
    function: OnceLock<(&'static str, &'static str)>,
}

impl CallSite {
    /// A call site; its place is here until `here` says otherwise.
    #[must_use]
    #[track_caller]
    pub const fn new(name: &'static str, scope: fn() -> InstrumentationScope) -> CallSite {
        CallSite {
            name,
            kind: SpanKind::Internal,
            ok: false,
            scope,
            location: Location::caller(),
            scope_index: OnceLock::new(),
            function: OnceLock::new(),
        }
    }

    /// Its place is that of this call.
    #[must_use]
    #[track_caller]
    pub const fn here(mut self) -> CallSite {
        self.location = Location::caller();
        self
    }

    /// The option `kind`.
    #[must_use]
    pub const fn kind(mut self, kind: SpanKind) -> CallSite {
        self.kind = kind;
        self
    }

    /// The option `ok`.
    #[must_use]
    pub const fn ok(mut self) -> CallSite {
        self.ok = true;
        self
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn span_kind(&self) -> &SpanKind {
        &self.kind
    }

    pub(crate) fn success_is_ok(&self) -> bool {
        self.ok
    }

    pub(crate) fn location(&self) -> &'static Location<'static> {
        self.location
    }

    pub(crate) fn scope(&self) -> InstrumentationScope {
        (self.scope)()
    }

    /// The same number for all call sites of one scope.
    pub(crate) fn scope_index(&self) -> usize {
        *self.scope_index.get_or_init(|| index_of(self.scope()))
    }

    /// `crate::module::Type::method`, from the type name of a closure in the function.
    pub(crate) fn function_name(&self, closure: &'static str) -> &'static str {
        let (first, name) = *self
            .function
            .get_or_init(|| (closure, names::function(closure)));
        if std::ptr::eq(first, closure) {
            name
        } else {
            names::function(closure)
        }
    }
}

/// The scope of a crate's functions: the crate's name and version, where cargo built it.
#[must_use]
pub fn crate_scope(
    name: Option<&'static str>,
    version: Option<&'static str>,
) -> InstrumentationScope {
    let scope = InstrumentationScope::builder(name.unwrap_or_default());
    match version {
        Some(version) => scope.with_version(Cow::Borrowed(version)).build(),
        None => scope.build(),
    }
}

fn index_of(scope: InstrumentationScope) -> usize {
    let mut scopes = SCOPES.lock().unwrap_or_else(PoisonError::into_inner);
    let known = scopes.iter().position(|known| *known == scope);
    known.unwrap_or_else(|| {
        scopes.push(scope);
        scopes.len() - 1
    })
}
