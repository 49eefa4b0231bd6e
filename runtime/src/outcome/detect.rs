//! Looking at a returned value, whatever its type.
//!
//! A function's return type is seen by the compiler, not by the macro. So the choice of what can be said of an error is made by
//! method resolution: of the methods of one name, the one found first, behind the fewest dereferences, is the most specific
//! that the value's type has. The names are odd so that no trait in the user's scope has a method of the same name.
//!
//! The method gives the look as a value of its own type. That is much less work for the compiler than a closure in each function.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use std::ops::Deref;
use std::task::Poll;

use crate::attributes::Attributes;
use crate::outcome::Failure;

/// Looks at a returned value: records of it what is asked for, and finds the failure in it.
pub trait Look<R> {
    /// Whether there may be anything to see.
    const SEES: bool = true;

    /// The failure, if there is one.
    fn look<'a>(&self, returned: &'a R, span: &mut Attributes<'_>) -> Option<Failure<'a>>;
}

impl<R, F> Look<R> for F
where
    F: for<'a> Fn(&'a R, &mut Attributes<'_>) -> Option<Failure<'a>>,
{
    fn look<'a>(&self, returned: &'a R, span: &mut Attributes<'_>) -> Option<Failure<'a>> {
        self(returned, span)
    }
}

/// A value that may be an error.
pub trait Fallible {
    /// The error's type.
    type Error;

    /// The error, if it is one.
    fn error(&self) -> Option<&Self::Error>;
}

macro_rules! fallible {
    ($($value:ty, $pattern:pat => $error:ident;)*) => { $(
        impl<T, E> Fallible for $value {
            type Error = E;

            #[inline]
            fn error(&self) -> Option<&E> {
                if let $pattern = self { Some($error) } else { None }
            }
        }
    )* };
}

fallible! {
    Result<T, E>, Err(error) => error;
    Poll<Result<T, E>>, Poll::Ready(Err(error)) => error;
    Option<Result<T, E>>, Some(Err(error)) => error;
    Poll<Option<Result<T, E>>>, Poll::Ready(Some(Err(error))) => error;
}

/// Each choice, what the error must be for it, the look that it is, and what is tried next.
macro_rules! choices {
    ($(
        $(#[$doc:meta])*
        $choice:ident: [$($bound:tt)*] $look:ident |$error:ident| $failure:expr, else $next:ident;
    )*) => { $(
        $(#[$doc])*
        pub struct $choice<R>($next<R>);

        impl<R> Copy for $choice<R> {}

        impl<R> Clone for $choice<R> {
            fn clone(&self) -> $choice<R> {
                *self
            }
        }

        impl<R> $choice<R> {
            pub(crate) const NEW: $choice<R> = $choice($next::NEW);
        }

        impl<R: Fallible<Error: $($bound)*>> $choice<R> {
            /// The look of this choice.
            #[inline]
            pub fn __traced_look(self) -> $look {
                $look
            }
        }

        impl<R> Deref for $choice<R> {
            type Target = $next<R>;

            #[inline]
            fn deref(&self) -> &$next<R> {
                &self.0
            }
        }

        $(#[$doc])*
        #[derive(Default)]
        pub struct $look;

        impl<R: Fallible<Error: $($bound)*>> Look<R> for $look {
            fn look<'a>(&self, returned: &'a R, _span: &mut Attributes<'_>) -> Option<Failure<'a>> {
                let $error = returned.error()?;
                Some($failure)
            }
        }
    )* };
}

choices! {
    /// First choice: an `Error`, with its sources.
    MaybeError: [Error] LookError |error| {
        Failure::of::<R::Error>()
            .display(error)
            .with_source(|| error.source())
            .named_by(error)
    }, else MaybePointer;
    /// Second choice: what points to an `Error` (`Box<dyn Error>`, `anyhow::Error`), with the sources of what it points to.
    MaybePointer: [Display + Deref<Target: Error>] LookPointer |error| {
        Failure::of::<R::Error>()
            .display(error)
            .with_source(|| error.deref().source())
            .named_by_pointee(&**error)
    }, else MaybeDisplay;
    /// Third choice: `Display`.
    MaybeDisplay: [Display] LookDisplay |error| Failure::of::<R::Error>().display(error), else MaybeDebug;
    /// Fourth choice: `Debug`.
    MaybeDebug: [Debug] LookDebug |error| Failure::of::<R::Error>().debug(error), else MaybeFallible;
    /// Fifth choice: the error's type.
    MaybeFallible: [Sized] LookType |_error| Failure::of::<R::Error>(), else Infallible;
}

/// What is left: a value that is no error.
pub struct Infallible<R>(PhantomData<fn() -> R>);

impl<R> Copy for Infallible<R> {}

impl<R> Clone for Infallible<R> {
    fn clone(&self) -> Infallible<R> {
        *self
    }
}

impl<R> Infallible<R> {
    const NEW: Infallible<R> = Infallible(PhantomData);

    /// The look that finds nothing.
    #[inline]
    #[expect(clippy::unused_self, reason = "it is found as the method of a value")]
    pub fn __traced_look(self) -> LookNowhere {
        LookNowhere
    }
}

/// Finds nothing.
#[derive(Default)]
pub struct LookNowhere;

impl<R> Look<R> for LookNowhere {
    const SEES: bool = false;

    #[inline]
    fn look<'a>(&self, _returned: &'a R, _span: &mut Attributes<'_>) -> Option<Failure<'a>> {
        None
    }
}

/// Asks a type for its look.
#[inline]
#[must_use]
pub fn find<R>() -> MaybeError<R> {
    MaybeError::NEW
}

/// The same, for an error that must not be asked whether it is an `Error`: that could demand lifetimes that it does not have.
#[inline]
#[must_use]
pub fn find_text<R>() -> MaybeDisplay<R> {
    MaybeDisplay::NEW
}

/// The same of a value's type.
#[inline]
#[must_use]
pub fn find_in<R>(_: &R) -> MaybeError<R> {
    find()
}

/// The same of a value's type, for an error that must not be asked whether it is an `Error`.
#[inline]
#[must_use]
pub fn find_text_in<R>(_: &R) -> MaybeDisplay<R> {
    find_text()
}
