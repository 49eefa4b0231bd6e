//! Finding the failure in a returned value, whatever its type.
//!
//! A function's return type is seen by the compiler, not by the macro. So the choice is made by method resolution: of
//! the methods of one name, the one found first is the most specific that the value's type has. See `failure!`. The names
//! are odd so that no trait in the user's scope has a method of the same name.

use std::any::type_name;
use std::convert::Infallible;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::ops::Deref;
use std::task::Poll;

use crate::names;
use crate::unwind::contained;

/// An error, borrowed from the value that holds it.
pub struct Failure<'a> {
    type_name: &'static str,
    text: Text<'a>,
    source: Option<&'a (dyn Error + 'static)>,
}

enum Text<'a> {
    Display(&'a dyn Display),
    Debug(&'a dyn Debug),
    Type,
}

impl<'a> Failure<'a> {
    /// A panic, with its message where one is known.
    pub(crate) fn panic(message: Option<&'a &'a str>) -> Failure<'a> {
        Failure {
            type_name: PANIC,
            text: message.map_or(Text::Type, |message| Text::Display(message)),
            source: None,
        }
    }

    /// An error that is one.
    pub(crate) fn error<E: Error + ?Sized>(error: &'a &'a E) -> Failure<'a> {
        Failure {
            type_name: type_name::<E>(),
            text: Text::Display(error),
            source: guarded(|| error.source()),
        }
    }

    /// Rendered with `Display`, as the option `err = %` asks.
    #[must_use]
    pub fn display(self, error: &'a dyn Display) -> Failure<'a> {
        let text = Text::Display(error);
        Failure { text, ..self }
    }

    /// Rendered with `Debug`, as the option `err = ?` asks.
    #[must_use]
    pub fn debug(self, error: &'a dyn Debug) -> Failure<'a> {
        let text = Text::Debug(error);
        Failure { text, ..self }
    }

    /// `error.type`
    pub(crate) fn error_type(&self) -> &'static str {
        names::error_type(self.type_name)
    }

    pub(crate) fn is_panic(&self) -> bool {
        self.type_name == PANIC
    }

    /// Whether it has a text of its own.
    pub(crate) fn has_text(&self) -> bool {
        !matches!(self.text, Text::Type)
    }

    /// The errors behind this one, nearest first; never more than 64, should they go round in circles.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &'a dyn Error> {
        let mut next = self.source;
        std::iter::from_fn(move || {
            let source = next?;
            next = guarded(|| source.source());
            Some(source as &dyn Error)
        })
        .take(64)
    }
}

/// The error's text; its type where it has none.
impl Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            Text::Display(error) => Display::fmt(error, f),
            Text::Debug(error) => Debug::fmt(error, f),
            Text::Type => f.write_str(self.error_type()),
        }
    }
}

/// What the user's `source` returns, or nothing where it panics.
fn guarded<'a>(
    source: impl FnOnce() -> Option<&'a (dyn Error + 'static)>,
) -> Option<&'a (dyn Error + 'static)> {
    contained(source).flatten()
}

/// The type of a failure that is a panic.
const PANIC: &str = "panic";

/// A function that cannot fail.
pub fn no_failure<R>(_returned: &R) -> Option<Failure<'_>> {
    None
}

fn by_type<'a, E>() -> Failure<'a> {
    Failure {
        type_name: type_name::<E>(),
        text: Text::Type,
        source: None,
    }
}

/// A returned value, to be asked for its error.
pub struct Returned<'a, R>(pub &'a R);

impl<'a, T, E> Returned<'a, Result<T, E>> {
    /// The error, if there is one.
    #[inline]
    #[must_use]
    pub fn __traced_error(self) -> Option<&'a E> {
        self.0.as_ref().err()
    }
}

impl<'a, T, E> Returned<'a, Poll<Result<T, E>>> {
    /// The error, if there is one.
    #[inline]
    #[must_use]
    pub fn __traced_error(self) -> Option<&'a E> {
        match self.0 {
            Poll::Ready(Err(error)) => Some(error),
            _ => None,
        }
    }
}

