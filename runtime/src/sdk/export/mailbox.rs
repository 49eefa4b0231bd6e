//! The mailbox between the application's threads and the background thread.
//!
//! The application's threads leave orders: to look at the buffers, to flush, to shut down, or to
//! say whether anything is unsent. The background thread waits for orders, and answers those that
//! somebody waits for. Everything is behind one lock, which is held only to read or write a few
//! fields. Handing over a span takes the lock only when a buffer fills up.

use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};

use super::deadline::Deadline;

/// The orders for the background thread, and its answers.
#[derive(Default)]
pub(crate) struct Mailbox {
    state: Mutex<State>,
    /// The id of the background thread, once it runs.
    worker: OnceLock<ThreadId>,
    to_worker: Condvar,
    to_callers: Condvar,
}

#[derive(Default)]
struct State {
    /// `true` if a buffer is filling up.
    is_called: bool,
    /// The number of flushes that were asked for.
    asked: u64,
    /// The number of these flushes that are done.
    done: u64,
    /// The reason why the last flush or the shutdown failed, if it did.
    failure: Option<String>,
    /// `true` if somebody asks whether anything is unsent.
    is_asked: bool,
    /// The answer to that question.
    is_unsent: Option<bool>,
    /// The time limit of the shutdown that was asked for.
    shutdown: Option<Duration>,
    /// `true` if the background thread has ended.
    is_over: bool,
}

/// What the background thread has been asked to do.
pub(crate) struct Order {
    /// `true` if somebody waits for [`Mailbox::answer`].
    pub(crate) is_asked: bool,
    /// The number of all flushes that were asked for so far, if some of them are not done. They are
    /// done once everything is exported.
    pub(crate) flush: Option<u64>,
    /// The time limit of a shutdown.
    pub(crate) shutdown: Option<Duration>,
}

impl State {
    fn has_work(&self) -> bool {
        let is_flush = self.asked != self.done;
        self.is_called || self.is_asked || is_flush || self.shutdown.is_some()
    }
}

impl Mailbox {
    /// Marks the calling thread as the background thread.
    pub(crate) fn begin(&self) {
        let _ = self.worker.set(thread::current().id());
    }

    /// Tells the background thread to look at the buffers.
    pub(crate) fn call(&self) {
        self.lock().is_called = true;
        self.to_worker.notify_one();
    }

    /// Waits for an order, at most until `deadline`. If none has come by then, returns an empty
    /// one. Only the background thread calls this.
    pub(crate) fn wait(&self, deadline: Deadline) -> Order {
        let mut state = self.lock();
        while !state.has_work() {
            let left = deadline.left();
            if left.is_zero() {
                break;
            }
            let waited = self.to_worker.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.is_called = false;
        Order {
            is_asked: mem::take(&mut state.is_asked),
            flush: (state.asked > state.done).then_some(state.asked),
            shutdown: state.shutdown,
        }
    }

    /// Answers that the first `asked` flushes are done, and why the last one failed, if it did.
    /// Only the background thread calls this.
    pub(crate) fn flushed(&self, asked: u64, failure: Option<String>) {
        let mut state = self.lock();
        state.done = asked;
        state.failure = failure;
        self.to_callers.notify_all();
    }

    /// Says that the background thread has ended, and why its shutdown failed, if it did.
    pub(crate) fn over(&self, failure: Option<String>) {
        let mut state = self.lock();
        state.is_over = true;
        state.failure = failure;
        self.to_callers.notify_all();
    }

    /// Returns `true` if the background thread has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.lock().is_over
    }

    /// Orders a flush, and waits for at most `limit` until everything is exported. Returns an error
    /// if that takes longer or fails, if the background thread has ended, or if it calls this
    /// itself.
    pub(crate) fn flush(&self, limit: Duration) -> OTelSdkResult {
        self.refuse_worker()?;
        let mut state = self.lock();
        if state.is_over {
            return Err(OTelSdkError::AlreadyShutdown);
        }
        state.asked += 1;
        let mine = state.asked;
        self.to_worker.notify_one();
        self.wait_until(state, limit, |state| state.done >= mine)
    }

    /// Orders a shutdown, and waits for at most `limit` until everything is exported and the
    /// background thread has ended. Returns an error if that takes longer or fails.
    pub(crate) fn shutdown(&self, limit: Duration) -> OTelSdkResult {
        let mut state = self.lock();
        state.shutdown = Some(limit);
        self.to_worker.notify_one();
        self.wait_until(state, limit, |_| false)
    }

    /// Returns an error on the background thread, which must not wait for itself.
    pub(crate) fn refuse_worker(&self) -> OTelSdkResult {
        if self.worker.get() != Some(&thread::current().id()) {
            return Ok(());
        }
        let reason = "called by the exporter of this provider";
        Err(OTelSdkError::InternalFailure(reason.to_owned()))
    }

    /// Asks whether any span has ended and was not exported, and waits for the answer. Returns
    /// `None` if no answer comes within `limit`, and `Some(false)` if the background thread has
    /// ended.
    #[cfg(feature = "init")]
    pub(crate) fn ask(&self, limit: Duration) -> Option<bool> {
        let mut state = self.lock();
        state.is_asked = true;
        state.is_unsent = None;
        self.to_worker.notify_one();
        let waited = self.to_callers.wait_timeout_while(state, limit, |state| {
            state.is_unsent.is_none() && !state.is_over
        });
        let state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.is_unsent.or(state.is_over.then_some(false))
    }

    /// Answers [`ask`](Mailbox::ask). Only the background thread calls this.
    pub(crate) fn answer(&self, is_unsent: bool) {
        self.lock().is_unsent = Some(is_unsent);
        self.to_callers.notify_all();
    }

    fn wait_until(
        &self,
        mut state: MutexGuard<'_, State>,
        limit: Duration,
        is_done: impl Fn(&State) -> bool,
    ) -> OTelSdkResult {
        let deadline = Deadline::after(limit);
        while !is_done(&state) && !state.is_over {
            let left = deadline.left();
            if left.is_zero() {
                return Err(OTelSdkError::Timeout(limit));
            }
            let waited = self.to_callers.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        match &state.failure {
            None => Ok(()),
            Some(failure) => Err(OTelSdkError::InternalFailure(failure.clone())),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
