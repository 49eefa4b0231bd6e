//! The end of a process whose guard was not dropped.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{mem, process};

use crate::sdk::TracerProvider;
use crate::warning::warn;

/// How long the end of the process waits for the answer whether spans are lost.
const PATIENCE: Duration = Duration::from_millis(200);

/// The provider that a guard is there for, and the process that it is in: a fork has no background thread to ask.
static GUARDED: Mutex<Option<(u32, TracerProvider)>> = Mutex::new(None);

/// The guard of this provider is to be dropped before the process ends.
pub(super) fn remember(provider: TracerProvider) {
    *lock() = Some((process::id(), provider));
}

/// It is.
pub(super) fn forget() {
    let provider = mem::take(&mut *lock());
    drop(provider);
}

fn lock() -> MutexGuard<'static, Option<(u32, TracerProvider)>> {
    GUARDED.lock().unwrap_or_else(PoisonError::into_inner)
}

dtor::declarative::dtor! {
    /// What `exit` calls, also after `main` has returned: other threads are still there.
    #[dtor(unsafe)]
    fn at_exit() {
        // Whoever holds the lock is setting tracing up, or ends it.
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
