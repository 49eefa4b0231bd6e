//! The static behind each traced function.

use std::mem::ManuallyDrop;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use opentelemetry::trace::SpanKind;
use opentelemetry::{InstrumentationScope, KeyValue};

use crate::contain::catch;
use crate::site::Level;
use crate::site::filter;
use crate::site::scope;
use crate::site::type_names::{Names, Naming};
use crate::span::tracers;

/// The keys of what each span says of its call site.
pub(crate) const CODE_KEYS: [&str; 3] =
    ["code.function.name", "code.file.path", "code.line.number"];

/// The call sites that were called so far.
static SITES: Mutex<Vec<&'static CallSite>> = Mutex::new(Vec::new());
/// Whether tracing is known to be off altogether.
static DISABLED: AtomicBool = AtomicBool::new(false);

/// Opens spans if the thread finds a provider; there has been none so far.
const WAITING: u8 = 0;
/// Opens no span.
const OFF: u8 = 1;
/// Opens spans.
const ON: u8 = 2;
/// Not called so far.
const NEW: u8 = 3;
/// Is a trait's method, and opens spans for some implementors perhaps: each call must ask the filter.
const DEPENDS: u8 = 4;

/// The traced functions that were called so far, in the order of their first calls.
///
/// # Example
///
/// ```
/// #[traced::traced("order.process", level = debug)]
/// fn process_order() {}
///
/// process_order();
/// let sites = traced::call_sites();
/// let site = sites.iter().find(|site| site.name() == "order.process").unwrap();
/// assert!(site.function().ends_with("process_order"));
/// assert_eq!(site.level(), traced::Level::Debug);
/// assert!(!site.is_enabled());
/// ```
#[must_use]
pub fn call_sites() -> Vec<&'static CallSite> {
    sites().clone()
}

/// The call site of this number, counted from 1.
#[cfg(feature = "sdk")]
pub(crate) fn numbered(number: u32) -> Option<&'static CallSite> {
    let index = (number as usize).checked_sub(1)?;
    sites().get(index).copied()
}

/// Decides again for every call site whether it opens spans.
pub(crate) fn decide_all() {
    // Below the lock, so that of two filters set at once the last one holds everywhere.
    for site in sites().iter() {
        site.decide();
    }
}

/// Says whether tracing is off altogether, as `init` knows for `OTEL_TRACES_EXPORTER=none`.
pub(crate) fn set_disabled(disabled: bool) {
    if DISABLED.swap(disabled, Ordering::Relaxed) != disabled {
        decide_all();
    }
}

fn sites() -> MutexGuard<'static, Vec<&'static CallSite>> {
    SITES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A traced function: what is known of it when it is compiled, and what is learnt at its first call.
#[derive(Debug)]
pub struct CallSite {
    name: &'static str,
    naming: Naming,
    kind: SpanKind,
    level: Level,
    ok: bool,
    scope: Scope,
    location: &'static Location<'static>,
    /// The keys of the attributes that a span begins with, as far as they are known when it is compiled.
    keys: &'static [&'static str],
    state: AtomicU8,
    /// Its place in the list of call sites, counted from 1.
    number: AtomicU32,
    /// The index of its scope, counted from 1; 0 where it was not asked for.
    scope_number: AtomicU32,
    // One field, never dropped: for each static, the compiler looks at all that is in its type.
    learnt: ManuallyDrop<OnceLock<Learnt>>,
}

/// What is learnt at the first call.
#[derive(Debug)]
struct Learnt {
    /// The type name of something in the first instantiation that was called.
    closure: &'static str,
    /// The names made from it.
    names: Names,
    scope_index: OnceLock<usize>,
}

impl CallSite {
    /// The name of its spans, or `Type::method` or `function` where that is an expression; of a trait's method that of the
    /// first implementor.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.learnt
            .get()
            .map_or(self.name, |learnt| learnt.names.span)
    }

    /// `crate::module::Type::function`, as in `code.function.name`; of a trait's method that of the first implementor.
    #[must_use]
    pub fn function(&self) -> &'static str {
        self.learnt.get().map_or("", |learnt| learnt.names.function)
    }

    /// The file that the function stands in.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.location.file()
    }

    /// The line of the function's name.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.location.line()
    }

    /// Its level.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Whether it opens spans as the filter stands now; of a trait's method, whether it may.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        !self.is_off()
    }
}

#[derive(Debug)]
enum Scope {
    /// `NAME VERSION` of a crate.
    Package(&'static str),
    /// An expression of the user's.
    Own(fn() -> InstrumentationScope),
}

impl Scope {
    fn get(&self) -> InstrumentationScope {
        match *self {
            Scope::Package(package) => scope::of_package(package),
            Scope::Own(scope) => catch(scope).unwrap_or_default(),
        }
    }
}

/// What an expansion says.
#[doc(hidden)]
impl CallSite {
    /// Of a function that may be a method without a receiver.
    #[must_use]
    #[track_caller]
    pub const fn new(name: &'static str, package: &'static str) -> CallSite {
        CallSite::of(name, Naming::Function, package)
    }

