//! Failures: an error in a returned value, or a panic.

use std::any::{Any, type_name};
use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::io;
use std::rc::Rc;

use crate::attributes::format::bounded;
use crate::contain::catch;
use crate::site::error_type::ErrorType;

/// Turns the text of an error into the text that is recorded.
pub(crate) type Shown = Rc<dyn Fn(&str) -> String>;

/// An error, borrowed from the value that holds it.
pub struct Failure<'a> {
    type_name: Cow<'static, str>,
    /// The result of the option `error_type`.
    own_type: Option<String>,
    text: Text<'a>,
    source: Option<&'a (dyn Error + 'static)>,
    /// `true` if the type can hold any error, such as `Box<dyn Error>`, so its name says nothing.
    is_pointer: bool,
    /// Removes secrets from the texts before they are recorded.
    shown_by: Option<Shown>,
}

enum Text<'a> {
    Display(&'a dyn Display),
    Debug(&'a dyn Debug),
    Type,
}

impl<'a> Failure<'a> {
    /// Creates a failure with nothing but the type of the error.
    pub(crate) fn of<E>() -> Failure<'a> {
        Failure::of_type(type_name::<E>())
    }

    /// Adds the source of the error, if it has one and asking for it does not panic.
    pub(crate) fn with_source(
        self,
        source: impl FnOnce() -> Option<&'a (dyn Error + 'static)>,
    ) -> Failure<'a> {
        Failure {
            source: guarded(source),
            ..self
        }
    }

    /// Names the failure after the innermost error inside `error` whose name can be found, if the
    /// failure's type does not say what it is.
    pub(crate) fn named_by<E: Error + ?Sized>(self, error: &E) -> Failure<'a> {
        if self.is_pointer {
            self.named_inside(&error)
        } else {
            self
        }
    }

    /// Does what [`named_by`](Self::named_by) does, also if only the type of `pointee` does not say
    /// what the error is.
    pub(crate) fn named_by_pointee<E: Error + ?Sized>(self, pointee: &E) -> Failure<'a> {
        let is_pointer = self.is_pointer || ErrorType::of(type_name::<E>()).is_pointer;
        Failure { is_pointer, ..self }.named_by(pointee)
    }

    /// Names the failure after the innermost error whose name can be found. `error` is the
    /// outermost one.
    fn named_inside(self, error: &dyn Error) -> Failure<'a> {
        let sources: Vec<_> = self.sources().collect();
        let mut names = sources.into_iter().rev().filter_map(name_of);
        let name = names.next().or_else(|| name_of(error));
        match name {
            Some(name) => Failure {
                type_name: Cow::Owned(name),
                ..self
            },
            None => self,
        }
    }

    /// Returns `true` if the error's type does not say what it is, such as `dyn Error` or
    /// `anyhow::Error`, and the option `error_type` does not say it either.
    pub(crate) fn is_opaque(&self) -> bool {
        self.own_type.is_none() && self.is_pointer
    }

    /// Creates a failure that has only a type, given by its full name.
    pub(super) fn of_type(type_name: &'static str) -> Failure<'a> {
        let ErrorType { name, is_pointer } = ErrorType::of(type_name);
        Failure {
            type_name: Cow::Borrowed(name),
            own_type: None,
            text: Text::Type,
            source: None,
            is_pointer,
            shown_by: None,
        }
    }

    /// Sets a function that turns the texts of the failure into what is recorded.
    #[cfg(feature = "tower")]
    pub(crate) fn with_shown_by(self, shown_by: Shown) -> Failure<'a> {
        Failure {
            shown_by: Some(shown_by),
            ..self
        }
    }

    pub(crate) fn shown_by(&self) -> Option<Shown> {
        self.shown_by.clone()
    }

    /// Creates the failure of a panic, with its message if it is known.
    pub(crate) fn panic(payload: Option<&'a (dyn Any + Send)>) -> Failure<'a> {
        let message = payload.and_then(|payload| {
            let text = payload.downcast_ref::<String>().map(|text| text as _);
            text.or_else(|| payload.downcast_ref::<&str>().map(|text| text as _))
        });
        Failure {
            text: message.map_or(Text::Type, Text::Display),
            ..Failure::of_type(PANIC)
        }
    }

    /// Creates the failure of a value that implements `Error`.
    pub(crate) fn error<E: Error + ?Sized>(error: &'a &'a E) -> Failure<'a> {
        let failure = Failure {
            text: Text::Display(error),
            source: guarded(|| error.source()),
            ..Failure::of_type(type_name::<E>())
        };
        failure.named_by(*error)
    }

    /// Renders the error with `Display`, for the option `err = %`.
    #[must_use]
    pub fn display(self, error: &'a dyn Display) -> Failure<'a> {
        let text = Text::Display(error);
        Failure { text, ..self }
    }

    /// Renders the error with `Debug`, for the option `err = ?`.
    #[must_use]
    pub fn debug(self, error: &'a dyn Debug) -> Failure<'a> {
        let text = Text::Debug(error);
        Failure { text, ..self }
    }

    /// Keeps the formatting that the detector chose: the best that the error's type supports.
    #[must_use]
    pub fn auto<E>(self, _error: &E) -> Failure<'a> {
        self
    }

    /// Sets the `error.type`, for the option `error_type`. It stays as it is if `f` panics.
    #[must_use]
    pub fn typed<E, T: Display>(self, error: &'a E, f: impl FnOnce(&'a E) -> T) -> Failure<'a> {
        let own_type = catch(|| bounded(format_args!("{}", f(error))));
        Failure { own_type, ..self }
    }

    /// Returns the attribute `error.type`.
    pub(crate) fn error_type(&self) -> Cow<'static, str> {
        match &self.own_type {
            Some(own) => Cow::Owned(own.clone()),
            None => self.type_name.clone(),
        }
    }

    /// Returns the attribute `exception.type`.
    pub(crate) fn exception_type(&self) -> &str {
        &self.type_name
    }

    /// Returns `true` if the returned value held no error, and only the option `error_if` made it a
    /// failure.
    pub(crate) fn is_by_decision(&self) -> bool {
        self.type_name == OTHER
    }

    pub(crate) fn is_panic(&self) -> bool {
        self.type_name == PANIC
    }

    /// Returns `true` if the failure has a text besides its type.
    pub(crate) fn has_text(&self) -> bool {
        !matches!(self.text, Text::Type)
    }

    /// Returns the sources of the error, the nearest first. There are at most 64, in case they go
    /// round in circles.
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

