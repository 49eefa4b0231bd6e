//! The list in `attributes(…)`: keys, values, and the format of each value.

use proc_macro2::{Delimiter, Ident, Span, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Expr, LitInt, LitStr, Member, Token};

use crate::errors::Errors;
use crate::parse::macro_variables::expression;

/// One attribute to record.
pub(crate) struct Attribute {
    pub(crate) key: Key,
    pub(crate) format: Format,
    pub(crate) value: Expr,
    /// The argument that a key without a value begins with.
    pub(crate) argument: Option<Ident>,
}

/// The key of an attribute.
pub(crate) enum Key {
    Text { text: String, span: Span },
    Const(Expr),
}

impl PartialEq for Key {
    /// Two constants are equal if they are spelled alike.
    fn eq(&self, other: &Key) -> bool {
        match (self, other) {
            (Key::Text { text, .. }, Key::Text { text: other, .. }) => text == other,
            (Key::Const(key), Key::Const(other)) => {
                quote!(#key).to_string() == quote!(#other).to_string()
            }
            _ => false,
        }
    }
}

/// The format in which a value is recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Value,
    Display,
    Debug,
}

impl Format {
    /// Parses the `%` or `?` that may stand before an expression.
    pub(crate) fn parse(input: ParseStream) -> syn::Result<Format> {
        if input.parse::<Option<Token![%]>>()?.is_some() {
            return Ok(Format::Display);
        }
        let debug = input.parse::<Option<Token![?]>>()?;
        Ok(debug.map_or(Format::Value, |_| Format::Debug))
    }
}

/// Parses the list that follows the option `key`.
///
/// Mistakes are added to `errors`; the entries that are right are kept.
pub(crate) fn parse(
    key: &Ident,
    input: ParseStream,
    errors: &mut Errors,
) -> syn::Result<Vec<Attribute>> {
    let group = match input.parse() {
        Ok(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => group,
        _ => {
            let message = format!("`{key}` needs a list, write `{key}(argument, key = value)`");
            return Err(syn::Error::new(key.span(), message));
        }
    };
    let mut list = Vec::new();
    let entries = |input: ParseStream| {
        while !input.is_empty() {
            let parsed = entry(input).and_then(|entry| {
                distinct(&entry, &list)?;
                Ok(entry)
            });
            match errors.keep(parsed) {
                Some(entry) => list.push(entry),
                None => skip_entry(input),
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    entries.parse2(group.stream())?;
    Ok(list)
}

/// Parses one entry of the list.
fn entry(input: ParseStream) -> syn::Result<Attribute> {
    let format = Format::parse(input)?;
    if format != Format::Value {
        return alone(Dotted::parse(input)?, format, input);
    }
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        let (text, span) = (literal.value(), literal.span());
        if text.is_empty() {
            return Err(syn::Error::new(
                span,
                "the key is empty, write `\"key\" = value`",
            ));
        }
        return keyed(Key::Text { text, span }, input);
    }
    if input.peek(syn::token::Brace) {
        let content;
        syn::braced!(content in input);
        return keyed(Key::Const(expression(&content)?), input);
    }
    let path = Dotted::parse(input)?;
    if input.peek(Token![=]) {
        let (text, span) = (path.text, path.expr.span());
        return keyed(Key::Text { text, span }, input);
    }
    alone(path, Format::Value, input)
}

/// Parses `= VALUE`, which must follow this key.
fn keyed(key: Key, input: ParseStream) -> syn::Result<Attribute> {
    let (span, shown) = match &key {
        Key::Text { text, span } => (*span, format!("\"{text}\"")),
        Key::Const(path) => (path.span(), "{CONST}".to_owned()),
    };
    let equals: Option<Token![=]> = input.parse()?;
    let format = Format::parse(input)?;
    if equals.is_none() || input.is_empty() || input.peek(Token![,]) {
        let message = format!(
            "this key needs a value, write `{shown} = expression`, or `%expression` for Display and `?expression` for Debug"
        );
        return Err(syn::Error::new(span, message));
    }
    Ok(Attribute {
        key,
        format,
        value: expression(input)?,
        argument: None,
    })
}

/// Turns a path without a value into an attribute: the path is both its key and its value.
fn alone(path: Dotted, format: Format, input: ParseStream) -> syn::Result<Attribute> {
    if !(input.is_empty() || input.peek(Token![,])) {
        let message = "only a path can be recorded without a key, write `key = expression`";
        return Err(syn::Error::new(input.span(), message));
    }
    let Dotted { first, expr, text } = path;
    let span = expr.span();
    if first == "self" {
        let field = text.strip_prefix("self.").unwrap_or("key");
        let message = format!("`{text}` needs a key, write `{field} = {text}`");
        return Err(syn::Error::new(span, message));
    }
    Ok(Attribute {
        key: Key::Text { text, span },
        format,
        value: expr,
        argument: Some(first),
    })
}

/// A dotted path, such as `order.id`.
struct Dotted {
    first: Ident,
    expr: Expr,
    /// The path as a key, without any `r#`.
    text: String,
}

impl Dotted {
    fn parse(input: ParseStream) -> syn::Result<Dotted> {
        let first = input.call(Ident::parse_any).map_err(|error| {
            let message = "expected an attribute, write `argument`, `key = value`, `\"key\" = value` or `{CONST} = value`";
            syn::Error::new(error.span(), message)
        })?;
        let mut text = first.unraw().to_string();
        let mut tokens = quote!(#first);
        while input.peek(Token![.]) {
            let dot: Token![.] = input.parse()?;
            let member = if input.peek(LitInt) {
                Member::Unnamed(input.parse()?)
            } else {
                Member::Named(input.call(Ident::parse_any)?)
            };
            text.push('.');
            match &member {
                Member::Named(name) => text.push_str(&name.unraw().to_string()),
                Member::Unnamed(index) => text.push_str(&index.index.to_string()),
            }
            tokens.extend(quote!(#dot #member));
        }
        let expr = Expr::Verbatim(tokens);
        Ok(Dotted { first, expr, text })
    }
}

/// Returns an error if the list has this key already. A key that is a constant is not checked.
fn distinct(entry: &Attribute, list: &[Attribute]) -> syn::Result<()> {
    let Key::Text { text, span } = &entry.key else {
        return Ok(());
    };
    if list.iter().any(|other| other.key == entry.key) {
        let message = format!("the key `{text}` is given twice, keep one of them");
        return Err(syn::Error::new(*span, message));
    }
    Ok(())
}

/// Skips to the next comma.
fn skip_entry(input: ParseStream) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}
