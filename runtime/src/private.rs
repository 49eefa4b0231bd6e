//! All that an expansion of `#[traced]` may name. Not for use by hand; it may change in any release.

pub use core::option::Option::{self, None, Some};

pub use opentelemetry::trace::SpanKind;

pub use crate::__failure as failure;
pub use crate::__known_look as known_look;
pub use crate::__value as value;
pub use crate::alias::alias;
pub use crate::call::{call, call_at, call_by, enter, leave};
pub use crate::failure::{failure_if, map, no_failure};
pub use crate::future::{future, future_at, future_by};
pub use crate::known::{ask, whole};
pub use crate::later::{returned_boxed_future, returned_boxed_stream};
pub use crate::level::Level;
pub use crate::look::{Look, LookNowhere, find, find_in, find_text, find_text_in};
pub use crate::promised::promised;
pub use crate::returned::{Returned, ReturnedPlain};
pub use crate::scope::IntoScope;
pub use crate::site::CallSite;
pub use crate::span::{current, start, start_elsewhere, start_with};

/// Tells the compiler a type at a place that is never reached.
#[must_use]
pub fn unreachable<R>() -> R {
    unreachable!("the expansion names a type here and never comes here")
}
