//! What came of a function's body, and how it is recorded.
//!
//! # How an error is found
//!
//! Only the compiler knows the type behind an alias or a generic parameter. So the type of the
//! returned value decides, and not how it is spelled:
//!
//! 1. [`detect`] chooses a [`Detector`] for the type, by method resolution. It sees into a
//!    `Result`, also inside of `Poll` and `Option`. Of the error it takes the most that the type
//!    offers: an `Error` with its sources, otherwise the `Display` or the `Debug` text, otherwise
//!    only the name of the type. For a type that cannot hold an error, the detector finds nothing
//!    and costs nothing. [`fallible`] lists the types that can.
//! 2. [`inferred`] does this for the value of a `span!` block, as far as its type is known there
//!    ([`question`]).
//! 3. [`options`] applies `err`, `error_type`, `ret` and `error_if`, which may contain the user's
//!    expressions, to the error or the value that [`returned`] takes out. `error_if` has the last
//!    word.
//!
//! The result is a [`Failure`]: an error that is borrowed from the returned value and not formatted
//! yet. Panics and the errors given to `record_error` ([`any_error`]) become failures too.
//!
//! # How `error.type` is chosen
//!
//! The first of these that applies (`named_inside` and the following are in [`failure`]):
//!
//! 1. what the option `error_type` returns;
//! 2. `panic` for a panic, and `_OTHER` if only `error_if` made the value an error;
//! 3. the name of the error's type, as `site::error_type` shortens it. A pointer such as
//!    `Arc<MyError>` has the name of what it holds;
//! 4. if that type hides the error, as `Box<dyn Error>` and `anyhow::Error` do: what the span below
//!    has, if it recorded the same error ([`exception`], [`recorded`]);
//! 5. otherwise the name of an error inside that type. `named_inside` asks the sources, the
//!    innermost first, and then the error itself. `name_of` takes the name from the start of the
//!    `Debug` text, where a derived `Debug` puts it. The text of an `io::Error` does not name its
//!    type, so `IO_ERRORS` lists how such a text begins.
//!
//! # How an error is recorded once
//!
//! [`exception`] writes a failure to a span: the status, `error.type`, and an exception with the
//! sources of the error. An error usually passes through several traced functions on its way up.
//! Each of their spans gets the status and the type, but only the innermost one gets the exception.
//! To tell, the thread remembers ([`recorded`]) the text of the exception that it recorded last,
//! and the parent of the span that has it. If this parent fails with the same text, or with an
//! error that has it as a source, it is the same error, and the thread remembers the next parent
//! up. Otherwise it is a new exception.
//!
//! An exception is an event of the span, or a log record: the feature `logs` registers itself with
//! [`exception::offer_to`].
//!
//! # Invariants
//!
//! - A returned value is looked at only if the span is recorded.
//! - `Display`, `Debug`, `source` and the expressions of the options may panic, recurse or write
//!   endlessly. Each call of them is caught, and what it produces is bounded.
//! - They may also call a traced function. So the thread's memory is taken out of its cell while
//!   they run.
//! - `error.type` has few different values: it is the name of a type, or what `error_type` returns,
//!   and never a message.

pub(crate) mod any_error;
pub(crate) mod detect;
pub(crate) mod exception;
pub(crate) mod failure;
pub(crate) mod fallible;
pub(crate) mod inferred;
pub(crate) mod options;
pub(crate) mod question;
pub(crate) mod recorded;
pub(crate) mod returned;

pub use any_error::AnyError;
pub(crate) use detect::Detector;
pub(crate) use failure::Failure;