impl<'a, T, E> Returned<'a, Option<Result<T, E>>> {
    /// The error, if there is one.
    #[inline]
    #[must_use]
    pub fn __traced_error(self) -> Option<&'a E> {
        match self.0 {
            Some(Err(error)) => Some(error),
            _ => None,
        }
    }
}

impl<'a, T, E> Returned<'a, Poll<Option<Result<T, E>>>> {
    /// The error, if there is one.
    #[inline]
    #[must_use]
    pub fn __traced_error(self) -> Option<&'a E> {
        match self.0 {
            Poll::Ready(Some(Err(error))) => Some(error),
            _ => None,
        }
    }
}

/// Every other value, which holds no error.
pub trait ReturnedPlain<'a>: Sized {
    /// Nothing.
    #[inline]
    fn __traced_error(self) -> Option<&'a Infallible> {
        None
    }
}

impl<'a, R> ReturnedPlain<'a> for Returned<'a, R> {}

/// An error, to be asked for what can be said of it.
pub struct Seen<'a, E>(pub &'a E);

/// First choice: an `Error`.
pub trait SeenError<'a> {
    /// With its sources.
    fn __traced_failure(&self) -> Failure<'a>;
}

impl<'a, E: Error> SeenError<'a> for &&&&Seen<'a, E> {
    fn __traced_failure(&self) -> Failure<'a> {
        let source = guarded(|| self.0.source());
        Failure {
            source,
            ..by_type::<E>()
        }
        .display(self.0)
    }
}

/// Second choice: what points to an `Error` (`Box<dyn Error>`, `anyhow::Error`).
pub trait SeenPointer<'a> {
    /// With the sources of what it points to.
    fn __traced_failure(&self) -> Failure<'a>;
}

impl<'a, E: Display + Deref<Target: Error>> SeenPointer<'a> for &&&Seen<'a, E> {
    fn __traced_failure(&self) -> Failure<'a> {
        let source = guarded(|| self.0.deref().source());
        Failure {
            source,
            ..by_type::<E>()
        }
        .display(self.0)
    }
}

/// Third choice: `Display`.
pub trait SeenDisplay<'a> {
    /// Its text.
    fn __traced_failure(&self) -> Failure<'a>;
}

impl<'a, E: Display> SeenDisplay<'a> for &&Seen<'a, E> {
    fn __traced_failure(&self) -> Failure<'a> {
        by_type::<E>().display(self.0)
    }
}

/// Fourth choice: `Debug`.
pub trait SeenDebug<'a> {
    /// Its text.
    fn __traced_failure(&self) -> Failure<'a>;
}

impl<'a, E: Debug> SeenDebug<'a> for &Seen<'a, E> {
    fn __traced_failure(&self) -> Failure<'a> {
        by_type::<E>().debug(self.0)
    }
}

/// What is left: its type.
pub trait SeenType<'a> {
    /// No text.
    fn __traced_failure(&self) -> Failure<'a>;
}

impl<'a, E> SeenType<'a> for Seen<'a, E> {
    fn __traced_failure(&self) -> Failure<'a> {
        by_type::<E>()
    }
}

/// The failure in a returned value, `Option<Failure>`; rendered by `display` or `debug` if that is named.
#[doc(hidden)]
#[macro_export]
macro_rules! __failure {
    ($returned:expr) => {{
        use $crate::private::{
            ReturnedPlain as _, SeenDebug as _, SeenDisplay as _, SeenError as _,
        };
        use $crate::private::{SeenPointer as _, SeenType as _};
        match $crate::private::Returned($returned).__traced_error() {
            $crate::private::Some(error) => {
                $crate::private::Some((&&&&&$crate::private::Seen(error)).__traced_failure())
            }
            $crate::private::None => $crate::private::None,
        }
    }};
    ($returned:expr, $render:ident) => {{
        use $crate::private::{
            ReturnedPlain as _, SeenDebug as _, SeenDisplay as _, SeenError as _,
        };
        use $crate::private::{SeenPointer as _, SeenType as _};
        match $crate::private::Returned($returned).__traced_error() {
            $crate::private::Some(error) => {
                let failure = (&&&&&$crate::private::Seen(error)).__traced_failure();
                $crate::private::Some(failure.$render(error))
            }
            $crate::private::None => $crate::private::None,
        }
    }};
}
