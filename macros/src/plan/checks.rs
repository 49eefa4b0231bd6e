//! Checks options that are right by themselves: whether they go together, and whether they make
//! sense on this function.

use proc_macro2::{Ident, Span};
use quote::quote;
use syn::{Expr, ExprLit, FnArg, Lit, Pat, Type};

use crate::errors::Errors;
use crate::parse::args::{Args, Setting};
use crate::parse::function::Function;
use crate::parse::suggest;
use crate::plan::body::mentions;
use crate::plan::return_type;
use crate::plan::shape::Shape;
use crate::plan::value_checks::check_value_options;

/// Checks the options of a function. Inherited options that make no sense on it are removed.
pub(crate) fn check(
    args: &mut Args,
    function: &Function,
    shape: Shape,
    arguments: &[Ident],
    errors: &mut Errors,
) {
    check_name(args, errors);
    check_borrowed_name(args, function, errors);
    check_arguments(args, arguments, errors);
    check_conflicts(args, errors);
    check_value_options(args, function, shape, errors);
    if let Some(stream) = &args.stream
        && !matches!(shape, Shape::Stream | Shape::BoxedStream)
        && !stream.is_inherited
    {
        let message = "`stream` is only for functions that return a stream that cannot outlive its items, remove it";
        errors.push(syn::Error::new(stream.key, message));
    }
    if let Some(skip) = &args.skip {
        let message = "`skip` is only for functions in an annotated `impl`, `trait` or `mod`, remove the attribute";
        errors.push(syn::Error::new(skip.key, message));
    }
}

/// Checks the options of a block. Its keys may begin with any variable in scope.
pub(crate) fn check_block(args: &Args, errors: &mut Errors) {
    if args.name.is_none() {
        let message = "a block needs a name, write `span!(\"name\" => { … })`";
        errors.push(syn::Error::new(Span::call_site(), message));
    }
    check_name(args, errors);
    check_conflicts(args, errors);
    let functions_only = [
        own("current", args.current.as_ref()),
        own("stream", args.stream.as_ref()),
        own("skip", args.skip.as_ref()),
    ];
    for (option, key) in functions_only.into_iter().flatten() {
        let message = format!("`{option}` is only for functions, remove it");
        errors.push(syn::Error::new(key, message));
    }
}

/// Reports an empty name.
fn check_name(args: &Args, errors: &mut Errors) {
    if let Some(Setting {
        value: Expr::Lit(ExprLit {
            lit: Lit::Str(literal),
            ..
        }),
        ..
    }) = &args.name
        && literal.value().is_empty()
    {
        let message = "the name is empty, write one or remove it to use the function's own name";
        errors.push(syn::Error::new(literal.span(), message));
    }
}

/// Reports a name that is borrowed from an argument. The name must be `'static`, and the compiler's
/// own error would only speak of lifetimes.
fn check_borrowed_name(args: &Args, function: &Function, errors: &mut Errors) {
    let Some(Setting { value: name, .. }) = &args.name else {
        return;
    };
    let (argument, is_text) = match name {
        Expr::Path(path) => (
            path.path.get_ident(),
            return_type::is_borrowed_text as fn(&Type) -> bool,
        ),
        Expr::Reference(reference) => match &*reference.expr {
            Expr::Path(path) => (
                path.path.get_ident(),
                return_type::is_text as fn(&Type) -> bool,
            ),
            _ => return,
        },
        _ => return,
    };
    let types = function
        .signature
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(typed) => match &*typed.pat {
                Pat::Ident(binding) if Some(&binding.ident) == argument => Some(&*typed.ty),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        });
    if let Some(argument) = argument
        && types.into_iter().any(is_text)
    {
        let message = format!(
            "the span's name cannot be borrowed from `{argument}`, write `name = {argument}.to_owned()`"
        );
        errors.push(syn::Error::new_spanned(name, message));
    }
}

/// Reports a key without a value that does not begin with an argument, and a scope that uses an
/// argument.
fn check_arguments(args: &Args, arguments: &[Ident], errors: &mut Errors) {
    let attributes = args.attributes.iter().flat_map(|list| &list.value);
    for argument in attributes.filter_map(|entry| entry.argument.as_ref()) {
        if !arguments.contains(argument) {
            errors.push(no_argument(argument, arguments));
        }
    }
    if let Some(Setting { value: scope, .. }) = &args.scope {
        let tokens = quote!(#scope);
        for argument in arguments
            .iter()
            .filter(|argument| mentions(&tokens, argument))
        {
            let message = format!(
                "`scope` is evaluated once for all calls and cannot use the argument `{argument}`, write a literal or a constant"
            );
            errors.push(syn::Error::new_spanned(scope, message));
        }
    }
}

/// Returns the error for a key that should begin with an argument.
fn no_argument(argument: &Ident, arguments: &[Ident]) -> syn::Error {
    let names: Vec<String> = arguments.iter().map(Ident::to_string).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let known = if names.is_empty() {
        "the function has no arguments".to_owned()
    } else {
        format!("the function's arguments are {}", suggest::list(&names))
    };
    let message = format!("`{argument}` is not an argument, write `key = expression`: {known}");
    syn::Error::new(argument.span(), message)
}

/// Reports options that exclude each other.
fn check_conflicts(args: &Args, errors: &mut Errors) {
    if let (Some(root), Some(_)) = (&args.root, &args.parent) {
        let message = "a span with `root` has no parent, remove `root` or `parent`";
        errors.push(syn::Error::new(root.key, message));
    }
    let Some(current) = &args.current else {
        return;
    };
    let opening = [
        own("name", args.name.as_ref()),
        own("kind", args.kind.as_ref()),
        own("parent", args.parent.as_ref()),
        own("root", args.root.as_ref()),
        own("links", args.links.as_ref()),
        own("scope", args.scope.as_ref()),
    ];
    for (option, key) in opening.into_iter().flatten() {
        if !current.is_inherited {
            let message = format!("`current` does not open a span, remove `{option}` or `current`");
            errors.push(syn::Error::new(key, message));
        }
    }
}

/// Returns the option's name and place if it was given and is not inherited.
fn own<T>(option: &'static str, setting: Option<&Setting<T>>) -> Option<(&'static str, Span)> {
    let setting = setting.filter(|setting| !setting.is_inherited)?;
    Some((option, setting.key))
}
