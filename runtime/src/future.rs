//! The span of an asynchronous function.

use std::future::Future;
use std::marker::PhantomData;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use crate::failure::Failure;
use crate::local;
use crate::span::{Active, Started};

/// Polls `future` inside the span, and ends the span by what it returns.
#[inline]
pub fn future<F, O>(started: Started, future: F, failure: O) -> Traced<F, O>
where
    F: Future,
    O: for<'a> Fn(&'a F::Output) -> Option<Failure<'a>>,
{
    Traced {
        proof: PhantomData,
        future,
        span: Span(started.0),
        failure,
    }
}

pin_project! {
    /// A future inside a span. The fields are dropped in their order: the future, then the span that it lived in.
    #[must_use = "futures do nothing unless polled"]
    pub struct Traced<F, O> {
        // Lets the compiler prove that a span is `Send` once, at the outermost future, not at the innermost of a deep nest,
        // where the recursion limit is near.
        proof: PhantomData<Span>,
        #[pin]
        future: F,
        span: Span,
        failure: O,
    }

    impl<F, O> PinnedDrop for Traced<F, O> {
        fn drop(this: Pin<&mut Self>) {
            this.project().span.enter_for_drop();
        }
    }
}

impl<F, O> Future for Traced<F, O>
where
    F: Future,
    O: for<'a> Fn(&'a F::Output) -> Option<Failure<'a>>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        match &this.span.0 {
            None => this.future.poll(task),
            Some(_) => poll_inside(this.future, this.span, this.failure, task),
        }
    }
}

fn poll_inside<F, O>(
    future: Pin<&mut F>,
    span: &mut Span,
    failure: &O,
    task: &mut TaskContext<'_>,
) -> Poll<F::Output>
where
    F: Future,
    O: for<'a> Fn(&'a F::Output) -> Option<Failure<'a>>,
{
    let guard = span.0.as_ref().and_then(Active::attach);
    let polled = panic::catch_unwind(AssertUnwindSafe(|| future.poll(task)));
    drop(guard);
    match polled {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(returned)) => {
            if let Some(active) = span.0.take() {
                active.returned(failure(&returned));
            }
            Poll::Ready(returned)
        }
        Err(payload) => {
            if let Some(active) = span.0.take() {
                active.panicked(Some(&*payload));
            }
            panic::resume_unwind(payload)
        }
    }
}

/// The span of a future; if it is still there when the future is dropped, the future was cancelled.
struct Span(Option<Active>);

impl Span {
    /// Makes the span current while the future is dropped, until the span itself is.
    ///
    /// The guard waits in the thread's own state: a field would make the future `!Send`.
    fn enter_for_drop(&self) {
        if let Some(active) = &self.0 {
            let guard = active.attach();
            local::with(|local| {
                local.dropping.borrow_mut().push(guard);
                Some(())
            });
        }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(active) = self.0.take() {
            let guard = local::with(|local| local.dropping.borrow_mut().pop());
            drop(guard);
            active.cancelled();
        }
    }
}
