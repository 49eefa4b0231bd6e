//! The span of an asynchronous function.

use std::any::type_name;
use std::cell::RefCell;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use pin_project_lite::pin_project;

use crate::ambient::{self, Attached, BeforeContext, Inside};
use crate::attributes::Attributes;
use crate::body::call::{Looked, panicked};
use crate::outcome::Failure;
use crate::outcome::Look;
use crate::site::CallSite;
use crate::span::start::start_plain_unless_skipped;
use crate::span::{Active, Running, Started};

thread_local! {
    /// The contexts of futures and streams that are being dropped on this thread before they have ended.
    static DROPPING: BeforeContext<RefCell<Vec<Attached>>> = BeforeContext::new();
}

/// Wraps `future` so that it is polled inside the span, and its output ends the span.
#[inline]
pub fn future<F, L>(started: Started, future: F, look: L) -> Traced<F, L> {
    Traced {
        proof: PhantomData,
        future,
        span: Span {
            held: if started.is_none() {
                None
            } else {
                held(started)
            },
        },
        look,
    }
}

/// Takes the span. This is a separate function so that less is compiled for each asynchronous function.
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
    /// A future inside a span. The fields are dropped in this order: first the future, then its span.
    #[must_use = "futures do nothing unless polled"]
    pub struct Traced<F, L> {
        // Makes the compiler prove that a span is `Send` at the outermost future, once, and not at the innermost one of a
        // deep nest, where the recursion limit is near.
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
        // The old value has nothing to drop. The compiler does not know that, and would generate code for it.
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

/// The span of a future or stream, which ends with it.
pub(crate) struct Span {
    /// `None` while the future is polled, and after the end.
    held: Option<Active>,
}

// An unwinding poll leaves the span ended and nothing half-done.
impl UnwindSafe for Span {}
impl RefUnwindSafe for Span {}

impl Span {
    #[inline]
    pub(crate) fn new(active: Option<Active>) -> Self {
        Span { held: active }
    }

    #[inline]
    pub(crate) fn is_none(&self) -> bool {
        self.held.is_none()
    }

    /// Polls inside the span. If the future is ready, ends the span with its outcome.
    #[inline(never)]
    fn run_and_look(&mut self, call: &mut dyn Looked) {
        if let Some(place) = self.poll(call)
            && let Some(active) = place.leave()
        {
            active.returned(|span| call.outcome(span));
        }
    }

    /// Polls a future that cannot fail inside the span. If it is ready, ends the span.
    #[inline(never)]
    fn run_to_end(&mut self, call: &mut dyn Inside) {
        if let Some(place) = self.poll(call) {
            place.succeeded_at_last();
        }
    }

    /// Polls inside the span, which ends here only if the poll panics.
    #[inline(never)]
    pub(crate) fn run_once(&mut self, call: &mut dyn Inside) {
        if let Some(place) = self.poll(call) {
            self.held = place.leave();
        }
    }

    /// Polls inside the span. If that was the last poll, returns the running span.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a frame less without optimisation")]
    fn poll(&mut self, call: &mut dyn Inside) -> Option<Running> {
        let Some(active) = self.held.take() else {
            call.run();
            return None;
        };
        let (context, place) = active.enter();
        let mut context = Some(context);
        match ambient::run(|| context.take(), call) {
            Ok(true) => Some(place),
            Ok(false) => {
                self.held = place.leave();
                None
            }
            Err(payload) => panicked(Some(place), payload),
        }
    }

    /// Ends the span with this outcome.
    #[inline(never)]
    pub(crate) fn returned<'a>(
        &mut self,
        outcome: &dyn Fn(&mut Attributes<'_>) -> Option<Failure<'a>>,
    ) {
        if let Some(active) = self.held.take() {
            active.returned(outcome);
        }
    }

    pub(crate) fn active(&mut self) -> Option<&mut Active> {
        self.held.as_mut()
    }

    pub(crate) fn end(&mut self) {
        if let Some(active) = self.held.take() {
            active.end();
        }
    }

    /// Makes the span current while the future is dropped, until the span itself is dropped.
    ///
    /// The guard is kept in a thread-local: a field would make the future `!Send`.
    #[inline]
    pub(crate) fn enter_for_drop(&self) {
        if !self.is_none() {
            self.attach_for_drop();
        }
    }

    #[cold]
    #[inline(never)]
    fn attach_for_drop(&self) {
        let guard = self.held.as_ref().map_or(Attached::NOT, Active::attach);
        BeforeContext::with(&DROPPING, |dropping| {
            dropping.borrow_mut().push(guard);
            Some(())
        });
    }

    /// Ends the span of a future or stream that is dropped before it has ended.
    #[cold]
    #[inline(never)]
    pub(crate) fn end_dropped(&mut self, end: fn(Active)) {
        let guard = BeforeContext::with(&DROPPING, |dropping| dropping.borrow_mut().pop());
        drop(guard);
        if let Some(active) = self.held.take() {
            end(active);
        }
    }
}

impl Drop for Span {
    #[inline]
    fn drop(&mut self) {
        if !self.is_none() {
            self.end_dropped(Active::cancelled);
        }
    }
}
