//! The types that can hold an error.

use std::task::Poll;

/// A type that can hold an error: a `Result`, or a `Poll` or an `Option` of one.
pub trait Fallible {
    /// The type of what it holds instead of an error.
    type Value;
    /// The error's type.
    type Error;

    /// Returns the value, if there is one.
    fn value(&self) -> Option<&Self::Value>;

    /// Returns the error, if there is one.
    fn error(&self) -> Option<&Self::Error>;
}

/// Implements [`Fallible`] for a list of types, each with the patterns of its value and of its
/// error. (`outcome/inferred.rs` takes the same types apart one layer after the other.)
macro_rules! fallible {
    ($($holder:ty, $ok:pat => $value:ident, $err:pat => $error:ident;)*) => { $(
        impl<T, E> Fallible for $holder {
            type Value = T;
            type Error = E;

            #[inline]
            fn value(&self) -> Option<&T> {
                if let $ok = self { Some($value) } else { None }
            }

            #[inline]
            fn error(&self) -> Option<&E> {
                if let $err = self { Some($error) } else { None }
            }
        }
    )* };
}

fallible! {
    Result<T, E>, Ok(value) => value, Err(error) => error;
    Poll<Result<T, E>>, Poll::Ready(Ok(value)) => value, Poll::Ready(Err(error)) => error;
    Option<Result<T, E>>, Some(Ok(value)) => value, Some(Err(error)) => error;
    Poll<Option<Result<T, E>>>, Poll::Ready(Some(Ok(value))) => value, Poll::Ready(Some(Err(error))) => error;
}
