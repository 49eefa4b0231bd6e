//! What each thread keeps: its tracers, its desk, the span that was just started, the last exception it recorded.

use std::cell::{Cell, RefCell};

use crate::ambient::{self, Attached};
use crate::contain::catch;
use crate::outcome::exception::Last;
#[cfg(feature = "sdk")]
use crate::sdk::Desk;
use crate::span::active::{Active, Spare};
use crate::span::tracers::Tracers;

thread_local! {
    static LOCAL: Local = Local::new();
}

/// The state of one thread.
pub(crate) struct Local {
    pub(crate) tracers: Tracers,
    /// The span that was just started, until its function takes it.
    pub(crate) started: Cell<Option<Active>>,
    pub(crate) spare: Cell<Option<Spare>>,
    /// The spans that are being worked on.
    #[cfg(feature = "sdk")]
    pub(crate) desk: Desk,
    /// The last exception.
    pub(crate) last_exception: Last,
    /// Memory for texts.
    pub(crate) text: Cell<String>,
    /// The contexts of cancelled futures that are being dropped on this thread.
    pub(crate) dropping: RefCell<Vec<Attached>>,
    context_is_alive: bool,
}

impl Local {
    /// Asks for the context first, so that this is destroyed before it: while this is there, a context can be had.
    fn new() -> Local {
        let context_is_alive = ambient::is_alive();
        Local {
            tracers: Tracers::default(),
            started: Cell::default(),
            spare: Cell::default(),
            #[cfg(feature = "sdk")]
            desk: Desk::default(),
            last_exception: Last::default(),
            text: Cell::default(),
            dropping: RefCell::default(),
            context_is_alive,
        }
    }
}

impl Drop for Local {
    /// A tracer may own the last handle of its provider, whose shutdown is foreign code: a panic here would abort.
    fn drop(&mut self) {
        catch(|| self.tracers.clear());
    }
}

/// Runs `f` with the thread's state; `None` in a thread that is ending, where no context can be had any more.
#[inline]
pub(crate) fn with<R>(f: impl FnOnce(&Local) -> Option<R>) -> Option<R> {
    LOCAL
        .try_with(|local| local.context_is_alive.then(|| f(local)).flatten())
        .ok()
        .flatten()
}
