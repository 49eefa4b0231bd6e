//! Finds the error in a returned value of any type, and what can be recorded about it.
//!
//! The macro sees how a return type is spelled, but only the compiler knows what it is. One would
//! like to write `if R: Error { … } else if R: Display { … }`, which Rust does not have. Method
//! resolution makes the choice instead: each choice below is a type that dereferences to the next
//! one, and all of them have a method `__traced_pick`. The compiler takes the first one whose
//! bounds hold. The name is odd so that no trait in the user's scope has a method of the same name.
//!
//! Each of these methods returns a detector, a value without fields. That is much less work for the
//! compiler than a closure in each function.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use std::ops::Deref;

use crate::attributes::Attributes;
use crate::outcome::Failure;
use crate::outcome::fallible::Fallible;

/// Records what options such as `ret` ask for, and finds the failure in a returned value.
pub trait Detector<R> {
    /// `false` if there is never anything to find or record. In that case, the value need not be
    /// passed on.
    const CAN_FIND: bool = true;

    /// Returns the failure, if there is one.
    fn detect<'a>(&self, returned: &'a R, span: &mut Attributes<'_>) -> Option<Failure<'a>>;
}

impl<R, F> Detector<R> for F
where
    F: for<'a> Fn(&'a R, &mut Attributes<'_>) -> Option<Failure<'a>>,
{
    fn detect<'a>(&self, returned: &'a R, span: &mut Attributes<'_>) -> Option<Failure<'a>> {
        self(returned, span)
    }
}

/// Defines the choices. Each has the bounds that the error must meet, the detector that it leads
/// to, and the choice that is tried next.
macro_rules! choices {
    ($(
        $(#[$doc:meta])*
        $choice:ident: [$($bound:tt)*] $detector:ident |$error:ident| $failure:expr, else $next:ident;
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
            /// Returns the detector of this choice.
            #[inline]
            pub fn __traced_pick(self) -> $detector {
                $detector
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
        pub struct $detector;

        impl<R: Fallible<Error: $($bound)*>> Detector<R> for $detector {
            fn detect<'a>(&self, returned: &'a R, _span: &mut Attributes<'_>) -> Option<Failure<'a>> {
                let $error = returned.error()?;
                Some($failure)
            }
        }
    )* };
}

choices! {
    /// The first choice: an `Error`, with its sources.
    MaybeError: [Error] ErrorDetector |error| {
        Failure::of::<R::Error>()
            .display(error)
            .with_source(|| error.source())
            .named_by(error)
    }, else MaybePointer;
    /// The second choice: a pointer to an `Error` (`Box<dyn Error>`, `anyhow::Error`), with the
    /// sources of the error that it points to.
    MaybePointer: [Display + Deref<Target: Error>] PointerDetector |error| {
        Failure::of::<R::Error>()
            .display(error)
            .with_source(|| error.deref().source())
            .named_by_pointee(&**error)
    }, else MaybeDisplay;
    /// The third choice: an error with `Display`.
    MaybeDisplay: [Display] DisplayDetector |error| Failure::of::<R::Error>().display(error), else MaybeDebug;
    /// The fourth choice: an error with `Debug`.
    MaybeDebug: [Debug] DebugDetector |error| Failure::of::<R::Error>().debug(error), else MaybeFallible;
    /// The fifth choice: any other error, with nothing but its type.
    MaybeFallible: [Sized] TypeDetector |_error| Failure::of::<R::Error>(), else Infallible;
}

/// The last choice: a value that cannot hold an error.
pub struct Infallible<R>(PhantomData<fn() -> R>);

impl<R> Copy for Infallible<R> {}

impl<R> Clone for Infallible<R> {
    fn clone(&self) -> Infallible<R> {
        *self
    }
}

impl<R> Infallible<R> {
    const NEW: Infallible<R> = Infallible(PhantomData);

    /// Returns the detector that finds nothing.
    #[inline]
    #[expect(clippy::unused_self, reason = "it is found as the method of a value")]
    pub fn __traced_pick(self) -> NoDetector {
        NoDetector
    }
}

/// A detector that finds nothing.
#[derive(Default)]
pub struct NoDetector;

impl<R> Detector<R> for NoDetector {
    const CAN_FIND: bool = false;

    #[inline]
    fn detect<'a>(&self, _returned: &'a R, _span: &mut Attributes<'_>) -> Option<Failure<'a>> {
        None
    }
}

/// Returns the first choice for a type, to call `__traced_pick` on.
#[inline]
#[must_use]
pub fn find<R>() -> MaybeError<R> {
    MaybeError::NEW
}

/// Returns the choice to begin with for an error that must not be asked whether it implements
/// `Error`, since that may depend on its lifetimes.
#[inline]
#[must_use]
pub fn find_text<R>() -> MaybeDisplay<R> {
    MaybeDisplay::NEW
}

/// Does what [`find`] does, for the type of the argument.
#[inline]
#[must_use]
pub fn find_in<R>(_: &R) -> MaybeError<R> {
    find()
}

/// Does what [`find_text`] does, for the type of the argument.
#[inline]
#[must_use]
pub fn find_text_in<R>(_: &R) -> MaybeDisplay<R> {
    find_text()
}
