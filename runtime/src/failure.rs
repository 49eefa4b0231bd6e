//! Finding the failure in a returned value, whatever its type.
//!
//! A function's return type is seen by the compiler, not by the macro. So the choice is made by method resolution: of
//! the methods of one name, the one found first is the most specific that the value's type has. See `failure!`. The names
//! are odd so that no trait in the user's scope has a method of the same name.

use std::any::type_name;
use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::ops::Deref;

use crate::attributes::Attributes;
use crate::format::bounded;
use crate::names;
use crate::unwind::contained;

/// An error, borrowed from the value that holds it.
pub struct Failure<'a> {
    type_name: &'static str,
    /// What the option `error_type` says.
    own_type: Option<String>,
    text: Text<'a>,
    source: Option<&'a (dyn Error + 'static)>,
}

enum Text<'a> {
    Display(&'a dyn Display),
    Debug(&'a dyn Debug),
    Type,
}

impl<'a> Failure<'a> {
    /// One of which nothing is known but its type.
    fn of_type(type_name: &'static str) -> Failure<'a> {
        Failure {
            type_name: names::error_type(type_name),
            own_type: None,
            text: Text::Type,
            source: None,
        }
    }

    /// A panic, with its message where one is known.
    pub(crate) fn panic(message: Option<&'a &'a str>) -> Failure<'a> {
        let text = message.map_or(Text::Type, |message| Text::Display(message));
        Failure {
            text,
            ..Failure::of_type(PANIC)
        }
    }

    /// An error that is one.
    pub(crate) fn error<E: Error + ?Sized>(error: &'a &'a E) -> Failure<'a> {
        Failure {
            text: Text::Display(error),
            source: guarded(|| error.source()),
            ..Failure::of_type(type_name::<E>())
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

    /// Rendered as its type can.
    #[must_use]
    pub fn auto<E>(self, _error: &E) -> Failure<'a> {
        self
    }

    /// Of the type that the option `error_type` says.
    #[must_use]
    pub fn typed<E, T: Display>(self, error: &'a E, f: impl FnOnce(&'a E) -> T) -> Failure<'a> {
        let own_type = contained(|| bounded(format_args!("{}", f(error))));
        Failure { own_type, ..self }
    }

    /// `error.type`
    pub(crate) fn error_type(&self) -> Cow<'static, str> {
        match &self.own_type {
            Some(own) => Cow::Owned(own.clone()),
            None => Cow::Borrowed(self.exception_type()),
        }
    }

    /// `exception.type`
    pub(crate) fn exception_type(&self) -> &'static str {
        self.type_name
    }

    /// Whether the returned value held no error, and the option `error_if` made it one.
    pub(crate) fn is_by_decision(&self) -> bool {
        self.type_name == OTHER
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
            Text::Type => f.write_str(self.exception_type()),
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
/// The `error.type` of a failure that is no error, by the semantic conventions.
const OTHER: &str = "_OTHER";

/// A function that cannot fail.
#[must_use]
pub fn no_failure<'a, R>(_: &'a R, _: &mut Attributes<'_>) -> Option<Failure<'a>> {
    None
}

/// What the option `error_if` decides of a returned value; if it panics, the value decides.
pub fn failure_if<'a, R>(
    returned: &'a R,
    decide: impl FnOnce(&'a R) -> bool,
    failure: Option<Failure<'a>>,
) -> Option<Failure<'a>> {
    match contained(|| decide(returned)) {
        Some(true) => Some(failure.unwrap_or_else(|| Failure::of_type(OTHER))),
        Some(false) => None,
        None => failure,
    }
}

/// Gives a closure's parameter its type.
pub fn map<'a, T, V>(value: &'a T, f: impl FnOnce(&'a T) -> V) -> V {
    f(value)
}

/// An error, if there is one, to be asked for what can be said of it.
pub struct Seen<'a, E>(pub Option<&'a E>);

/// First choice: an `Error`.
pub trait SeenError<'a> {
    /// With its sources.
    fn __traced_failure(&self) -> Option<Failure<'a>>;
}

