//! What a returned value holds: an error, or a value of use; seen by its type, not by how that is spelled.

use std::convert::Infallible;
use std::task::Poll;

/// A returned value, to be asked for its error and its value.
pub struct Returned<'a, R>(pub &'a R);

macro_rules! holders {
    ($($holder:ty, $ok:pat => $value:ident, $err:pat => $error:ident;)*) => { $(
        impl<'a, T, E> Returned<'a, $holder> {
            /// The error, if there is one.
            #[inline]
            #[must_use]
            pub fn __traced_error(self) -> Option<&'a E> {
                if let $err = self.0 { Some($error) } else { None }
            }

            /// The value, if there is one.
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

/// Every other value, which holds no error.
pub trait ReturnedPlain<'a>: Sized {
    /// The value's type.
    type Value;

    /// Nothing.
    #[inline]
    fn __traced_error(self) -> Option<&'a Infallible> {
        None
    }

    /// All of it.
    fn __traced_value(self) -> Option<&'a Self::Value>;
}

impl<'a, R> ReturnedPlain<'a> for Returned<'a, R> {
    type Value = R;

    #[inline]
    fn __traced_value(self) -> Option<&'a R> {
        Some(self.0)
    }
}
