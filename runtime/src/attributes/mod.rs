//! How a Rust value becomes an attribute.
//!
//! # The way of a value
//!
//! 1. The attributes of a function are one closure in its expansion. If the span is recorded, the
//!    closure is called with [`Attributes`], which knows the span and the call site. The keys are
//!    in the call site, so a value comes with an index. A key that is an expression comes with its
//!    value.
//! 2. [`ToValue`] converts the value to a [`ValueRef`] ([`conversions`], [`list`]): a number, a
//!    boolean or a borrowed string, for which nothing is allocated, or an owned value such as a
//!    list. `None` leaves the attribute out. For `%value` and `?value`, [`format`](mod@format)
//!    writes the `Display` or `Debug` text into memory that the thread keeps.
//! 3. The value is written to a [`Sink`], the trait of all spans that can be written to. Our own
//!    span writes bytes to its record. A span of another provider gets a `KeyValue` through the
//!    API.
//!
//! The attributes of an [`event`] are lists or tuples of pairs, and are converted in the same way.
//!
//! # Invariants
//!
//! - A type that is not an attribute value is a compile error, which says what to write instead. No
//!   attribute has a `Debug` text unless the user asked for it.
//! - A text is cut at its limit while it is formatted, so an endless `Display` costs bounded
//!   memory. If a `Display` panics, a remark is recorded in its place.
//! - If an expression panics, the attributes before it are kept.

mod conversions;
pub(crate) mod event;
pub(crate) mod format;
pub(crate) mod list;
pub(crate) mod text_limit;
pub(crate) mod value;
mod writer;

pub use event::{EventAttributes, IntoAttribute};
pub use list::Element;
pub use value::{ToValue, ValueRef};

pub(crate) use writer::{Attributes, Exception, Sink};
