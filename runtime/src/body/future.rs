//! The span of an asynchronous function.

use std::any::type_name;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use crate::ambient::Inside;
use crate::attributes::Attributes;
use crate::body::polled::Span;
use crate::body::run::Detecting;
use crate::outcome::Detector;
use crate::outcome::Failure;
use crate::site::CallSite;
use crate::span::start::start_plain_unless_skipped;
use crate::span::{Active, Started};

/// Wraps `future` in the span, which is current during each poll and ends with the output.
#[inline]
pub fn future<F, D>(started: Started, future: F, detector: D) -> Traced<F, D> {
    Traced {
        proof: PhantomData,
        future,
        span: taken(started),
        detector,
    }
}

/// Takes the span, if one was started. The part for a call without a span is inlined.
#[inline]
fn taken(started: Started) -> Span {
    Span::new(if started.is_none() {
        None
    } else {
        held(started)
    })
}

/// Takes the span. This is a separate function so that less is compiled for each asynchronous
/// function.
#[inline(never)]
fn held(started: Started) -> Option<Active> {
    started.take()
}

/// Does what [`future`] does, for a span that needs nothing but its call site. It does not call
/// [`future`], so that only one function is compiled for each asynchronous function.
#[inline]
pub fn future_at<F, D>(site: &'static CallSite, future: F, detector: D) -> Traced<F, D> {
    Traced {
        proof: PhantomData,
        future,
        span: taken(start_plain_unless_skipped(site, type_name::<F>())),
        detector,
    }
}

/// Does what [`future`] does, for a detector that is a closure. The signature states the types of
/// its parameters.
#[inline]
pub fn future_by<F, D>(started: Started, future: F, detector: D) -> Traced<F, D>
where
    F: Future,
    D: for<'a> Fn(&'a F::Output, &mut Attributes<'_>) -> Option<Failure<'a>>,
{
    self::future(started, future, detector)
}

pin_project! {
    /// A future inside a span. The fields are dropped in this order: first the future, then its
    /// span.
    #[must_use = "futures do nothing unless polled"]
    pub struct Traced<F, D> {
        // This makes the compiler prove that a span is `Send` at the outermost future, once, and
        // not at the innermost one of a deep nest, where the recursion limit is near.
        proof: PhantomData<Span>,
        #[pin]
        future: F,
        span: Span,
        detector: D,
    }

    impl<F, D> PinnedDrop for Traced<F, D> {
        fn drop(this: Pin<&mut Self>) {
            this.project().span.enter_for_drop();
        }
    }
}

impl<F, D> Future for Traced<F, D>
where
    F: Future,
    D: Detector<F::Output>,
{
    type Output = F::Output;

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, task: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        if this.span.is_none() {
            return this.future.poll(task);
        }
        let mut call = PollCall {
            future: this.future,
            task,
            detector: this.detector,
            polled: Poll::Pending,
        };
        if D::CAN_FIND {
            this.span.run_and_detect(&mut call);
        } else {
            this.span.run_to_end(&mut call);
        }
        call.polled
    }
}

/// One poll of a future.
struct PollCall<'p, 't, F: Future, D> {
    future: Pin<&'p mut F>,
    task: &'p mut TaskContext<'t>,
    detector: &'p D,
    polled: Poll<F::Output>,
}

impl<F, D> Inside for PollCall<'_, '_, F, D>
where
    F: Future,
    D: Detector<F::Output>,
{
    fn run(&mut self) -> bool {
        let polled = self.future.as_mut().poll(self.task);
        // The old value has nothing to drop. The compiler does not know that, and would generate
        // code for it.
        mem::forget(mem::replace(&mut self.polled, polled));
        self.polled.is_ready()
    }
}

impl<F, D> Detecting for PollCall<'_, '_, F, D>
where
    F: Future,
    D: Detector<F::Output>,
{
    fn outcome<'a>(&'a self, span: &mut Attributes<'_>) -> Option<Failure<'a>> {
        match &self.polled {
            Poll::Ready(returned) => self.detector.detect(returned, span),
            Poll::Pending => None,
        }
    }
}

impl<F, D> Traced<F, D> {
    pub(crate) fn new(future: F, active: Option<Active>, detector: D) -> Traced<F, D> {
        Traced {
            proof: PhantomData,
            future,
            span: Span::new(active),
            detector,
        }
    }
}
