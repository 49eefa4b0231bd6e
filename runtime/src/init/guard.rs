//! The guard that keeps tracing set up.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::error::InitError;
use super::exit;
#[cfg(feature = "logs")]
use super::logs::Logs;
use super::provider::Provider;
use super::signal::Signal;
use crate::sdk::Stats;

/// Keeps tracing set up. When it is dropped, everything that has ended is exported, and the
/// provider is shut down.
///
/// Dropping takes no longer than the time limit
/// ([`Builder::with_shutdown_timeout`](crate::Builder::with_shutdown_timeout), by default 5
/// seconds), whatever the collector does. If spans or logs are lost because of this limit, a
/// warning on standard error says so.
///
/// The guard is also dropped when a panic unwinds `main`. In the following cases it is not dropped,
/// and everything that has not been exported is lost:
///
/// - A signal ends the process. Handle the signal so that `main` returns.
/// - The guard is in a `static`, or the program calls [`std::process::exit`]. Call
///   [`shutdown`](Guard::shutdown) first. If you do not, a warning on standard error reports the
///   loss.
/// - The process aborts.
///
/// Spans that end after the guard was dropped are lost as well, which is reported once.
#[derive(Debug)]
#[must_use = "tracing is shut down when the guard is dropped: bind it to a variable that lives as long as the program"]
pub struct Guard {
    /// `None` if spans go nowhere.
    pub(super) provider: Option<Provider>,
    /// `None` if logs go nowhere.
    #[cfg(feature = "logs")]
    pub(super) logs: Option<Logs>,
    pub(super) limit: Duration,
    pub(super) vain: Vain,
    pub(super) _claim: Claim,
}

impl Guard {
    /// Exports the spans that have ended and the log records so far, and waits for that for at most
    /// 5 seconds.
    ///
    /// This is for a process that is frozen between requests, such as a cloud function. If a flush
    /// fails, and no export succeeds after it, the time that it took is subtracted from the time
    /// limit for dropping the guard.
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
        #[cfg(feature = "logs")]
        std::thread::scope(|scope| {
            let logs = || self.flush_logs();
            let beside = std::thread::Builder::new().spawn_scoped(scope, logs);
            self.flush_traces();
            if beside.is_err() {
                self.flush_logs();
            }
        });
        #[cfg(not(feature = "logs"))]
        self.flush_traces();
    }

    fn flush_traces(&self) {
        let flush = || self.provider.as_ref().is_none_or(Provider::flush);
        let flushed = self.vain.traces.of(flush);
        Signal::Traces.check(flushed, "in time");
    }

    /// Returns what has become of the spans so far. All counts are zero if spans go nowhere.
    ///
    /// # Example
    ///
    /// ```no_run
    /// let guard = traced::init()?;
    /// // … the program …
    /// guard.flush();
    /// let stats = guard.stats();
    /// println!("{} of {} spans lost", stats.dropped.total(), stats.recorded);
    /// # Ok::<(), traced::InitError>(())
    /// ```
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.provider
            .as_ref()
            .map(Provider::stats)
            .unwrap_or_default()
    }

    /// Drops the guard, for a program that ends with [`std::process::exit`].
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
        exit::forget();
        let limit = self.limit;
        #[cfg(feature = "logs")]
        let limit = limit.saturating_sub(self.end_of_logs(limit / 2));
        let limit = self.vain.traces.left_of(limit, Signal::Traces);
        let provider = self.provider.as_ref();
        let done = provider.is_none_or(|provider| provider.shutdown(limit));
        Signal::Traces.check(done, &format!("within {:?}, and are lost", self.limit));
    }
}

#[cfg(feature = "logs")]
impl Guard {
    fn flush_logs(&self) {
        let flush = || self.logs.as_ref().is_none_or(Logs::flush);
        let flushed = self.vain.logs.of(flush);
        Signal::Logs.check(flushed, "in time");
    }

    /// Shuts logs down within the limit, and returns how long that took.
    fn end_of_logs(&self, limit: Duration) -> Duration {
        let begun = Instant::now();
        let logs = self.logs.as_ref();
        let left = self.vain.logs.left_of(limit, Signal::Logs);
        let done = logs.is_none_or(|logs| logs.shutdown(left));
        Signal::Logs.check(done, &format!("within {limit:?}, and are lost"));
        begun.elapsed()
    }
}

/// The time that the last flush of each signal waited in vain.
#[derive(Debug, Default)]
pub(super) struct Vain {
    traces: Wait,
    #[cfg(feature = "logs")]
    logs: Wait,
}

/// The time that the last flush waited, in milliseconds, or zero if it succeeded.
#[derive(Debug, Default)]
struct Wait(AtomicU64);

impl Wait {
    /// Measures a flush. Returns `true` if it succeeded.
    fn of(&self, flush: impl FnOnce() -> bool) -> bool {
        let begun = Instant::now();
        let is_done = flush();
        let waited = begun.elapsed().as_millis();
        let waited = u64::try_from(waited).unwrap_or(u64::MAX);
        let vain = if is_done { 0 } else { waited };
        self.0.store(vain, Ordering::Relaxed);
        is_done
    }

    /// Returns what is left of a limit: the time that the last flush waited in vain is subtracted,
    /// unless something has been exported since.
    fn left_of(&self, limit: Duration, signal: Signal) -> Duration {
        if !signal.outage().is_said() {
            return limit;
        }
        limit.saturating_sub(Duration::from_millis(self.0.load(Ordering::Relaxed)))
    }
}

/// The claim to have tracing set up. A process has at most one at a time.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_waited_in_vain_is_not_waited_again_while_nothing_gets_through() {
        let (limit, seconds) = (Duration::from_secs(5), Duration::from_secs);
        let wait = Wait(AtomicU64::new(3_000));
        assert_eq!(wait.left_of(limit, Signal::Traces), limit);
        Signal::Traces.check(false, "in time");
        assert_eq!(wait.left_of(limit, Signal::Traces), seconds(2));
        assert_eq!(wait.left_of(seconds(1), Signal::Traces), Duration::ZERO);
        Signal::Traces.outage().end();
        assert_eq!(wait.left_of(limit, Signal::Traces), limit);
        assert!(wait.of(|| true));
        assert_eq!(wait.0.into_inner(), 0);
    }
}
