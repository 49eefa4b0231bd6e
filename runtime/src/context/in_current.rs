//! Wraps a future, a stream or a closure in the context that is current.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use futures_core::Stream;
use opentelemetry::Context;
use pin_project_lite::pin_project;

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
fn in_context<T>(inner: T, context: Context) -> InContext<T> {
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