    /// Of a method.
    #[must_use]
    #[track_caller]
    pub const fn method(name: &'static str, package: &'static str) -> CallSite {
        CallSite::of(name, Naming::Method, package)
    }

    /// Of a function whose spans have this name.
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
            state: AtomicU8::new(NEW),
            number: AtomicU32::new(0),
            scope_number: AtomicU32::new(0),
            learnt: ManuallyDrop::new(OnceLock::new()),
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

impl CallSite {
    pub(crate) fn span_kind(&self) -> &SpanKind {
        &self.kind
    }

    /// The key of this index.
    pub(crate) fn key(&self, index: u8) -> &'static str {
        let key = self.keys.get(usize::from(index));
        key.copied().unwrap_or_default()
    }

    #[cfg(feature = "sdk")]
    pub(crate) fn keys_of_spans(&self) -> &'static [&'static str] {
        self.keys
    }

    pub(crate) fn success_is_ok(&self) -> bool {
        self.ok
    }

    /// The same number for all call sites of one scope. The scope may be an expression of the user's, evaluated once.
    pub(crate) fn scope_index(&self) -> usize {
        let index = || scope::index_of(self.scope.get());
        let index = match self.learnt.get() {
            Some(learnt) => *learnt.scope_index.get_or_init(index),
            None => index(),
        };
        let number = u32::try_from(index + 1).unwrap_or(0);
        self.scope_number.store(number, Ordering::Relaxed);
        index
    }

    /// The same counted from 1; 0 before that was asked for.
    #[cfg(feature = "sdk")]
    #[inline]
    pub(crate) fn scope_number(&self) -> u32 {
        self.scope_number.load(Ordering::Relaxed)
    }

    /// Whether it opens no spans; all that a function costs that is filtered out.
    #[inline]
    pub(crate) fn is_off(&self) -> bool {
        self.state.load(Ordering::Relaxed) == OFF
    }

    /// Whether it opens spans, whatever the call.
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        matches!(self.state.load(Ordering::Relaxed), WAITING | ON)
    }

    /// Whether it opens spans, and there has been no provider so far.
    #[inline]
    pub(crate) fn is_waiting(&self) -> bool {
        self.state.load(Ordering::Relaxed) == WAITING
    }

    /// Whether this call opens no span; `closure` is the type name of one in the function.
    pub(crate) fn is_filtered(&'static self, closure: &'static str) -> bool {
        if self.state.load(Ordering::Relaxed) == NEW {
            self.register(closure);
        }
        match self.state.load(Ordering::Relaxed) {
            DEPENDS => !filter::lets_through(self.names(closure).function, self.level),
            state => state == OFF,
        }
    }

    /// Where the function of this name stands, by the semantic conventions for code.
    #[inline]
    pub(crate) fn add_code_attributes(
        &self,
        function: &'static str,
        attributes: &mut Vec<KeyValue>,
    ) {
        let [name, file, line] = CODE_KEYS;
        attributes.push(KeyValue::new(name, function));
        attributes.push(KeyValue::new(file, self.file()));
        attributes.push(KeyValue::new(line, i64::from(self.line())));
    }

    /// Whether this is the closure that `function` is made from, so that the name need not be told.
    #[cfg(feature = "sdk")]
    pub(crate) fn is_function(&self, closure: &'static str) -> bool {
        self.learnt
            .get()
            .is_some_and(|learnt| std::ptr::eq(learnt.closure, closure))
    }

    /// Its place in the list of call sites, counted from 1; 0 before its first call.
    #[cfg(feature = "sdk")]
    pub(crate) fn number(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    /// The names of the instantiation that has a closure of this type name.
    pub(crate) fn names(&self, closure: &'static str) -> Names {
        let learnt = self.learnt.get_or_init(|| Learnt {
            closure,
            names: self.naming.names(self.name, closure),
            scope_index: OnceLock::new(),
        });
        if std::ptr::eq(learnt.closure, closure) {
            learnt.names
        } else {
            self.naming.names(self.name, closure)
        }
    }

    #[cold]
    fn register(&'static self, closure: &'static str) {
        self.names(closure);
        let mut sites = sites();
        if self.state.load(Ordering::Relaxed) == NEW {
            // Below the lock, so that a filter set meanwhile is seen here or sees this site.
            self.decide();
            sites.push(self);
            let number = u32::try_from(sites.len()).unwrap_or(0);
            self.number.store(number, Ordering::Relaxed);
        }
    }

    fn decide(&self) {
        let Some(Learnt { closure, names, .. }) = self.learnt.get() else {
            return;
        };
        let state = if DISABLED.load(Ordering::Relaxed) {
            OFF
        } else if closure.starts_with('<') && filter::looks_at_names() {
            DEPENDS
        } else if !filter::lets_through(names.function, self.level) {
            OFF
        } else if tracers::was_there() {
            ON
        } else {
            WAITING
        };
        self.state.store(state, Ordering::Relaxed);
    }
}
