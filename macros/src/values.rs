//! What stands behind an option's key.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Token};

use crate::args::{ErrorFormat, Ret, Root};
use crate::attributes::{self, Attribute, Format};
use crate::errors::Errors;
use crate::suggest;
use crate::variables::expression;

/// The `=` after an option's key; `example` is what could stand behind it.
pub(crate) fn equals(key: &Ident, input: ParseStream, example: &str) -> syn::Result<()> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if !input.is_empty() {
            return Ok(());
        }
    }
    let message = format!("`{key}` needs a value, write `{key} = {example}`");
    Err(syn::Error::new(key.span(), message))
}

pub(crate) fn value(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
    equals(key, input, "expression")?;
    expression(input)
}

/// One of the words in `valid`.
pub(crate) fn word(
    key: &Ident,
    input: ParseStream,
    what: &str,
    valid: &[&'static str],
) -> syn::Result<Ident> {
    equals(key, input, valid[0])?;
    let word = input.call(Ident::parse_any).map_err(|error| {
        let message = format!(
            "expected a bare word: valid here are {}",
            suggest::list(valid)
        );
        syn::Error::new(error.span(), message)
    })?;
    if valid.contains(&word.to_string().as_str()) {
        return Ok(word);
    }
    let message = suggest::unknown(what, &word.to_string(), valid);
    Err(syn::Error::new(word.span(), message))
}

pub(crate) fn error_format(key: &Ident, input: ParseStream) -> syn::Result<ErrorFormat> {
    equals(key, input, "?")?;
    match Format::parse(input)? {
        Format::Display => return Ok(ErrorFormat::Display),
        Format::Debug => return Ok(ErrorFormat::Debug),
        Format::Value => {}
    }
    let at = input.span();
    match input.call(Ident::parse_any) {
        Ok(word) if word == "off" => Ok(ErrorFormat::Off),
        _ => Err(syn::Error::new(
            at,
            "expected `%` (Display), `?` (Debug) or `off`",
        )),
    }
}

pub(crate) fn closure(key: &Ident, input: ParseStream, example: &str) -> syn::Result<Expr> {
    equals(key, input, example)?;
    let value = expression(input)?;
    if is_function_of_one(&value) {
        return Ok(value);
    }
    let message = format!("`{key}` takes a closure of one argument, write `{key} = {example}`");
    Err(syn::Error::new_spanned(value, message))
}

/// A closure of one argument, or a path that may be a function.
fn is_function_of_one(value: &Expr) -> bool {
    match value {
        Expr::Closure(closure) => closure.inputs.len() == 1,
        Expr::Path(_) => true,
        Expr::Paren(paren) => is_function_of_one(&paren.expr),
        _ => false,
    }
}

pub(crate) fn ret(key: &Ident, input: ParseStream, errors: &mut Errors) -> syn::Result<Ret> {
    if input.peek(syn::token::Paren) {
        return ret_parts(attributes::parse(key, input, errors)?);
    }
    if !input.peek(Token![=]) {
        return Ok(Ret::Whole(Format::Value));
    }
    equals(key, input, "?")?;
    match Format::parse(input)? {
        Format::Value => {
            let message = "expected `%` (Display) or `?` (Debug), or write `ret` alone";
            Err(input.error(message))
        }
        format => Ok(Ret::Whole(format)),
    }
}

fn ret_parts(parts: Vec<Attribute>) -> syn::Result<Ret> {
    for part in &parts {
        if !is_function_of_one(&part.value) {
            let message =
                "expected a closure of the returned value, write `\"key\" = |ret| expression`";
            return Err(syn::Error::new_spanned(&part.value, message));
        }
    }
    Ok(Ret::Parts(parts))
}

pub(crate) fn root(input: ParseStream) -> syn::Result<Root> {
    if !input.peek(syn::token::Paren) {
        return Ok(Root::Alone);
    }
    let content;
    syn::parenthesized!(content in input);
    let word: Ident = content.call(Ident::parse_any)?;
    if word == "link" && content.is_empty() {
        return Ok(Root::Linked);
    }
    let message = "expected `link`, write `root` or `root(link)`";
    Err(syn::Error::new(word.span(), message))
}
