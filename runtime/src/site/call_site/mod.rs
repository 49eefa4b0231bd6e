//! The static behind a traced function.

mod constructors;

use std::mem::ManuallyDrop;
use std::panic::Location;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use opentelemetry::trace::SpanKind;
use opentelemetry::{InstrumentationScope, KeyValue};

use crate::site::level::Level;
use crate::site::scope;
use crate::site::type_names::{Names, Naming};

/// The keys of the attributes that each span takes from its call site.
pub(crate) const CODE_KEYS: [&str; 3] =
    ["code.function.name", "code.file.path", "code.line.number"];

/// The states of a call site, which a call reads with one load.
pub(in crate::site) mod state {
    /// No provider has been seen so far. The call site opens spans once the thread finds one.
    pub(crate) const WAITING: u8 = 0;
    /// The call site opens no spans.
    pub(crate) const OFF: u8 = 1;
    /// The call site opens spans.
    pub(crate) const ON: u8 = 2;
    /// The call site has not been called yet.
    pub(crate) const NEW: u8 = 3;
    /// The call site is a method of a trait, and the filter may let some implementors through. Each
    /// call asks the filter.
    pub(crate) const DEPENDS: u8 = 4;
}

/// A traced function or block, with what is known about it at compile time and what its first call
/// adds.
#[derive(Debug)]
pub struct CallSite {
    name: &'static str,
    naming: Naming,
    kind: SpanKind,
    level: Level,
    ok: bool,
    scope: Scope,
    location: &'static Location<'static>,
    /// The keys of the attributes that a span starts with, as far as they are known at compile
    /// time.
    keys: &'static [&'static str],
    pub(in crate::site) state: AtomicU8,
    /// The place in the list of call sites, counted from 1.
    pub(in crate::site) number: AtomicU32,
    /// The index of the scope, counted from 1, or 0 before anything asked for it.
    scope_number: AtomicU32,
    // This is one field that is never dropped, because the compiler examines every type in a
    // static, for each static.
    learned: ManuallyDrop<OnceLock<Learned>>,
}

/// The facts that the first call adds.
#[derive(Debug)]
pub(in crate::site) struct Learned {
    /// The type name of a closure in the first instantiation that was called.
    pub(in crate::site) closure: &'static str,
    /// The names made from `closure`.
    pub(in crate::site) names: Names,
    scope_index: OnceLock<usize>,
}

/// The instrumentation scope of a call site's spans.
#[derive(Debug)]
enum Scope {
    /// The name and version of the function's crate, as `NAME VERSION`.
    Package(&'static str),
    /// The option `scope`.
    Own(fn() -> InstrumentationScope),
}

impl CallSite {
    /// Returns the name of the spans of this function.
    ///
    /// If the attribute has no name, or an expression as its name, this is `Type::method` or
    /// `function`. For a method of a trait, it is the name of the first implementor that was
    /// called.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.learned
            .get()
            .map_or(self.name, |learned| learned.names.span)
    }

    /// Returns `crate::module::Type::function`, as in `code.function.name`.
    ///
    /// For a method of a trait, this is the name of the first implementor that was called.
    #[must_use]
    pub fn function(&self) -> &'static str {
        self.learned
            .get()
            .map_or("", |learned| learned.names.function)
    }

    /// Returns the file that contains the function.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.location.file()
    }

    /// Returns the line of the function's name.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.location.line()
    }

    /// Returns the level of the function.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Returns `true` if the current filter lets the function open spans. For a method of a trait,
    /// it is enough that the filter lets some implementors through.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        !self.is_off()
    }
}

impl CallSite {
    pub(crate) fn span_kind(&self) -> &SpanKind {
        &self.kind
    }

    /// Returns the key with this index, or an empty one if there is none.
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

    /// Returns the index of the instrumentation scope, which is the same for all call sites with
    /// that scope. Returns `None` if this thread is evaluating the scope already.
    #[inline]
    pub(crate) fn scope_index(&'static self) -> Option<usize> {
        let learned = self.learned.get();
        let index = match learned.and_then(|learned| learned.scope_index.get()) {
            Some(index) => *index,
            None => self.evaluate_scope()?,
        };
        let number = u32::try_from(index + 1).unwrap_or(0);
        self.scope_number.store(number, Ordering::Relaxed);
        Some(index)
    }

    /// Evaluates the scope, which may be an expression of the user's. No other thread waits for it,
    /// since the expression may wait for that thread. So several threads may evaluate it. The first
    /// result counts.
    #[cold]
    fn evaluate_scope(&'static self) -> Option<usize> {
        let scope = match self.scope {
            Scope::Package(package) => scope::of_package(package),
            Scope::Own(scope) => scope::evaluate(ptr::from_ref(self).cast(), scope)?,
        };
        let index = scope::index_of(scope);
        let learned = self.learned.get();
        Some(learned.map_or(index, |learned| *learned.scope_index.get_or_init(|| index)))
    }

    /// Returns what [`scope_index`](Self::scope_index) returned, plus 1, or 0 before it was called.
    #[cfg(feature = "sdk")]
    #[inline]
    pub(crate) fn scope_number(&self) -> u32 {
        self.scope_number.load(Ordering::Relaxed)
    }

    /// Returns `true` if this call site opens no spans. A function that is filtered out costs
    /// nothing else.
    #[inline]
    pub(crate) fn is_off(&self) -> bool {
        self.state.load(Ordering::Relaxed) == state::OFF
    }

    /// Returns `true` if this call site opens a span in every call, provided that the thread finds
    /// a provider.
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        matches!(
            self.state.load(Ordering::Relaxed),
            state::WAITING | state::ON
        )
    }

    /// Returns `true` if this call site opens no spans, or if there has been no provider so far and
    /// `is_silent` returns `true`. The state takes one load, and this is inlined into every traced
    /// function.
    #[inline]
    pub(crate) fn is_off_or_waits(&self, is_silent: impl FnOnce() -> bool) -> bool {
        let state = self.state.load(Ordering::Relaxed);
        // One comparison tells the other states apart from both of these.
        state <= state::OFF && (state == state::OFF || is_silent())
    }

    /// Adds the attributes for the place of the function, by the semantic conventions for code.
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

    /// Returns `true` if [`function`](Self::function) was made from this closure. A span then need
    /// not state its function.
    #[cfg(feature = "sdk")]
    pub(crate) fn is_function(&self, closure: &'static str) -> bool {
        self.learned()
            .is_some_and(|learned| ptr::eq(learned.closure, closure))
    }

    /// Returns the place in the list of call sites, counted from 1, or 0 before the first call.
    #[cfg(feature = "sdk")]
    pub(crate) fn number(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    /// Returns the names of the instantiation that contains a closure with this type name.
    pub(crate) fn names(&self, closure: &'static str) -> Names {
        let learned = self.learned.get_or_init(|| Learned {
            closure,
            names: self.naming.names(self.name, closure),
            scope_index: OnceLock::new(),
        });
        if ptr::eq(learned.closure, closure) {
            learned.names
        } else {
            self.naming.names(self.name, closure)
        }
    }

    pub(in crate::site) fn learned(&self) -> Option<&Learned> {
        self.learned.get()
    }
}
