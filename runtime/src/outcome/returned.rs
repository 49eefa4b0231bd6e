//! Takes the error or the value out of a returned value, by its type and not by how that type is
//! spelled.

use std::convert::Infallible;

use crate::outcome::fallible::Fallible;

/// A returned value that can be asked for its error and its other value.
pub struct Returned<'a, R>(pub &'a R);

impl<'a, R: Fallible> Returned<'a, R> {
    /// Returns the error, if there is one.
    #[inline]
    #[must_use]
    pub fn __traced_error(self) -> Option<&'a R::Error> {
        self.0.error()
    }

    /// Returns the value, if there is one.
    #[inline]
    #[must_use]
    pub fn __traced_value(self) -> Option<&'a R::Value> {
        self.0.value()
    }
}

/// The methods for all other types, which cannot hold an error. The methods of `Returned` itself
/// take precedence.
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
