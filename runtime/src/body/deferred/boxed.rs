//! The span of a function that returns a boxed future or stream. It lasts from the call until the
//! future or stream has ended.

use std::future::Future;
use std::pin::Pin;

use futures_core::Stream;

use crate::attributes::Attributes;
use crate::body::call;
use crate::body::future::Traced;
use crate::body::stream::TracedStream;
use crate::outcome::Failure;
use crate::span::Active;
use crate::span::Started;

/// A detector for a value that comes later. It is a function pointer, because the type of a closure
/// would bring the generics of the function into a type that must not have them.
pub(crate) type DeferredDetector<T> = for<'a> fn(&'a T, &mut Attributes<'_>) -> Option<Failure<'a>>;

/// Calls `body` inside the span, and wraps the boxed future that it returns. Without a span, the
/// future stays as it is.
#[inline]
pub fn returned_boxed_future<R: BoxedFuture>(
    started: Started,
    body: impl FnOnce() -> R,
    detector: DeferredDetector<R::Output>,
) -> R {
    match run(started, body) {
        (future, None) => future,
        (future, Some(active)) => future.wrap(active, detector),
    }
}

/// Calls `body` inside the span, and wraps the boxed stream that it returns. Without a span, the
/// stream stays as it is.
#[inline]
pub fn returned_boxed_stream<R: BoxedStream>(
    started: Started,
    body: impl FnOnce() -> R,
    detector: DeferredDetector<R::Item>,
) -> R {
    match run(started, body) {
        (stream, None) => stream,
        (stream, Some(active)) => stream.wrap(active, detector),
    }
}

/// Runs the part of a function that runs immediately, inside the span. Returns the span as well, if
/// there is one, since it goes on.
pub(crate) fn run<R>(started: Started, body: impl FnOnce() -> R) -> (R, Option<Active>) {
    match started.take() {
        None => (body(), None),
        Some(active) => call::run(active, body),
    }
}

/// A boxed future, with or without `Send` and `Sync`.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a boxed future that can be traced")]
pub trait BoxedFuture {
    /// The output of the future.
    type Output;

    /// Returns the future inside a span.
    fn wrap(self, active: Active, detector: DeferredDetector<Self::Output>) -> Self;
}

/// A boxed stream, with or without `Send` and `Sync`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a boxed stream",
    label = "expected `Pin<Box<dyn Stream<Item = T>>>`, with `Send` or without, or an alias of it"
)]
pub trait BoxedStream {
    /// The items of the stream.
    type Item;

    /// Returns the stream inside a span.
    fn wrap(self, active: Active, detector: DeferredDetector<Self::Item>) -> Self;
}

macro_rules! boxed {
    ($($($auto:ident)*;)*) => { $(
        impl<'f, T: 'f> BoxedFuture for Pin<Box<dyn Future<Output = T> $(+ $auto)* + 'f>> {
            type Output = T;

            fn wrap(self, active: Active, detector: DeferredDetector<T>) -> Self {
                Box::pin(Traced::new(self, Some(active), detector))
            }
        }

        impl<'s, T: 's> BoxedStream for Pin<Box<dyn Stream<Item = T> $(+ $auto)* + 's>> {
            type Item = T;

            fn wrap(self, active: Active, detector: DeferredDetector<T>) -> Self {
                Box::pin(TracedStream::new(self, Some(active), detector))
            }
        }
    )* };
}

boxed! {
    ;
    Send;
    Sync;
    Send Sync;
}
