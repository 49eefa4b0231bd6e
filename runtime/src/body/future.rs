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
use crate::body::run::Looked;
use crate::outcome::Failure;
use crate::outcome::Look;
use crate::site::CallSite;
use crate::span::start::start_plain_unless_skipped;
use crate::span::{Active, Started};

/// Wraps `future` so that it is polled inside the span, and its output ends the span.
#[inline]
pub fn future<F, L>(started: Started, future: F, look: L) -> Traced<F, L> {
    Traced {
        proof: PhantomData,
        future,
        span: Span::new(if started.is_none() {
            None
        } else {
            held(started)
        }),
        look,
    }
}

/// Takes the span. This is a separate function so that less is compiled for each asynchronous
/// function.
#[inline(never)]
fn held(started: Started) -> Option<Active> {
    started.take()
}

/// Does what [`future`] does, for a span that needs nothing but its call site.
#[inline]
pub fn future_at<F, L>(site: &'static CallSite, future: F, look: L) -> Traced<F, L> {
    self::future(
        start_plain_unless_skipped(site, type_name::<F>()),
        future,
        look,
    )
}

/// Does what [`future`] does, for a look that is a closure, whose parameter types this states.
#[inline]
pub fn future_by<F, L>(started: Started, future: F, look: L) -> Traced<F, L>
where
    F: Future,
    L: for<'a> Fn(&'a F::Output, &mut Attributes<'_>) -> Option<Failure<'a>>,
{
    self::future(started, future, look)
}

pin_project! {
    /// A future inside a span. The fields are dropped in this order: first the future, then its
    /// span.
    #[must_use = "futures do nothing unless polled"]
    pub struct Traced<F, L> {
        // This makes the compiler prove that a span is `Send` at the outermost future, once, and
        // not at the innermost one of a deep nest, where the recursion limit is near.
        proof: PhantomData<Span>,
        #[pin]
        future: F,
        span: Span,
        look: L,
    }

    impl<F, L> PinnedDrop for Traced<F, L> {
        fn drop(this: Pin<&mut Self>) {
            this.project().span.enter_for_drop();
        }
    }
}

impl<F, L> Future for Traced<F, L>
where
    F: Future,
    L: Look<F::Output>,
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
            look: this.look,
            polled: Poll::Pending,
        };
        if L::SEES {
            this.span.run_and_look(&mut call);
        } else {
            this.span.run_to_end(&mut call);
        }
        call.polled
    }
}

/// One poll of a future.
struct PollCall<'p, 't, F: Future, L> {
    future: Pin<&'p mut F>,
    task: &'p mut TaskContext<'t>,
    look: &'p L,
    polled: Poll<F::Output>,
}

impl<F, L> Inside for PollCall<'_, '_, F, L>
where
    F: Future,
    L: Look<F::Output>,
{
    fn run(&mut self) -> bool {
        let polled = self.future.as_mut().poll(self.task);
        // The old value has nothing to drop. The compiler does not know that, and would generate
        // code for it.
        mem::forget(mem::replace(&mut self.polled, polled));
        self.polled.is_ready()
    }
}

impl<F, L> Looked for PollCall<'_, '_, F, L>
where
    F: Future,
    L: Look<F::Output>,
{
    fn outcome<'a>(&'a self, span: &mut Attributes<'_>) -> Option<Failure<'a>> {
        match &self.polled {
            Poll::Ready(returned) => self.look.look(returned, span),
            Poll::Pending => None,
        }
    }
}

impl<F, L> Traced<F, L> {
    pub(crate) fn new(future: F, active: Option<Active>, look: L) -> Traced<F, L> {
        Traced {
            proof: PhantomData,
            future,
            span: Span::new(active),
            look,
        }
    }
}
