//! Looking at a value as far as its type is known at that place.
//!
//! A block's type may come from what stands around it: `span!("b" => async { Ok(1) }).await` learns the type of its error behind the
//! `await`. Of what is not known yet, method resolution as in `outcome/detect.rs` takes the first choice, which may turn out to be wrong. So the
//! compiler is asked beforehand whether it knows the type. One would like to write `if is_known::<T>()`.
//!
//! What tells is a coercion, of a reference to a [`Question`] about `T` to one to a `Question<Any, Yes>`. If `T` is known, so is the type
//! of the last field, which is unsized: that is the first kind of coercion that is tried, and makes `K` a `Yes`. If it is not known, the
//! next kind is tried, by `Deref`, and leaves `K` open. Then the methods for `K = No` are found first.

#![expect(
    clippy::unused_self,
    reason = "what they say is found as the method of a value"
)]

use std::marker::PhantomData;
use std::ops::Deref;
use std::task::Poll;

use crate::outcome::detect::{Fallible, LookNowhere, LookType, MaybeDisplay, find_text};

/// All types have the same unit, but of a type that is not known the compiler cannot say so.
pub trait Typed {
    // Nor is it known to have a size.
    #[doc(hidden)]
    type Unit: ?Sized;
}

impl<T> Typed for T {
    type Unit = ();
}

/// What a question is about.
pub trait About {
    /// Known if what it is about is.
    type Field: ?Sized;
}

/// A type.
pub struct Of<T>(PhantomData<fn() -> T>);

impl<T> About for Of<T> {
    type Field = <T as Typed>::Unit;
}

/// Any type that is known.
pub struct Any;

impl About for Any {
    type Field = dyn Send + Sync;
}

/// The type is known.
pub struct Yes;

/// The type is not known.
pub struct No;

/// Whether a type is known: `K` is `Yes`, `No`, or still open.
pub struct Question<A: About + ?Sized, K> {
    answer: PhantomData<fn() -> K>,
    _field: A::Field,
}

impl<T, K> Question<Of<T>, K> {
    const NEW: Question<Of<T>, K> = Question {
        answer: PhantomData,
        _field: (),
    };
}

impl<T, K> Deref for Question<Of<T>, K> {
    type Target = Question<Any, Yes>;

    fn deref(&self) -> &Question<Any, Yes> {
        const { &Question::<Of<()>, Yes>::NEW }
    }
}

/// Asks, by what its argument is coerced to.
#[inline]
pub fn ask(_: &Question<Any, Yes>) {}

/// A part of a returned value's type, in which the error may be: of `R` the `T`.
pub struct Part<R, T, K> {
    /// Whether `T` is known.
    pub question: Question<Of<T>, K>,
    known: Known<R, T>,
}

/// The type of a returned value.
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

/// First choice: nothing can be said of it.
impl<R, T> Part<R, T, No> {
    /// What is in a `Poll`.
    #[inline]
    #[must_use]
    pub fn __traced_in_poll(&self) -> Nothing {
        Nothing::NEW
    }

    /// What is in an `Option`.
    #[inline]
    #[must_use]
    pub fn __traced_in_option(&self) -> Nothing {
        Nothing::NEW
    }

    /// The error of a `Result`.
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

/// Second choice: it holds what is asked for.
pub struct Known<R, T>(Other<R, T>);

impl<R, T> Known<R, Poll<T>> {
    /// What is in the `Poll`.
    #[inline]
    #[must_use]
    pub fn __traced_in_poll<K>(&self) -> Part<R, T, K> {
        Part::NEW
    }
}

impl<R, T> Known<R, Option<T>> {
    /// What is in the `Option`.
    #[inline]
    #[must_use]
    pub fn __traced_in_option<K>(&self) -> Part<R, T, K> {
        Part::NEW
    }
}

impl<R, T, E> Known<R, Result<T, E>> {
    /// The error of the `Result`.
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

/// What is left: another type.
pub struct Other<R, T>(PhantomData<fn(R) -> T>);

impl<R, T> Other<R, T> {
    /// Not a `Poll`.
    #[inline]
    #[must_use]
    pub fn __traced_in_poll<K>(&self) -> Part<R, T, K> {
        Part::NEW
    }

    /// Not an `Option`.
    #[inline]
    #[must_use]
    pub fn __traced_in_option<K>(&self) -> Part<R, T, K> {
        Part::NEW
    }

    /// Not a `Result`.
    #[inline]
    #[must_use]
    pub fn __traced_in_result(&self) -> Nothing {
        Nothing::NEW
    }
}

/// The error type `E` of a returned `R`.
pub struct AnError<R, E, K> {
    /// Whether `E` is known.
    pub question: Question<Of<E>, K>,
    text: MaybeDisplay<R>,
}

impl<R: Fallible, E> AnError<R, E, No> {
    /// First choice: nothing can be said of the error but its type, once that is known.
    #[inline]
    #[must_use]
    pub fn __traced_look(&self) -> LookType {
        LookType
    }
}

impl<R, E, K> Deref for AnError<R, E, K> {
    type Target = MaybeDisplay<R>;

    #[inline]
    fn deref(&self) -> &MaybeDisplay<R> {
        &self.text
    }
}

/// No error, or none that anything could be said of.
pub struct Nothing {
    /// Whether that is known.
    pub question: Question<Of<()>, Yes>,
}

impl Nothing {
    const NEW: Nothing = Nothing {
        question: Question::NEW,
    };

    /// Nothing.
    #[inline]
    #[must_use]
    pub fn __traced_in_option(&self) -> Nothing {
        Nothing::NEW
    }

    /// Nothing.
    #[inline]
    #[must_use]
    pub fn __traced_in_result(&self) -> Nothing {
        Nothing::NEW
    }

    /// The look that finds nothing.
    #[inline]
    #[must_use]
    pub fn __traced_look(&self) -> LookNowhere {
        LookNowhere
    }
}

/// The look at a returned value of whose type there is only known what the compiler has learnt so far.
#[doc(hidden)]
#[macro_export]
macro_rules! __known_look {
    ($returned:expr) => {{
        let whole = $crate::private::whole($returned);
        $crate::private::ask(&whole.question);
        let part = whole.__traced_in_poll();
        $crate::private::ask(&part.question);
        let part = part.__traced_in_option();
        $crate::private::ask(&part.question);
        let error = part.__traced_in_result();
        $crate::private::ask(&error.question);
        error.__traced_look()
    }};
}
