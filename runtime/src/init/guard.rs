//! What keeps tracing set up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
#[cfg(feature = "logs")]
use std::time::Instant;

use super::error::InitError;
#[cfg(feature = "logs")]
use super::logs::Logs;
use super::provider::Provider;
use super::signal::Signal;

/// Keeps tracing set up; when it is dropped, what has ended is exported and the provider is shut down.
///
/// That takes no longer than the time limit ([`Builder::shutdown_timeout`](crate::Builder::shutdown_timeout), 5 seconds unless said
/// otherwise), whatever the collector does; a warning on standard error says if spans, or logs, were lost by it. It happens too when a panic
/// unwinds `main`. It does not where nothing is dropped, and what was not exported by then is lost: in a process that a
/// signal ends, which has to be handled so that `main` returns; after [`std::process::exit`], before which
/// [`shutdown`](Guard::shutdown) is to be called; in a process that aborts. Spans that end later than the guard are lost as well.
#[derive(Debug)]
#[must_use = "tracing is shut down when the guard is dropped: bind it to a variable that lives as long as the program"]
pub struct Guard {
    /// None where spans go nowhere.
    pub(super) provider: Option<Provider>,
    /// The same of logs.
    #[cfg(feature = "logs")]
    pub(super) logs: Option<Logs>,
    pub(super) limit: Duration,
    pub(super) _claim: Claim,
}

impl Guard {
    /// Exports what has ended, and goes on; waits until that is done, at most 5 seconds, and as long for logs.
    ///
    /// For a process that is frozen between requests, as functions in a cloud are.
    ///
    /// # Example
    ///
    /// ```no_run
    /// let guard = traced::init()?;
    /// // … a request …
    /// guard.flush();
    /// # Ok::<(), traced::InitError>(())
    /// ```
    pub fn flush(&self) {
        let flushed = self.provider.as_ref().is_none_or(Provider::flush);
        Signal::Traces.check(flushed, "in time");
        #[cfg(feature = "logs")]
        {
            let flushed = self.logs.as_ref().is_none_or(Logs::flush);
            Signal::Logs.check(flushed, "in time");
        }
    }

    /// The same as dropping the guard, for a program that ends by [`std::process::exit`].
    ///
    /// # Example
    ///
    /// ```no_run
    /// let guard = traced::init()?;
    /// // … the program …
    /// guard.shutdown();
    /// std::process::exit(3);
    /// # #[allow(unreachable_code)]
    /// # Ok::<(), traced::InitError>(())
    /// ```
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let limit = self.limit;
        #[cfg(feature = "logs")]
        let limit = limit.saturating_sub(self.end_of_logs(limit / 2));
        let provider = self.provider.as_ref();
        let done = provider.is_none_or(|provider| provider.shutdown(limit));
        Signal::Traces.check(done, &format!("within {:?}, and are lost", self.limit));
    }
}

#[cfg(feature = "logs")]
impl Guard {
    /// Shuts logs down within a limit that leaves time for spans; how long that took.
    fn end_of_logs(&self, limit: Duration) -> Duration {
        let begun = Instant::now();
        let logs = self.logs.as_ref();
        let done = logs.is_none_or(|logs| logs.shutdown(limit));
        Signal::Logs.check(done, &format!("within {limit:?}, and are lost"));
        begun.elapsed()
    }
}

/// That this process has tracing set up; there is one at a time.
#[derive(Debug)]
pub(super) struct Claim(());

static CLAIMED: AtomicBool = AtomicBool::new(false);

impl Claim {
    pub(super) fn take() -> Result<Claim, InitError> {
        if CLAIMED.swap(true, Ordering::AcqRel) {
            return Err(InitError::twice());
        }
        Ok(Claim(()))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        CLAIMED.store(false, Ordering::Release);
    }
}
