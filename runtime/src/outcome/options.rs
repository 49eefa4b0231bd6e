//! The functions and macros that expansions call for the options `err`, `error_if`, `error_type`
//! and `ret`.

use crate::attributes::Attributes;
use crate::contain::catch;
use crate::outcome::failure::{Failure, OTHER};

/// Finds no failure: the detector of a function that cannot fail.
#[must_use]
pub fn no_failure<'a, R>(_: &'a R, _: &mut Attributes<'_>) -> Option<Failure<'a>> {
    None
}

/// Lets the option `error_if` decide about a returned value. If its expression panics, `failure`
/// stays as it is.
pub fn failure_if<'a, R>(
    returned: &'a R,
    decide: impl FnOnce(&'a R) -> bool,
    failure: Option<Failure<'a>>,
) -> Option<Failure<'a>> {
    match catch(|| decide(returned)) {
        Some(true) => Some(failure.unwrap_or_else(|| Failure::of_type(OTHER))),
        Some(false) => None,
        None => failure,
    }
}

/// Calls `f` with `value`, which tells the compiler the type of the closure's parameter.
pub fn map<'a, T, V>(value: &'a T, f: impl FnOnce(&'a T) -> V) -> V {
    f(value)
}

/// Evaluates to the failure in a returned value, as an `Option<Failure>`. The failure is rendered
/// by `auto`, `display` or `debug`, and has the `error.type` that the closure returns, if one is
/// given.
#[doc(hidden)]
#[macro_export]
macro_rules! __failure {
    (known, $returned:expr, $span:expr, auto) => {
        $crate::private::Detector::detect(&$crate::private::known_detector!($returned), $returned, $span)
    };
    ($find:ident, $returned:expr, $span:expr, auto) => {
        $crate::private::Detector::detect(&$crate::private::$find($returned).__traced_pick(), $returned, $span)
    };
    ($find:ident, $returned:expr, $span:expr, $render:ident $(, $error_type:expr)?) => {{
        use $crate::private::ReturnedPlain as _;
        match $crate::private::Returned($returned).__traced_error() {
            $crate::private::Some(error) => $crate::private::failure!($find, $returned, $span, auto)
                .map(|failure| failure.$render(error)$(.typed(error, $error_type))?),
            $crate::private::None => $crate::private::None,
        }
    }};
}

/// Evaluates to the value that `ret` records, as an `Option`: the `Ok` value of a `Result`, also
/// inside of `Poll` and `Option`, or the whole value of any other type.
#[doc(hidden)]
#[macro_export]
macro_rules! __value {
    ($returned:expr) => {{
        use $crate::private::ReturnedPlain as _;
        $crate::private::Returned($returned).__traced_value()
    }};
}
