//! The span of a function whose return type may be an alias of a boxed future.
//!
//! The macro only sees the name of the alias. So method resolution finds out what the type is, as
//! in `outcome/detect.rs`, and the choice that it makes calls the body.

#![expect(
    clippy::inline_always,
    reason = "saves a frame and a copy without optimization"
)]
#![expect(
    clippy::unused_self,
    reason = "what they do is found as the method of a value"
)]

use std::any::type_name;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;

use crate::attributes::Attributes;
use crate::body::call;
use crate::body::deferred::boxed::{BoxedFuture, DeferredDetector, returned_boxed_future};
use crate::outcome::Failure;
use crate::outcome::detect::{self, Detector, MaybeDisplay, MaybeError};
use crate::site::CallSite;
use crate::span::Started;
use crate::span::start::start_plain_unless_skipped;

/// Returns the first choice for a type. Method resolution on it finds out what the type is.
#[inline]
#[must_use]
pub fn alias<R>() -> MaybeBoxed<R> {
    MaybeBoxed(Itself(PhantomData))
}

/// The first choice: a boxed future.
pub struct MaybeBoxed<R>(Itself<R>);

macro_rules! boxed {
    ($($($auto:ident)*;)*) => { $(
        impl<'f, T: 'f> MaybeBoxed<Pin<Box<dyn Future<Output = T> $(+ $auto)* + 'f>>> {
            /// Chooses a boxed future, whatever its alias is called.
            #[inline]
            #[must_use]
            pub fn __traced_alias(self) -> ABoxedFuture<T> {
                ABoxedFuture(PhantomData)
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

impl<R> Deref for MaybeBoxed<R> {
    type Target = Itself<R>;

    #[inline]
    fn deref(&self) -> &Itself<R> {
        &self.0
    }
}

/// The choice for a boxed future with the output `T`. The span ends when the future does.
pub struct ABoxedFuture<T>(PhantomData<fn() -> T>);

impl<T> ABoxedFuture<T> {
    /// Returns the choices for the detector of the output of the future.
    #[inline]
    #[must_use]
    pub fn __traced_find(&self) -> MaybeError<T> {
        detect::find()
    }

    /// Returns the choices for an error that must not be asked whether it implements `Error`.
    #[inline]
    #[must_use]
    pub fn __traced_find_text(&self) -> MaybeDisplay<T> {
        detect::find_text()
    }

    /// Calls `body` inside the span, and wraps the future that it returns.
    #[inline]
    pub fn __traced_call<R, D>(&self, started: Started, body: impl FnOnce() -> R, _detector: D) -> R
    where
        R: BoxedFuture<Output = T>,
        D: Detector<T> + Default,
    {
        self.__traced_call_by(started, body, |returned, span| {
            D::default().detect(returned, span)
        })
    }

    /// Does what `call` does, for a span that needs nothing but its call site.
    #[inline]
    pub fn __traced_call_at<R, B, D>(&self, site: &'static CallSite, body: B, detector: D) -> R
    where
        R: BoxedFuture<Output = T>,
        B: FnOnce() -> R,
        D: Detector<T> + Default,
    {
        self.__traced_call(
            start_plain_unless_skipped(site, type_name::<B>()),
            body,
            detector,
        )
    }

    /// Does what `call` does, for a detector that is a closure.
    #[inline]
    pub fn __traced_call_by<R>(
        &self,
        started: Started,
        body: impl FnOnce() -> R,
        detector: DeferredDetector<T>,
    ) -> R
    where
        R: BoxedFuture<Output = T>,
    {
        returned_boxed_future(started, body, detector)
    }
}

/// The choice for all other types. The span covers the call.
pub struct Itself<R>(PhantomData<fn() -> R>);

impl<R> Itself<R> {
    /// Chooses a value that is not a boxed future.
    #[inline]
    #[must_use]
    pub fn __traced_alias(&self) -> Itself<R> {
        Itself(PhantomData)
    }

    /// Returns the choices for the detector of the value.
    #[inline]
    #[must_use]
    pub fn __traced_find(&self) -> MaybeError<R> {
        detect::find()
    }

    /// Returns the choices for an error that must not be asked whether it implements `Error`.
    #[inline]
    #[must_use]
    pub fn __traced_find_text(&self) -> MaybeDisplay<R> {
        detect::find_text()
    }

    /// Calls `body` inside the span.
    #[inline(always)]
    pub fn __traced_call(
        &self,
        started: Started,
        body: impl FnOnce() -> R,
        detector: impl Detector<R>,
    ) -> R {
        call::call(started, body, detector)
    }

    /// Does what `call` does, for a span that needs nothing but its call site.
    #[inline(always)]
    pub fn __traced_call_at<B>(
        &self,
        site: &'static CallSite,
        body: B,
        detector: impl Detector<R>,
    ) -> R
    where
        B: FnOnce() -> R,
    {
        call::call_at(site, body, detector)
    }

    /// Does what `call` does, for a detector that is a closure.
    #[inline(always)]
    pub fn __traced_call_by(
        &self,
        started: Started,
        body: impl FnOnce() -> R,
        detector: impl for<'a> Fn(&'a R, &mut Attributes<'_>) -> Option<Failure<'a>>,
    ) -> R {
        call::call(started, body, detector)
    }
}
