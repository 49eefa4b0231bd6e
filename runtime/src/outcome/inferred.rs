//! Finds the error in the value of a block, as far as the compiler knows its type at that place.
//!
//! The type of a block may come from the code around it: in `span!("b" => async { Ok(1) }).await`,
//! the type of the error follows from what is done with the result. Method resolution, as in
//! `outcome/detect.rs`, would take the first choice for a type that is not known yet, which may
//! turn out to be wrong. One would like to write `if is_known::<T>()`.
//!
//! A coercion tells instead: that of a `&Question<Of<T>, K>` to a `&Question<Any, Yes>`, see
//! [`Question`]. If `T` is known, the compiler knows the type of the last field and can unsize it.
//! That is the first kind of coercion that it tries, and it makes `K` a `Yes`. If `T` is not known,
//! the compiler tries the next kind, by `Deref`, which leaves `K` open. In that case, the methods
//! for `K = No` are found first.

#![expect(
    clippy::unused_self,
    reason = "what they say is found as the method of a value"
)]

use std::marker::PhantomData;
use std::ops::Deref;
use std::task::Poll;

use crate::outcome::detect::{MaybeDisplay, NoDetector, TypeDetector, find_text};
use crate::outcome::fallible::Fallible;
use crate::outcome::question::{No, Of, Question, Yes};

/// A part `T` of the type `R` of a returned value, in which the error may be.
pub struct Part<R, T, K> {
    /// Asks whether `T` is known.
    pub question: Question<Of<T>, K>,
    known: Known<R, T>,
}

/// Returns the whole type of a returned value, as a part.
#[inline]
#[must_use]
pub fn whole<R, K>(_: &R) -> Part<R, R, K> {
    Part::NEW
}

impl<R, T, K> Part<R, T, K> {
    const NEW: Part<R, T, K> = Part {
        question: Question::NEW,
        known: Known(Other(PhantomData)),
    };
}

/// The first choice: the type is not known, so nothing can be said about it.
impl<R, T> Part<R, T, No> {
    /// Finds nothing, where a known type would be looked into as a `Poll`.
    #[inline]
    #[must_use]
    pub fn __traced_in_poll(&self) -> Nothing {
        Nothing::NEW
    }

    /// Finds nothing, where a known type would be looked into as an `Option`.
    #[inline]
    #[must_use]
    pub fn __traced_in_option(&self) -> Nothing {
        Nothing::NEW
    }

    /// Finds nothing, where a known type might be a `Result` with an error.
    #[inline]
    #[must_use]
    pub fn __traced_in_result(&self) -> Nothing {
        Nothing::NEW
    }
}

impl<R, T, K> Deref for Part<R, T, K> {
    type Target = Known<R, T>;

    #[inline]
    fn deref(&self) -> &Known<R, T> {
        &self.known
    }
}

/// The second choice: the type is one of those that are looked into.
pub struct Known<R, T>(Other<R, T>);

impl<R, T> Known<R, Poll<T>> {
    /// Looks into the `Poll`.
    #[inline]
    #[must_use]
    pub fn __traced_in_poll<K>(&self) -> Part<R, T, K> {
        Part::NEW
    }
}

impl<R, T> Known<R, Option<T>> {
    /// Looks into the `Option`.
    #[inline]
    #[must_use]
    pub fn __traced_in_option<K>(&self) -> Part<R, T, K> {
        Part::NEW
    }
}

impl<R, T, E> Known<R, Result<T, E>> {
    /// Takes the error of the `Result`.
    #[inline]
    #[must_use]
    pub fn __traced_in_result<K>(&self) -> AnError<R, E, K> {
        AnError {
            question: Question::NEW,
            text: find_text(),
        }
    }
}

impl<R, T> Deref for Known<R, T> {
    type Target = Other<R, T>;

    #[inline]
    fn deref(&self) -> &Other<R, T> {
        &self.0
    }
}

/// The last choice: any other type.
pub struct Other<R, T>(PhantomData<fn(R) -> T>);

impl<R, T> Other<R, T> {
    /// Returns the same part, which is not a `Poll`.
    #[inline]
    #[must_use]
    pub fn __traced_in_poll<K>(&self) -> Part<R, T, K> {
        Part::NEW
    }

    /// Returns the same part, which is not an `Option`.
    #[inline]
    #[must_use]
    pub fn __traced_in_option<K>(&self) -> Part<R, T, K> {
        Part::NEW
    }

    /// Finds no error, since the type is not a `Result`.
    #[inline]
    #[must_use]
    pub fn __traced_in_result(&self) -> Nothing {
        Nothing::NEW
    }
}

/// The error type `E` of a returned `R`.
pub struct AnError<R, E, K> {
    /// Asks whether `E` is known.
    pub question: Question<Of<E>, K>,
    text: MaybeDisplay<R>,
}

impl<R: Fallible, E> AnError<R, E, No> {
    /// Chooses to say nothing about the error but its type. This is the first choice, for an error
    /// whose type is not known yet.
    #[inline]
    #[must_use]
    pub fn __traced_pick(&self) -> TypeDetector {
        TypeDetector
    }
}

impl<R, E, K> Deref for AnError<R, E, K> {
    type Target = MaybeDisplay<R>;

    #[inline]
    fn deref(&self) -> &MaybeDisplay<R> {
        &self.text
    }
}

/// The answer that there is no error, or that nothing can be said about it.
pub struct Nothing {
    /// A question whose answer is known.
    pub question: Question<Of<()>, Yes>,
}

impl Nothing {
    const NEW: Nothing = Nothing {
        question: Question::NEW,
    };

    /// Finds nothing again.
    #[inline]
    #[must_use]
    pub fn __traced_in_option(&self) -> Nothing {
        Nothing::NEW
    }

    /// Finds nothing again.
    #[inline]
    #[must_use]
    pub fn __traced_in_result(&self) -> Nothing {
        Nothing::NEW
    }

    /// Returns the detector that finds nothing.
    #[inline]
    #[must_use]
    pub fn __traced_pick(&self) -> NoDetector {
        NoDetector
    }
}

/// Evaluates to the detector for the value of a block, whose type the compiler may know only in
/// part.
#[doc(hidden)]
#[macro_export]
macro_rules! __known_detector {
    ($returned:expr) => {{
        let whole = $crate::private::whole($returned);
        $crate::private::ask(&whole.question);
        let part = whole.__traced_in_poll();
        $crate::private::ask(&part.question);
        let part = part.__traced_in_option();
        $crate::private::ask(&part.question);
        let error = part.__traced_in_result();
        $crate::private::ask(&error.question);
        error.__traced_pick()
    }};
}
