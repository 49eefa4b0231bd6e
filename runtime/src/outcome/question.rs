//! A question that only the compiler can answer: whether it knows a type at this place.
//!
//! [`inferred`](crate::outcome::inferred) explains how a coercion answers it.

use std::marker::PhantomData;
use std::ops::Deref;

/// Maps every type to the same unit type, which the compiler can only do for a type that it knows.
pub trait Typed {
    // The compiler must not know that this type is `Sized` either.
    #[doc(hidden)]
    type Unit: ?Sized;
}

impl<T> Typed for T {
    type Unit = ();
}

/// A type that can be the subject of a question.
pub trait About {
    /// A type that is known if the subject is.
    type Field: ?Sized;
}

/// The type `T` as a subject.
pub struct Of<T>(PhantomData<fn() -> T>);

impl<T> About for Of<T> {
    type Field = <T as Typed>::Unit;
}

/// Any type that is known, as a subject.
pub struct Any;

impl About for Any {
    type Field = dyn Send + Sync;
}

/// The answer that the type is known.
pub struct Yes;

/// The answer that the type is not known.
pub struct No;

/// The question whether a type is known. Its answer `K` is `Yes`, `No`, or still open.
pub struct Question<A: About + ?Sized, K> {
    answer: PhantomData<fn() -> K>,
    _field: A::Field,
}

impl<T, K> Question<Of<T>, K> {
    pub(super) const NEW: Question<Of<T>, K> = Question {
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

/// Asks a question by coercing the argument.
#[inline]
pub fn ask(_: &Question<Any, Yes>) {}