/// Writes the error's text, or its type if it has none.
impl Display for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            Text::Display(error) => Display::fmt(error, f),
            Text::Debug(error) => Debug::fmt(error, f),
            Text::Type => f.write_str(self.exception_type()),
        }
    }
}

/// Returns what the user's `source` returns, or `None` if it panics.
fn guarded<'a>(
    source: impl FnOnce() -> Option<&'a (dyn Error + 'static)>,
) -> Option<&'a (dyn Error + 'static)> {
    catch(source).flatten()
}

/// Returns the name at the start of the error's `Debug` text, where a derived `Debug` puts it:
/// `ParseIntError { … }`. Returns `None` if the text does not start with a type's name.
fn name_of(error: &dyn Error) -> Option<String> {
    let text = bounded(format_args!("{error:?}"));
    if IO_ERRORS.iter().any(|begin| text.starts_with(begin)) {
        return Some(type_name::<io::Error>().to_owned());
    }
    let end = text.find(['(', '{']).unwrap_or(text.len());
    let name = text[..end].trim_end();
    let is_name = name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.contains(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then(|| name.to_owned())
}

/// How the `Debug` text of an `io::Error` can start. None of these gives the full name of the type.
/// The last five are errors that the standard library returns itself.
const IO_ERRORS: [&str; 8] = [
    "Os { code: ",
    "Custom { kind: ",
    "Kind(",
    "Error { kind: UnexpectedEof, message: ",
    "Error { kind: WriteZero, message: ",
    "Error { kind: InvalidData, message: ",
    "Error { kind: InvalidInput, message: ",
    "Error { kind: Unsupported, message: ",
];

/// The type of a failure that is a panic.
const PANIC: &str = "panic";
/// The `error.type` of a value that only `error_if` made a failure. This is the semantic
/// conventions' fallback where there is no error to name.
pub(super) const OTHER: &str = "_OTHER";
