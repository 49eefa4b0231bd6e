//! The span of a function that returns `impl Future` or `impl Stream`: from the call until that is over.
//!
//! The macro sees the name of a trait, which may be a trait of the user's own, and the type that the future or the items have. So
//! method resolution is asked what the returned value is, as in `outcome/detect.rs`, and is told the type: where a body leaves it open, as
//! in `async { "1".parse().unwrap() }`, the compiler takes it from there, as it took it from the signature.

#![expect(
    clippy::unused_self,
    reason = "what they say is found as the method of a value"
)]

use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;

use futures_core::Stream;

use crate::body::deferred::boxed::{LookLater, run};
use crate::body::future::Traced;
use crate::body::stream::TracedStream;
use crate::outcome::Look;
use crate::span::Active;
use crate::span::Started;

/// What a function returned, and the span it was called in.
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
    /// Asks the value's type what it is.
    #[inline]
    #[must_use]
    pub fn __traced_ask(&self) -> MaybePromise<V> {
        MaybePromise(Plain(PhantomData))
    }

    /// The value inside the span, if it is a future or a stream.
    #[inline]
    pub fn __traced_wrap<K: Kind<V, L>, L>(self, kind: K, look: L) -> K::Wrapped {
        kind.wrap(self, look)
    }
}

/// First choice: a future or a stream of this type.
pub struct MaybePromise<V>(Plain<V>);

impl<F: Future> MaybePromise<F> {
    /// A future that returns a `T`.
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
    /// A stream of `T`s.
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

/// What is left: a value of a trait that has the same name.
pub struct Plain<V>(PhantomData<fn() -> V>);

impl<V> Plain<V> {
    /// Not a future.
    #[inline]
    #[must_use]
    pub fn __traced_future<T>(&self) -> Neither<T> {
        Neither(PhantomData)
    }

    /// Not a stream.
    #[inline]
    #[must_use]
    pub fn __traced_stream<T>(&self) -> Neither<T> {
        Neither(PhantomData)
    }
}

/// What a value is, and so what its span covers.
pub trait Kind<V, L> {
    /// The value inside its span.
    type Wrapped;

    /// Hands the span on to the value, or ends it.
    fn wrap(self, promised: Promised<V>, look: L) -> Self::Wrapped;
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident)*) => { $(
        $(#[$doc])*
        pub struct $kind<T>(PhantomData<fn() -> T>);

        impl<T> $kind<T> {
            /// Gives a closure that looks at a `T` its type.
            #[inline]
            #[must_use]
            pub fn __traced_look_later(&self, look: LookLater<T>) -> LookLater<T> {
                look
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

impl<T, F: Future<Output = T>, L: Look<T>> Kind<F, L> for AFuture<T> {
    type Wrapped = Traced<F, L>;

    #[inline]
    fn wrap(self, promised: Promised<F>, look: L) -> Traced<F, L> {
        Traced::new(promised.value, promised.span, look)
    }
}

impl<T, S: Stream<Item = T>, L: Look<T>> Kind<S, L> for AStream<T> {
    type Wrapped = TracedStream<S, L>;

    #[inline]
    fn wrap(self, promised: Promised<S>, look: L) -> TracedStream<S, L> {
        TracedStream::new(promised.value, promised.span, look)
    }
}

impl<T, V, L> Kind<V, L> for Neither<T> {
    type Wrapped = V;

    #[inline]
    fn wrap(self, promised: Promised<V>, _look: L) -> V {
        if let Some(active) = promised.span {
            active.returned(|_| None);
        }
        promised.value
    }
}
