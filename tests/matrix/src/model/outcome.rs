//! Predicts how a call ends, and what its span says about that.

use crate::dimensions::{Body, Case, Options, Returns, Shape};
use crate::properties::Error;

/// The way in which a call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Value,
    Failed,
    Panicked(&'static str),
    /// A future that is dropped before it is ready.
    Cancelled,
    /// A stream that is dropped before it ends.
    Dropped,
}

/// Returns how the call ends, depending on whether it is asked to fail.
pub(crate) fn end(case: &Case, fail: bool) -> End {
    let stream = case.shape.is_stream();
    match case.body {
        // The call gives a box, whatever comes out of that.
        _ if case.is_short_lived() => End::Value,
        Body::Todo => End::Panicked("not yet implemented"),
        Body::Panic if fail || case.returns == Returns::Never => End::Panicked("failed with 7"),
        body if body.never_ends() && stream => End::Dropped,
        body if body.never_ends() => End::Cancelled,
        Body::Collect if fail && case.returns == Returns::ResultList => End::Failed,
        body if fail && body.can_fail() && case.returns.is_fallible() => End::Failed,
        _ => End::Value,
    }
}

/// Returns `true` if the body stays in place, because of an `impl Trait` that is not spelled like a
/// future or stream. This is a documented limit.
fn is_in_place(case: &Case) -> bool {
    case.shape == Shape::Sync && case.returns == Returns::Opaque
}

/// Returns the status, and the event of an error or panic, and adds its attributes.
pub(crate) fn outcome(
    case: &Case,
    end: End,
    attributes: &mut Vec<String>,
) -> (String, Option<String>) {
    let ok = if case.options == Options::Ok {
        " ok"
    } else {
        ""
    };
    let error_if = match case.options {
        Options::ErrorIfTrue | Options::MacroErrorIf => Some(true),
        Options::ErrorIfFalse => Some(false),
        _ => None,
    };
    match (end, error_if) {
        (End::Panicked(message), _) => {
            attributes.push("error.type=\"panic\"".to_owned());
            panicked(if is_in_place(case) { "" } else { message })
        }
        (End::Cancelled, _) => {
            // It is no error, so a span that is another's says nothing of it.
            if case.options != Options::Current {
                attributes.push("traced.cancelled=true".to_owned());
            }
            (String::new(), None)
        }
        (End::Failed, None | Some(true)) if is_seen(case) => failed(case, attributes),
        (End::Failed, _) if is_open(case) => (ok.to_owned(), None),
        (End::Dropped | End::Failed, _) => (String::new(), None),
        (End::Value, Some(true)) if has_value(case) => {
            attributes.push("error.type=\"_OTHER\"".to_owned());
            (" error \"\"".to_owned(), None)
        }
        (End::Value, _) => (ok.to_owned(), None),
    }
}

fn is_seen(case: &Case) -> bool {
    case.options != Options::ErrOff && !is_open(case)
}

/// Returns `true` if the type of a block is determined outside.
fn is_open(case: &Case) -> bool {
    case.shape == Shape::Block && case.body == Body::Collect
}

/// Returns `true` if the type of the block's error is determined outside.
fn has_open_error(case: &Case) -> bool {
    let takes_any = matches!(
        case.body,
        Body::Question | Body::ErrInto | Body::ErrQuestion
    );
    case.shape == Shape::Block && takes_any
}

/// Returns `false` for a stream without items, which has no value to look at.
fn has_value(case: &Case) -> bool {
    case.body != Body::Empty
}

fn panicked(message: &str) -> (String, Option<String>) {
    let status = format!(" error {message:?}");
    let message = if message.is_empty() {
        String::new()
    } else {
        format!(", exception.message={message:?}")
    };
    let event = format!("! exception {{exception.type=\"panic\"{message}}}");
    (status, Some(event))
}

fn failed(case: &Case, attributes: &mut Vec<String>) -> (String, Option<String>) {
    let error = case.returns.error();
    // What `From<&str>` boxes is a text, without a name or a source.
    let is_text = matches!(case.body, Body::ErrInto | Body::ErrQuestion);
    let is_block = case.shape == Shape::Block;
    let ty = match error {
        Error::Boxed if is_text || is_block => "dyn core::error::Error",
        error => type_name(error),
    };
    let given = matches!(case.options, Options::ErrorType | Options::MacroErrorType);
    attributes.push(format!("error.type={:?}", if given { "given" } else { ty }));
    let source = match error {
        Error::Boxed if is_text => None,
        _ if is_block => None,
        Error::Failure | Error::Boxed => Some("the cause"),
        _ => None,
    };
    let message = match (case.options, error) {
        _ if has_open_error(case) => None,
        (Options::ErrDebug, Error::Boxed) if is_text => debugged(Error::Text),
        (Options::ErrDebug, _) => debugged(error),
        _ => displayed(error),
    };
    let mut event = format!("! exception {{exception.type={ty:?}");
    if let Some(message) = message {
        event += &format!(", exception.message={message:?}");
    }
    if let (Some(message), Some(source)) = (message, source) {
        let chain = format!("{message}\ncaused by: {source}");
        event += &format!(", exception.stacktrace={chain:?}");
    }
    event += "}";
    (
        format!(" error {:?}", message.unwrap_or_default()),
        Some(event),
    )
}

fn type_name(error: Error) -> &'static str {
    match error {
        Error::Failure => "traced_matrix_support::errors::Failure",
        Error::Text | Error::Generic => "alloc::string::String",
        Error::Boxed => "Cause",
        Error::OnlyDebug => "traced_matrix_support::errors::OnlyDebug",
        Error::Nothing => "traced_matrix_support::errors::Nothing",
        Error::Str => "str",
        Error::Io => "std::io::error::Error",
        Error::Anyhow => "anyhow::Error",
        Error::Fmt => "core::fmt::Error",
        Error::None => "",
    }
}

/// Returns the text of an error: that of `Display`, otherwise that of `Debug`, otherwise none.
fn displayed(error: Error) -> Option<&'static str> {
    match error {
        Error::OnlyDebug => Some("OnlyDebug"),
        Error::Nothing | Error::Generic | Error::None => None,
        Error::Fmt => Some("an error occurred when formatting an argument"),
        _ => Some("failed"),
    }
}

fn debugged(error: Error) -> Option<&'static str> {
    match error {
        Error::Failure | Error::Boxed => Some("Failure(Cause)"),
        Error::Text | Error::Str => Some("\"failed\""),
        Error::Io => Some("Custom { kind: Other, error: \"failed\" }"),
        Error::Anyhow => Some("failed"),
        Error::Fmt => Some("Error"),
        error => displayed(error),
    }
}
