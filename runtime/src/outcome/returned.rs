//! What a returned value holds, an error or another value, found by its type and not by how that is spelled.

use std::convert::Infallible;
use std::task::Poll;

/// A returned value that can be asked for its error and its other value.
pub struct Returned<'a, R>(pub &'a R);

macro_rules! holders {
    ($($holder:ty, $ok:pat => $value:ident, $err:pat => $error:ident;)*) => { $(
        impl<'a, T, E> Returned<'a, $holder> {
            /// Returns the error, if there is one.
            #[inline]
            #[must_use]
            pub fn __traced_error(self) -> Option<&'a E> {
                if let $err = self.0 { Some($error) } else { None }
            }

            /// Returns the value, if there is one.
            #[inline]
            #[must_use]
            pub fn __traced_value(self) -> Option<&'a T> {
                if let $ok = self.0 { Some($value) } else { None }
            }
        }
    )* };
}

holders! {
    Result<T, E>, Ok(value) => value, Err(error) => error;
    Poll<Result<T, E>>, Poll::Ready(Ok(value)) => value, Poll::Ready(Err(error)) => error;
    Option<Result<T, E>>, Some(Ok(value)) => value, Some(Err(error)) => error;
    Poll<Option<Result<T, E>>>, Poll::Ready(Some(Ok(value))) => value, Poll::Ready(Some(Err(error))) => error;
}

/// All other types, which cannot hold an error. The methods of `Returned` itself take precedence.
pub trait ReturnedPlain<'a>: Sized {
    /// The value's type.
    type Value;

    /// Returns `None`.
    #[inline]
    fn __traced_error(self) -> Option<&'a Infallible> {
        None
    }

    /// Returns the whole value.
    fn __traced_value(self) -> Option<&'a Self::Value>;
}

impl<'a, R> ReturnedPlain<'a> for Returned<'a, R> {
    type Value = R;

    #[inline]
    fn __traced_value(self) -> Option<&'a R> {
        Some(self.0)
    }
}
