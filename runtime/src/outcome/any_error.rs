//! The types that can be recorded as an error.

use std::error::Error;
use std::fmt::{self, Display};
use std::ops::Deref;

use crate::outcome::Failure;

/// A type that [`record_error`](crate::record_error) takes: an [`Error`], or a type that every
/// error converts into, such as `Box<dyn Error + Send + Sync>` and `anyhow::Error`.
///
/// `Kind` is inferred. It only distinguishes the two cases.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error",
    label = "expected an `Error`, a `Box<dyn Error>`, or a type like `anyhow::Error`"
)]
pub trait AnyError<Kind>: sealed::AnyError<Kind> {
    /// Calls `f` with the error.
    #[doc(hidden)]
    fn with_failure(&self, f: &mut dyn FnMut(&Failure<'_>));
}

/// The kind of types that implement [`Error`].
#[doc(hidden)]
#[derive(Debug)]
pub struct Own;

/// The kind of types that hold any error and are not an [`Error`] themselves.
#[doc(hidden)]
#[derive(Debug)]
pub struct Boxed;

mod sealed {
    pub trait AnyError<Kind> {}
}

impl<E: Error + ?Sized> sealed::AnyError<Own> for E {}

impl<E: Error + ?Sized> AnyError<Own> for E {
    fn with_failure(&self, f: &mut dyn FnMut(&Failure<'_>)) {
        f(&Failure::error(&self));
    }
}

/// An error that nobody else can create. A type that it converts into must accept every error. That
/// excludes pointers to a certain type of error, which might implement `Error` themselves.
#[doc(hidden)]
#[derive(Debug)]
pub struct Nobodys;

impl Display for Nobodys {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl Error for Nobodys {}

impl<P: Display + Deref<Target: Error> + From<Nobodys>> sealed::AnyError<Boxed> for P {}

impl<P: Display + Deref<Target: Error> + From<Nobodys>> AnyError<Boxed> for P {
    fn with_failure(&self, f: &mut dyn FnMut(&Failure<'_>)) {
        let failure = Failure::of::<P>()
            .display(self)
            .with_source(|| self.deref().source());
        f(&failure.named_by_pointee(&**self));
    }
}
