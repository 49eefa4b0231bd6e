//! The constructors that expansions call, all of them `const`.

use std::mem::ManuallyDrop;
use std::panic::Location;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU32};

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::SpanKind;

use super::{CallSite, Scope, state};
use crate::site::level::Level;
use crate::site::type_names::Naming;

#[doc(hidden)]
impl CallSite {
    /// Creates the call site of a function that may be a method without a receiver.
    #[must_use]
    #[track_caller]
    pub const fn new(name: &'static str, package: &'static str) -> CallSite {
        CallSite::of(name, Naming::Function, package)
    }

    /// Creates the call site of a method.
    #[must_use]
    #[track_caller]
    pub const fn method(name: &'static str, package: &'static str) -> CallSite {
        CallSite::of(name, Naming::Method, package)
    }

    /// Creates the call site of a function whose spans have this name.
    #[must_use]
    #[track_caller]
    pub const fn named(name: &'static str, package: &'static str) -> CallSite {
        CallSite::of(name, Naming::Span, package)
    }

    #[track_caller]
    const fn of(name: &'static str, naming: Naming, package: &'static str) -> CallSite {
        CallSite {
            name,
            naming,
            kind: SpanKind::Internal,
            level: Level::Info,
            ok: false,
            scope: Scope::Package(package),
            location: Location::caller(),
            keys: &[],
            state: AtomicU8::new(state::NEW),
            number: AtomicU32::new(0),
            scope_number: AtomicU32::new(0),
            learned: ManuallyDrop::new(OnceLock::new()),
        }
    }

    #[must_use]
    pub const fn scope(mut self, scope: fn() -> InstrumentationScope) -> CallSite {
        self.scope = Scope::Own(scope);
        self
    }

    #[must_use]
    pub const fn kind(mut self, kind: SpanKind) -> CallSite {
        self.kind = kind;
        self
    }

    #[must_use]
    pub const fn at_level(mut self, level: Level) -> CallSite {
        self.level = level;
        self
    }

    #[must_use]
    pub const fn keys(mut self, keys: &'static [&'static str]) -> CallSite {
        self.keys = keys;
        self
    }

    #[must_use]
    pub const fn ok(mut self) -> CallSite {
        self.ok = true;
        self
    }
}
