//! Checks the options that need the returned value.

use crate::errors::Errors;
use crate::parse::args::{Args, Setting};
use crate::parse::function::Function;
use crate::parse::option_values::ErrorFormat;
use crate::plan::return_type::{self, surely_no_result};
use crate::plan::shape::Shape;

/// Returns `true` if the function may return an `Err`, and the runtime can see it.
pub(crate) fn shows_errors(function: &Function, shape: Shape) -> bool {
    match shape {
        Shape::InPlace => false,
        Shape::Call | Shape::Alias | Shape::AsyncFn => {
            !surely_no_result(&function.signature.output)
        }
        Shape::Future | Shape::BoxedFuture | Shape::Stream | Shape::BoxedStream => true,
    }
}

/// Rejects options that need more of the returned value than there is, or than can be seen.
pub(crate) fn check_value_options(
    args: &mut Args,
    function: &Function,
    shape: Shape,
    errors: &mut Errors,
) {
    const UNSEEN: &str = "cannot see the value that this function returns, remove it";
    let output = &function.signature.output;
    if !shows_errors(function, shape) {
        let reason = if surely_no_result(output) {
            "needs a `Result` in the return type, remove it"
        } else {
            UNSEEN
        };
        reject(&mut args.err, "err", reason, errors);
        reject(&mut args.error_type, "error_type", reason, errors);
    }
    let returns_nothing = return_type::is_unit(output) || return_type::is_never(output);
    if returns_nothing || shape == Shape::InPlace {
        let reason = if returns_nothing {
            "needs a function that returns a value, remove it"
        } else {
            UNSEEN
        };
        reject(&mut args.error_if, "error_if", reason, errors);
        reject(&mut args.ret, "ret", reason, errors);
    }
    if matches!(shape, Shape::Stream | Shape::BoxedStream) {
        let reason = "records one value, but a stream has many, remove it";
        reject(&mut args.ret, "ret", reason, errors);
    }
    if matches!(&args.err, Some(err) if matches!(err.value, ErrorFormat::Off)) {
        let reason = "has no effect with `err = off`, remove one of them";
        reject(&mut args.error_type, "error_type", reason, errors);
    }
}

/// Removes the option if it is there, and reports it unless it is inherited.
fn reject<T>(setting: &mut Option<Setting<T>>, option: &str, reason: &str, errors: &mut Errors) {
    if let Some(setting) = setting.take()
        && !setting.is_inherited
    {
        errors.push(syn::Error::new(setting.key, format!("`{option}` {reason}")));
    }
}
