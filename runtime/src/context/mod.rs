//! Carries the current context to places where it would be lost: to other tasks and other threads.
//!
//! A task or a thread starts with an empty context, so its spans form a trace of their own. Started
//! through this module, it continues in the context of whoever started it. The span there may end
//! first.
//!
//! | to | write |
//! |---|---|
//! | a tokio task | [`spawn`]`(future)` |
//! | tokio's blocking pool | [`spawn_blocking`]`(closure)` |
//! | a thread | [`thread::spawn`]`(closure)`, [`thread::spawn_scoped`]`(scope, closure)` |
//! | anything that takes a future or a stream | [`in_current_context`]`(future)` |
//! | anything that takes a closure, as rayon does | [`call_in_current_context`]`(closure)`, [`each_in_current_context`]`(closure)` |
//!
//! # Channels
//!
//! Send the context with the item, and name it as the parent on the other side:
//!
//! ```
//! use std::sync::mpsc;
//! use opentelemetry::Context;
//! use traced::traced;
//!
//! struct Job {
//!     id: u64,
//!     context: Context,
//! }
//!
//! #[traced(parent = job.context)]
//! fn work(job: &Job) {}
//!
//! let (sender, receiver) = mpsc::channel();
//! sender.send(Job { id: 7, context: Context::current() })?;
//! work(&receiver.recv()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rayon
//!
//! ```
//! use traced::context::{call_in_current_context, each_in_current_context};
//! use rayon::prelude::*;
//!
//! # fn left() {} fn right() {}
//! rayon::join(call_in_current_context(left), call_in_current_context(right));
//! let squares: Vec<u64> = (0..10_u64).into_par_iter().map(each_in_current_context(|n| n * n)).collect();
//! # assert_eq!(squares[9], 81);
//! ```
//!
//! While a closure waits inside rayon, its thread may run another closure. One that is not wrapped
//! then sees the wrong context.
//!
//! # What a wrapper does
//!
//! A wrapper keeps the context in which it was created, by counting and without copying anything.
//! It attaches this context for one call or one poll, and restores the previous one before it
//! returns, so an executor may move it to another thread between two polls. A future or stream is
//! also dropped in its context, since `Drop` may use the current span. In a thread that is ending,
//! where no context can be attached, the call runs without one.

pub mod thread;
#[cfg(feature = "tokio")]
mod tokio;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::Stream;
use opentelemetry::Context;
use pin_project_lite::pin_project;

#[cfg(feature = "tokio")]
pub use self::tokio::{spawn, spawn_blocking};

use crate::ambient;

/// Wraps a future or stream so that it is polled, and dropped, in the context that is current now.
///
/// # Example
///
/// ```
/// use traced::context::in_current_context;
///
/// # async fn work() {}
/// # fn executor(future: impl Future) { drop(future); }
/// executor(in_current_context(work()));
/// ```
pub fn in_current_context<T>(inner: T) -> InContext<T> {
    in_context(inner, ambient::current())
}

/// Wraps a future or stream so that it is polled, and dropped, in this context.
pub(crate) fn in_context<T>(inner: T, context: Context) -> InContext<T> {
    InContext {
        inner: Some(inner),
        context,
    }
}

pin_project! {
    /// The future or stream that [`in_current_context`] returns.
    #[derive(Debug)]
    #[must_use = "futures and streams do nothing unless polled"]
    pub struct InContext<T> {
        // It is taken out when the wrapper is dropped.
        #[pin]
        inner: Option<T>,
        context: Context,
    }

    impl<T> PinnedDrop for InContext<T> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _guard = ambient::attach(this.context);
            this.inner.set(None);
        }
    }
}

impl<T> InContext<T> {
    fn poll_inside<R>(self: Pin<&mut Self>, poll: impl FnOnce(Pin<&mut T>) -> R) -> R {
        let this = self.project();
        let _guard = ambient::attach(this.context);
        match this.inner.as_pin_mut() {
            Some(inner) => poll(inner),
            None => unreachable!("it is there until it is dropped"),
        }
    }
}

impl<T: Future> Future for InContext<T> {
    type Output = T::Output;

    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<T::Output> {
        self.poll_inside(|future| future.poll(task))
    }
}

impl<T: Stream> Stream for InContext<T> {
    type Item = T::Item;

    fn poll_next(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<Option<T::Item>> {
        self.poll_inside(|stream| stream.poll_next(task))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.as_ref().map_or((0, None), Stream::size_hint)
    }
}

/// Wraps a closure so that it is called, once, in the context that is current now.
///
/// # Example
///
/// ```
/// use traced::context::call_in_current_context;
///
/// # fn work() -> u8 { 7 }
/// let worker = std::thread::Builder::new().name("worker".to_owned());
/// let handle = worker.spawn(call_in_current_context(work))?;
/// # assert_eq!(handle.join().unwrap(), 7);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn call_in_current_context<R>(f: impl FnOnce() -> R) -> impl FnOnce() -> R {
    let context = ambient::current();
    move || {
        let _guard = ambient::attach(&context);
        f()
    }
}

/// Wraps a closure of one argument so that it is called, any number of times, in the context that
/// is current now.
///
/// # Example
///
/// ```
/// use traced::context::each_in_current_context;
///
/// let lengths = ["a", "bc"].iter().map(each_in_current_context(|word: &&str| word.len()));
/// assert_eq!(lengths.sum::<usize>(), 3);
/// ```
pub fn each_in_current_context<A, R>(f: impl Fn(A) -> R) -> impl Fn(A) -> R {
    let context = ambient::current();
    move |argument| {
        let _guard = ambient::attach(&context);
        f(argument)
    }
}
