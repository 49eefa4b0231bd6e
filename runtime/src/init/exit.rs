//! The end of a process whose guard was not dropped.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::sdk::TracerProvider;
use crate::warning::warn;

/// How long the end of the process waits for the answer whether spans are lost.
const PATIENCE: Duration = Duration::from_millis(200);

/// The provider that a guard is there for.
static GUARDED: Mutex<Option<TracerProvider>> = Mutex::new(None);

/// The guard of this provider is to be dropped before the process ends.
pub(super) fn remember(provider: TracerProvider) {
    *lock() = Some(provider);
}

/// It is.
pub(super) fn forget() {
    let provider = mem::take(&mut *lock());
    drop(provider);
}

fn lock() -> MutexGuard<'static, Option<TracerProvider>> {
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
        if let Some(provider) = &*guarded
            && provider.has_unsent(PATIENCE)
        {
            warn(format_args!(
                "the program ends with spans that were not exported, since the guard of `traced::init` was not dropped: call `Guard::shutdown` before `std::process::exit`, and keep the guard in a variable of `main`, not in a static"
            ));
        }
    }
}
