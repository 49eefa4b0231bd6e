//! The values of options: what may follow the key of each.

use proc_macro2::{Ident, Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, ExprLit, Lit, Path, Token, token};

use crate::errors::Errors;
use crate::parse::attributes::{self, Attribute, Format};
use crate::parse::macro_variables::expression;
use crate::parse::suggest;

/// The value of `err`: how an `Err` is rendered.
pub(crate) enum ErrorFormat {
    Display,
    Debug,
    Off,
}

/// The value of `ret`: how the returned value is recorded.
pub(crate) enum Ret {
    /// The whole value is recorded under the key `return`. The span is that of the option.
    Whole(Format, Span),
    /// Closures pick parts of the value, each with its own key.
    Parts(Vec<Attribute>),
}

/// The value of `root`: how a new trace is started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Unlinked,
    /// The new trace is linked to the span that was current.
    Linked,
}

/// Parses the `=` after the key of an option. The error for a missing value shows `example`.
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

/// Parses `= EXPRESSION`.
pub(crate) fn value(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
    equals(key, input, "expression")?;
    expression(input)
}

/// Parses `= EXPRESSION` for `parent`, and rejects `None`, with which `tracing` starts a new trace.
pub(crate) fn parent(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
    let parent = value(key, input)?;
    if matches!(&parent, Expr::Path(path) if path.path.is_ident("None")) {
        let message = "`None` is not a parent, write `root` to start a new trace";
        return Err(syn::Error::new_spanned(parent, message));
    }
    Ok(parent)
}

/// Parses `= PATH`.
pub(crate) fn path(key: &Ident, input: ParseStream) -> syn::Result<Path> {
    const EXAMPLE: &str = "path::to::traced";
    equals(key, input, EXAMPLE)?;
    Path::parse_mod_style(input).map_err(|error| {
        let message = format!("`{key}` takes a path, write `{key} = {EXAMPLE}`");
        syn::Error::new(error.span(), message)
    })
}

/// Parses `= WORD`, which must be one of the words in `valid`.
pub(crate) fn word(key: &Ident, input: ParseStream, valid: &[&'static str]) -> syn::Result<Ident> {
    equals(key, input, valid[0])?;
    let value = expression(input)?;
    let message = match &value {
        Expr::Path(path) => match path.path.get_ident() {
            Some(word) if valid.iter().any(|valid| word == valid) => return Ok(word.clone()),
            Some(word) => suggest::unknown_word(key, &word.to_string(), valid),
            None => {
                let last = path.path.segments.last();
                let last = last.map(|last| last.ident.to_string());
                suggest::bare_word(key, last.as_deref(), valid)
            }
        },
        Expr::Lit(ExprLit {
            lit: Lit::Str(literal),
            ..
        }) => suggest::bare_word(key, Some(&literal.value()), valid),
        _ => suggest::bare_word(key, None, valid),
    };
    Err(syn::Error::new_spanned(value, message))
}

/// Parses what follows `err`.
pub(crate) fn error_format(key: &Ident, input: ParseStream) -> syn::Result<ErrorFormat> {
    if let Some(format) = format_in_parentheses(input) {
        let message = format!("`err` takes no parentheses, write `err = {format}`");
        return Err(syn::Error::new(key.span(), message));
    }
    if !input.peek(Token![=]) {
        let message = "errors are recorded by default: remove `err`, or write `err = %` (Display), `err = ?` (Debug) or `err = off`";
        return Err(syn::Error::new(key.span(), message));
    }
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
            "expected `err = %` (Display), `err = ?` (Debug) or `err = off`",
        )),
    }
}

/// Returns the character for the format that `tracing` users write as `(Display)` or `(Debug)`, or
/// `None` if something else follows.
fn format_in_parentheses(input: ParseStream) -> Option<char> {
    let Ok(TokenTree::Group(group)) = input.fork().parse() else {
        return None;
    };
    match group.stream().to_string().as_str() {
        "Display" => Some('%'),
        "Debug" => Some('?'),
        _ => None,
    }
}

/// Parses `= CLOSURE`. The error for a wrong value shows `example`.
pub(crate) fn closure(key: &Ident, input: ParseStream, example: &str) -> syn::Result<Expr> {
    equals(key, input, example)?;
    let value = expression(input)?;
    if is_function_of_one(&value) {
        return Ok(value);
    }
    let message = format!("`{key}` takes a closure with one parameter, write `{key} = {example}`");
    Err(syn::Error::new_spanned(value, message))
}

/// Returns `true` for a closure with one parameter, and for a path, which may lead to a function.
fn is_function_of_one(value: &Expr) -> bool {
    match value {
        Expr::Closure(closure) => closure.inputs.len() == 1,
        Expr::Path(_) => true,
        Expr::Paren(paren) => is_function_of_one(&paren.expr),
        _ => false,
    }
}

/// Parses what follows `ret`.
pub(crate) fn ret(key: &Ident, input: ParseStream, errors: &mut Errors) -> syn::Result<Ret> {
    if let Some(format) = format_in_parentheses(input) {
        let message = format!(
            "`ret(…)` records parts of the returned value, write `ret = {format}` for the whole value"
        );
        return Err(syn::Error::new(key.span(), message));
    }
    if input.peek(token::Paren) {
        return ret_parts(attributes::parse(key, input, errors)?);
    }
    if !input.peek(Token![=]) {
        return Ok(Ret::Whole(Format::Value, key.span()));
    }
    equals(key, input, "?")?;
    match Format::parse(input)? {
        Format::Value => {
            let message = "expected `ret`, `ret = %` (Display) or `ret = ?` (Debug)";
            Err(input.error(message))
        }
        format => Ok(Ret::Whole(format, key.span())),
    }
}

/// Checks that each entry of `ret(…)` has a closure for its value.
fn ret_parts(parts: Vec<Attribute>) -> syn::Result<Ret> {
    for part in &parts {
        if !is_function_of_one(&part.value) {
            let message = "expected a closure that takes the returned value, write `\"key\" = |ret| expression`";
            return Err(syn::Error::new_spanned(&part.value, message));
        }
    }
    Ok(Ret::Parts(parts))
}

/// Parses what follows `root`.
pub(crate) fn root(input: ParseStream) -> syn::Result<Root> {
    if !input.peek(token::Paren) {
        return Ok(Root::Unlinked);
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

/// Checks that nothing follows `skip`. In `tracing`, `skip(argument)` leaves an argument out of the
/// span; here an argument is recorded only if it is named.
pub(crate) fn skip(key: &Ident, input: ParseStream) -> syn::Result<()> {
    if input.peek(token::Paren) {
        let message = "arguments are recorded only if `attributes(…)` names them, remove `skip(…)`";
        return Err(syn::Error::new(key.span(), message));
    }
    Ok(())
}
