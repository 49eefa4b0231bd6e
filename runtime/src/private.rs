//! Everything that an expansion of `#[traced]` or `span!` may name. This is not for use by hand,
//! and may change in any release.

pub use core::option::Option::{self, None, Some};

pub use opentelemetry::trace::SpanKind;

pub use crate::__failure as failure;
pub use crate::__known_detector as known_detector;
pub use crate::__value as value;
pub use crate::body::call::{call, call_at, call_by};
pub use crate::body::deferred::alias::alias;
pub use crate::body::deferred::boxed::{returned_boxed_future, returned_boxed_stream};
pub use crate::body::deferred::promised::promised;
pub use crate::body::future::{future, future_at, future_by};
pub use crate::body::guard::{enter, leave};
pub use crate::outcome::detect::{Detector, NoDetector, find, find_in, find_text, find_text_in};
pub use crate::outcome::inferred::whole;
pub use crate::outcome::options::{failure_if, map, no_failure};
pub use crate::outcome::question::ask;
pub use crate::outcome::returned::{Returned, ReturnedPlain};
pub use crate::site::CallSite;
pub use crate::site::Level;
pub use crate::site::scope::IntoScope;
pub use crate::span::start::{current, start, start_elsewhere, start_with};

/// Tells the compiler a type at a place that is never reached.
#[must_use]
pub fn unreachable<R>() -> R {
    unreachable!("the expansion names a type here and never comes here")
}
