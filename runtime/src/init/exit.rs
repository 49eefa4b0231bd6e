//! Warns at the end of a process if spans are lost because the guard was not dropped.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{mem, process};

use crate::sdk::TracerProvider;
use crate::warning::warn;

/// The maximum time that the end of the process waits to learn whether spans are lost.
const PATIENCE: Duration = Duration::from_millis(200);

/// The provider of the existing guard, and the id of the process that created it. A forked process
/// has no background thread that could tell whether spans are lost.
static GUARDED: Mutex<Option<(u32, TracerProvider)>> = Mutex::new(None);

/// Notes that the guard of this provider must be dropped before the process ends.
pub(super) fn remember(provider: TracerProvider) {
    *lock() = Some((process::id(), provider));
}

/// Notes that the guard is being dropped.
pub(super) fn forget() {
    let provider = mem::take(&mut *lock());
    drop(provider);
}

fn lock() -> MutexGuard<'static, Option<(u32, TracerProvider)>> {
    GUARDED.lock().unwrap_or_else(PoisonError::into_inner)
}

dtor::declarative::dtor! {
    /// Runs in `exit`, including after `main` has returned. Other threads may still be running.
    #[dtor(unsafe)]
    fn at_exit() {
        // Another thread that holds the lock is setting tracing up or shutting it down.
        let Ok(guarded) = GUARDED.try_lock() else {
            return;
        };
        if let Some((process, provider)) = &*guarded
            && *process == process::id()
            && provider.has_unsent(PATIENCE)
        {
            warn(format_args!(
                "the program ends with spans that were not exported, since the guard of `traced::init` was not dropped: call `Guard::shutdown` before `std::process::exit`, and keep the guard in a variable of `main`, not in a static"
            ));
        }
    }
}
