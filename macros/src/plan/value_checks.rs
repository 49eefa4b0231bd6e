//! What is wrong with options about the returned value, on this function.

use crate::errors::Errors;
use crate::parse::args::{Args, Setting};
use crate::parse::function::Function;
use crate::parse::option_values::ErrorFormat;
use crate::plan::return_type;
use crate::plan::shape::Shape;

/// Whether nothing can be learnt from the value that the function returns.
pub(crate) fn is_blind(function: &Function, shape: Shape) -> bool {
    let output = &function.signature.output;
    match shape {
        Shape::InPlace => true,
        Shape::Call | Shape::Alias | Shape::AsyncFn => return_type::surely_no_result(output),
        Shape::Future | Shape::BoxedFuture | Shape::Stream | Shape::BoxedStream => false,
    }
}

/// Options about the returned value need one that can be seen.
pub(crate) fn check_value_options(
    args: &mut Args,
    function: &Function,
    shape: Shape,
    errors: &mut Errors,
) {
    let blind = is_blind(function, shape);
    let nothing = shape == Shape::InPlace || returns_nothing(function, shape);
    let stream = matches!(shape, Shape::Stream | Shape::BoxedStream);
    let unseen =
        shape == Shape::InPlace && !return_type::surely_no_result(&function.signature.output);
    let [err, error_type] = if unseen {
        [
            "`err` needs a returned value that it can see, remove it",
            "`error_type` needs a returned value that it can see, remove it",
        ]
    } else {
        [
            "`err` needs a `Result` in the returned value, remove it",
            "`error_type` needs a `Result` in the returned value, remove it",
        ]
    };
    drop_or_report(&mut args.err, blind, err, errors);
    drop_or_report(&mut args.error_type, blind, error_type, errors);
    drop_or_report(
        &mut args.error_if,
        nothing,
        "`error_if` needs a returned value that it can see, remove it",
        errors,
    );
    drop_or_report(
        &mut args.ret,
        nothing,
        "`ret` needs a returned value that it can see, remove it",
        errors,
    );
    drop_or_report(
        &mut args.ret,
        stream,
        "`ret` records one value but a stream has many, remove it",
        errors,
    );
    if matches!(&args.err, Some(err) if matches!(err.value, ErrorFormat::Off)) {
        let off = args.error_type.is_some();
        drop_or_report(
            &mut args.error_type,
            off,
            "`error_type` has no effect with `err = off`, remove one of them",
            errors,
        );
    }
}

fn returns_nothing(function: &Function, shape: Shape) -> bool {
    let output = &function.signature.output;
    let is_unit = matches!(return_type::spelled(output), Some(syn::Type::Tuple(tuple)) if tuple.elems.is_empty());
    matches!(shape, Shape::Call | Shape::AsyncFn) && (is_unit || return_type::is_never(output))
}

fn drop_or_report<T>(
    setting: &mut Option<Setting<T>>,
    wrong: bool,
    message: &str,
    errors: &mut Errors,
) {
    if !wrong {
        return;
    }
    if let Some(setting) = setting.take()
        && !setting.inherited
    {
        errors.push(syn::Error::new(setting.key, message));
    }
}
