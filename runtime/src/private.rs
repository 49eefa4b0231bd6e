//! All that an expansion of `#[traced]` may name. Not for use by hand; it may change in any release.

pub use core::option::Option::{self, None, Some};

pub use opentelemetry::trace::SpanKind;

pub use crate::__failure as failure;
pub use crate::__tag as tag;
pub use crate::__text_failure as text_failure;
pub use crate::__value as value;
pub use crate::call::{call, enter, leave};
pub use crate::failure::{Seen, failure_if, map, no_failure};
pub use crate::future::future;
pub use crate::later::{
    Kind, KindPlain, Look, returned_boxed_future, returned_boxed_stream, returned_future,
    returned_stream, settle,
};
pub use crate::level::Level;
pub use crate::returned::{Returned, ReturnedPlain};
pub use crate::scope::IntoScope;
pub use crate::site::CallSite;
pub use crate::span::{current, start, start_with};

/// Tells the compiler a type at a place that is never reached.
#[must_use]
pub fn unreachable<R>() -> R {
    unreachable!("the expansion names a type here and never comes here")
}

/// The traits that find the error in a returned value, and what can be said of it; nameless, so that they hide nothing.
pub mod detect_error {
    pub use super::detect_text::*;
    pub use crate::failure::{SeenError as _, SeenPointer as _};
}

/// The same, for an error that must not be asked whether it is an `Error`.
pub mod detect_text {
    pub use crate::failure::{SeenDebug as _, SeenDisplay as _, SeenType as _};
    pub use crate::returned::ReturnedPlain as _;
}