impl<'a, E: Error> SeenError<'a> for &&&&Seen<'a, E> {
    fn __traced_failure(&self) -> Option<Failure<'a>> {
        let error = self.0?;
        Some(Failure {
            source: guarded(|| error.source()),
            ..Failure::of_type(type_name::<E>()).display(error)
        })
    }
}

/// Second choice: what points to an `Error` (`Box<dyn Error>`, `anyhow::Error`).
pub trait SeenPointer<'a> {
    /// With the sources of what it points to.
    fn __traced_failure(&self) -> Option<Failure<'a>>;
}

impl<'a, E: Display + Deref<Target: Error>> SeenPointer<'a> for &&&Seen<'a, E> {
    fn __traced_failure(&self) -> Option<Failure<'a>> {
        let error = self.0?;
        Some(Failure {
            source: guarded(|| error.deref().source()),
            ..Failure::of_type(type_name::<E>()).display(error)
        })
    }
}

/// Third choice: `Display`.
pub trait SeenDisplay<'a> {
    /// Its text.
    fn __traced_failure(&self) -> Option<Failure<'a>>;
}

impl<'a, E: Display> SeenDisplay<'a> for &&Seen<'a, E> {
    fn __traced_failure(&self) -> Option<Failure<'a>> {
        Some(Failure::of_type(type_name::<E>()).display(self.0?))
    }
}

/// Fourth choice: `Debug`.
pub trait SeenDebug<'a> {
    /// Its text.
    fn __traced_failure(&self) -> Option<Failure<'a>>;
}

impl<'a, E: Debug> SeenDebug<'a> for &Seen<'a, E> {
    fn __traced_failure(&self) -> Option<Failure<'a>> {
        Some(Failure::of_type(type_name::<E>()).debug(self.0?))
    }
}

/// What is left: its type.
pub trait SeenType<'a> {
    /// No text.
    fn __traced_failure(&self) -> Option<Failure<'a>>;
}

impl<'a, E> SeenType<'a> for Seen<'a, E> {
    fn __traced_failure(&self) -> Option<Failure<'a>> {
        self.0.map(|_| Failure::of_type(type_name::<E>()))
    }
}

/// The failure in a returned value, `Option<Failure>`: rendered by `auto`, `display` or `debug`, and of the type that a
/// closure says, if one is given.
#[doc(hidden)]
#[macro_export]
macro_rules! __failure {
    ($returned:expr, auto) => {{
        use $crate::private::detect_error::*;
        (&&&&&$crate::private::Seen($crate::private::Returned($returned).__traced_error())).__traced_failure()
    }};
    ($returned:expr, $render:ident $(, $error_type:expr)?) => {{
        use $crate::private::detect_error::*;
        match $crate::private::Returned($returned).__traced_error() {
            $crate::private::Some(error) => (&&&&&$crate::private::Seen($crate::private::Some(error)))
                .__traced_failure()
                .map(|failure| failure.$render(error)$(.typed(error, $error_type))?),
            $crate::private::None => $crate::private::None,
        }
    }};
}

/// The same, for an error that must not be asked whether it is an `Error`: that could demand lifetimes that it does not have.
#[doc(hidden)]
#[macro_export]
macro_rules! __text_failure {
    ($returned:expr, auto) => {{
        use $crate::private::detect_text::*;
        (&&&$crate::private::Seen($crate::private::Returned($returned).__traced_error())).__traced_failure()
    }};
    ($returned:expr, $render:ident $(, $error_type:expr)?) => {{
        use $crate::private::detect_text::*;
        match $crate::private::Returned($returned).__traced_error() {
            $crate::private::Some(error) => (&&&$crate::private::Seen($crate::private::Some(error)))
                .__traced_failure()
                .map(|failure| failure.$render(error)$(.typed(error, $error_type))?),
            $crate::private::None => $crate::private::None,
        }
    }};
}

/// The value that was returned, an `Option`: of a `Result` the `Ok` value, else all of it.
#[doc(hidden)]
#[macro_export]
macro_rules! __value {
    ($returned:expr) => {{
        use $crate::private::ReturnedPlain as _;
        $crate::private::Returned($returned).__traced_value()
    }};
}
