//! The span of an asynchronous function.

use std::future::Future;
use std::marker::PhantomData;
use std::panic::{self, AssertUnwindSafe, RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use crate::active::Active;
use crate::attributes::Attributes;
use crate::failure::Failure;
use crate::local;
use crate::span::Started;

/// Polls `future` inside the span, and ends the span by what it returns.
#[inline]
pub fn future<F, O>(started: Started, future: F, failure: O) -> Traced<F, O>
where
    F: Future,
    O: for<'a> Fn(&'a F::Output, &mut Attributes<'_>) -> Option<Failure<'a>>,
{
    Traced::new(future, started.0, failure)
}

pin_project! {
    /// A future inside a span. The fields are dropped in their order: the future, then the span that it lived in.
    #[must_use = "futures do nothing unless polled"]
    pub struct Traced<F, O> {
        // Lets the compiler prove that a span is `Send` once, at the outermost future, not at the innermost of a deep nest,
        // where the recursion limit is near.
        proof: PhantomData<Span<true>>,
        #[pin]
        future: F,
        span: Span<true>,
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
    O: for<'a> Fn(&'a F::Output, &mut Attributes<'_>) -> Option<Failure<'a>>,
{
    type Output = F::Output;

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        match this.span.active() {
            None => this.future.poll(task),
            Some(_) => poll_inside(this.future, this.span, this.failure, task),
        }
    }
}

#[inline(never)]
fn poll_inside<F, O>(
    mut future: Pin<&mut F>,
    span: &mut Span<true>,
    failure: &O,
    task: &mut TaskContext<'_>,
) -> Poll<F::Output>
where
    F: Future,
    O: for<'a> Fn(&'a F::Output, &mut Attributes<'_>) -> Option<Failure<'a>>,
{
    let mut polled = Poll::Pending;
    span.run(&mut || polled = future.as_mut().poll(task));
    if let Poll::Ready(returned) = &polled {
        span.returned(&|span| failure(returned, span));
    }
    polled
}

impl<F, O> Traced<F, O> {
    pub(crate) fn new(future: F, active: Option<Active>, failure: O) -> Traced<F, O> {
        Traced {
            proof: PhantomData,
            future,
            span: Span::new(active),
            failure,
        }
    }
}

/// The span of a future or stream, which ends with it.
///
/// Being dropped before its end is worth a word of a future, which is `CANCELLED` then; for a stream it is a usual end.
pub(crate) struct Span<const CANCELLED: bool> {
    active: Option<Active>,
}

// An unwinding poll leaves the span ended and nothing half-done.
impl<const CANCELLED: bool> UnwindSafe for Span<CANCELLED> {}
impl<const CANCELLED: bool> RefUnwindSafe for Span<CANCELLED> {}

impl<const CANCELLED: bool> Span<CANCELLED> {
    pub(crate) fn new(active: Option<Active>) -> Self {
        Span { active }
    }

    /// Polls inside the span, which ends here only if that panics.
    #[inline(never)]
    pub(crate) fn run(&mut self, poll: &mut dyn FnMut()) {
        let guard = self.active().and_then(Active::attach);
        let result = panic::catch_unwind(AssertUnwindSafe(poll));
        drop(guard);
        if let Err(payload) = result {
            if let Some(active) = self.active.take() {
                active.panicked(Some(&*payload));
            }
            panic::resume_unwind(payload);
        }
    }

    /// Ends the span by what was returned.
    #[inline(never)]
    pub(crate) fn returned<'a>(
        &mut self,
        outcome: &dyn Fn(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) {
        if let Some(active) = self.active.take() {
            active.returned(outcome);
        }
    }

    pub(crate) fn active(&self) -> Option<&Active> {
        self.active.as_ref()
    }

    pub(crate) fn end(&mut self) {
        if let Some(active) = self.active.take() {
            active.end();
        }
    }

    /// Makes the span current while the future is dropped, until the span itself is.
    ///
    /// The guard waits in the thread's own state: a field would make the future `!Send`.
    #[inline]
    pub(crate) fn enter_for_drop(&self) {
        if let Some(active) = &self.active {
            attach_for_drop(active);
        }
    }
}

impl<const CANCELLED: bool> Drop for Span<CANCELLED> {
    #[inline]
    fn drop(&mut self) {
        if self.active.is_some() {
            end_dropped(&mut self.active, CANCELLED);
        }
    }
}

#[cold]
#[inline(never)]
fn attach_for_drop(active: &Active) {
    let guard = active.attach();
    local::with(|local| {
        local.dropping.borrow_mut().push(guard);
        Some(())
    });
}

#[cold]
#[inline(never)]
fn end_dropped(active: &mut Option<Active>, cancelled: bool) {
    let guard = local::with(|local| local.dropping.borrow_mut().pop());
    drop(guard);
    match active.take() {
        Some(active) if cancelled => active.cancelled(),
        Some(active) => active.end(),
        None => {}
    }
}
