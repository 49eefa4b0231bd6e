//! The list of all call sites, and the decision which of them open spans.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::generation;
use crate::site::call_site::{CallSite, Learned, state};
use crate::site::filter::{self, Filter, FilterError};

/// The call sites that were called so far.
static SITES: Mutex<Vec<&'static CallSite>> = Mutex::new(Vec::new());
/// `true` if tracing is known to be off altogether.
static DISABLED: AtomicBool = AtomicBool::new(false);

fn sites() -> MutexGuard<'static, Vec<&'static CallSite>> {
    SITES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the traced functions and blocks that were called so far, in the order of their first
/// calls.
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

/// Returns the call site with this number, counted from 1, or `None` if there is none.
#[cfg(feature = "sdk")]
pub(crate) fn numbered(number: u32) -> Option<&'static CallSite> {
    let index = (number as usize).checked_sub(1)?;
    sites().get(index).copied()
}

/// Sets which traced functions open spans, in place of the variable `TRACED_FILTER`.
///
/// Directives are separated by commas. Each is a level (`off`, `error`, `warn`, `info`, `debug`,
/// `trace`) for all functions, `path=level` for functions whose `code.function.name` starts with
/// the segments of the path, or a path alone for all of its levels. A `*` in a path stands for any
/// number of segments. A path can have at most two of them. If several directives match, the one
/// with the most segments wins, and among those the last one. If none matches, `info` applies.
///
/// A function passes if its level (the option `level`, by default `info`) is at least as important
/// as that of the directive. A function that does not pass opens no span: the spans below it become
/// children of the span above it.
///
/// # Errors
///
/// Returns an error if a directive is not valid. In that case, the filter does not change.
///
/// # Example
///
/// ```
/// traced::set_filter("info,my_app::db=off,my_app::orders=debug,*::health=off")?;
/// # traced::set_filter("")?;
/// # Ok::<(), traced::FilterError>(())
/// ```
pub fn set_filter(directives: &str) -> Result<(), FilterError> {
    use_filter(directives.parse()?);
    Ok(())
}

/// Replaces the current filter, and decides again for every call site.
pub(crate) fn use_filter(filter: Filter) {
    filter::replace(filter);
    decide_all();
}

/// Turns tracing off altogether, as `OTEL_TRACES_EXPORTER=none` asks, or on again.
pub(crate) fn set_disabled(disabled: bool) {
    if DISABLED.swap(disabled, Ordering::Relaxed) != disabled {
        decide_all();
    }
}

/// Makes every thread ask the tracer provider again, at its next call.
pub(crate) fn ask_again() {
    if generation::raise() {
        decide_all();
    }
}

/// Decides again for every call site.
fn decide_all() {
    // This runs under the lock, so that if two filters are set at once, the last one holds
    // everywhere.
    for site in sites().iter() {
        site.decide();
    }
}

impl CallSite {
    /// Returns `true` if tracing is off, or if the filter leaves this function out. The first call
    /// registers the call site. `closure` is the type name of a closure in the function.
    pub(crate) fn is_filtered(&'static self, closure: &'static str) -> bool {
        if self.state.load(Ordering::Relaxed) == state::NEW {
            self.register(closure);
        }
        match self.state.load(Ordering::Relaxed) {
            state::DEPENDS => !filter::lets_through(self.names(closure).function, self.level()),
            state => state == state::OFF,
        }
    }

    #[cold]
    fn register(&'static self, closure: &'static str) {
        self.names(closure);
        let mut sites = sites();
        if self.state.load(Ordering::Relaxed) == state::NEW {
            // This runs under the lock, so that a filter that is set meanwhile is seen here or sees
            // this site.
            self.decide();
            sites.push(self);
            let number = u32::try_from(sites.len()).unwrap_or(0);
            self.number.store(number, Ordering::Relaxed);
        }
    }

    fn decide(&self) {
        let Some(Learned { closure, names, .. }) = self.learned() else {
            return;
        };
        let state = if DISABLED.load(Ordering::Relaxed) {
            state::OFF
        } else if closure.starts_with('<') && filter::looks_at_names() {
            state::DEPENDS
        } else if !filter::lets_through(names.function, self.level()) {
            state::OFF
        } else if generation::is_any() {
            state::ON
        } else {
            state::WAITING
        };
        self.state.store(state, Ordering::Relaxed);
    }
}
