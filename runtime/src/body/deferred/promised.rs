//! The span of a function that returns `impl Future` or `impl Stream`. It lasts from the call until
//! the future or stream has ended.
//!
//! The macro sees the name of a trait, which may be the user's own, and the type of the output or
//! of the items. So method resolution finds out what the returned value is, as in
//! `outcome/detect.rs`. It is also given the type of the output or of the items. A body may leave
//! that open, as `async { "1".parse().unwrap() }` does. The compiler then infers it from there, as
//! it would from the signature.

#![expect(
    clippy::unused_self,
    reason = "what they say is found as the method of a value"
)]

use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;

use futures_core::Stream;

use crate::body::deferred::boxed::{DeferredDetector, run};
use crate::body::future::Traced;
use crate::body::stream::TracedStream;
use crate::outcome::Detector;
use crate::span::Active;
use crate::span::Started;

/// The returned value of a function, and the span that it was called in.
pub struct Promised<V> {
    value: V,
    span: Option<Active>,
}

/// Calls `body` inside the span.
#[inline]
pub fn promised<V>(started: Started, body: impl FnOnce() -> V) -> Promised<V> {
    let (value, span) = run(started, body);
    Promised { value, span }
}

impl<V> Promised<V> {
    /// Returns the first choice for the value's type.
    #[inline]
    #[must_use]
    pub fn __traced_ask(&self) -> MaybePromise<V> {
        MaybePromise(Plain(PhantomData))
    }

    /// Wraps the value in the span, if it is a future or a stream. Otherwise, ends the span.
    #[inline]
    pub fn __traced_wrap<K: Kind<V, D>, D>(self, kind: K, detector: D) -> K::Wrapped {
        kind.wrap(self, detector)
    }
}

/// The first choice: a future or a stream of the type `V`.
pub struct MaybePromise<V>(Plain<V>);

impl<F: Future> MaybePromise<F> {
    /// Chooses a future with the output `T`.
    #[inline]
    #[must_use]
    pub fn __traced_future<T>(self) -> AFuture<T>
    where
        F: Future<Output = T>,
    {
        AFuture(PhantomData)
    }
}

impl<S: Stream> MaybePromise<S> {
    /// Chooses a stream of `T`s.
    #[inline]
    #[must_use]
    pub fn __traced_stream<T>(self) -> AStream<T>
    where
        S: Stream<Item = T>,
    {
        AStream(PhantomData)
    }
}

impl<V> Deref for MaybePromise<V> {
    type Target = Plain<V>;

    #[inline]
    fn deref(&self) -> &Plain<V> {
        &self.0
    }
}

/// The last choice: a value that is neither a future nor a stream, because the trait in the
/// signature is another one with the same name.
pub struct Plain<V>(PhantomData<fn() -> V>);

impl<V> Plain<V> {
    /// Chooses a value that is not a future.
    #[inline]
    #[must_use]
    pub fn __traced_future<T>(&self) -> Neither<T> {
        Neither(PhantomData)
    }

    /// Chooses a value that is not a stream.
    #[inline]
    #[must_use]
    pub fn __traced_stream<T>(&self) -> Neither<T> {
        Neither(PhantomData)
    }
}

/// The kind of a value, which determines what its span covers.
pub trait Kind<V, D> {
    /// The type of the value inside its span.
    type Wrapped;

    /// Passes the span to the value, or ends the span.
    fn wrap(self, promised: Promised<V>, detector: D) -> Self::Wrapped;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident)*) => { $(
        $(#[$doc])*
        pub struct $kind<T>(PhantomData<fn() -> T>);

        impl<T> $kind<T> {
            /// Returns a detector that is a closure, with its parameter types stated.
            #[inline]
            #[must_use]
            pub fn __traced_detector(&self, detector: DeferredDetector<T>) -> DeferredDetector<T> {
                detector
            }
        }
    )* };
}

kinds! {
    /// A future, whose span ends with it.
    AFuture
    /// A stream, whose span ends with it.
    AStream
    /// Any other value: the span covers the call.
    Neither
}

impl<T, F: Future<Output = T>, D: Detector<T>> Kind<F, D> for AFuture<T> {
    type Wrapped = Traced<F, D>;

    #[inline]
    fn wrap(self, promised: Promised<F>, detector: D) -> Traced<F, D> {
        Traced::new(promised.value, promised.span, detector)
    }
}

impl<T, S: Stream<Item = T>, D: Detector<T>> Kind<S, D> for AStream<T> {
    type Wrapped = TracedStream<S, D>;

    #[inline]
    fn wrap(self, promised: Promised<S>, detector: D) -> TracedStream<S, D> {
        TracedStream::new(promised.value, promised.span, detector)
    }
}

impl<T, V, D> Kind<V, D> for Neither<T> {
    type Wrapped = V;

    #[inline]
    fn wrap(self, promised: Promised<V>, _detector: D) -> V {
        if let Some(active) = promised.span {
            active.returned(|_| None);
        }
        promised.value
    }
}
