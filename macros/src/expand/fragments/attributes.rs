//! Expands to the keys of attributes, and the closure that records them.
//!
//! If an attribute has a text as its key and no `%` or `?`, the key is in the static of the call
//! site. The closure refers to the key by its index there, which is less code than a string.

use proc_macro2::{Literal, Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprReference, LitStr, Token};

use crate::parse::attributes::{Attribute, Format, Key};
use crate::tokens::tokens;

/// The maximum number of keys that a call site can hold, since an index is a byte.
const MAX_KEYS: usize = 1 << 8;

/// Returns the keys that the call site holds.
fn indexed(attributes: &[Attribute]) -> impl Iterator<Item = (&str, Span)> {
    let keys = attributes
        .iter()
        .filter_map(|attribute| match &attribute.key {
            Key::Text { text, span } if is_indexed(attribute) => Some((text.as_str(), *span)),
            _ => None,
        });
    keys.take(MAX_KEYS)
}

/// Returns `true` if the call site may hold the key.
fn is_indexed(attribute: &Attribute) -> bool {
    matches!(attribute.key, Key::Text { .. }) && matches!(attribute.format, Format::Value)
}

/// Returns the call that gives the call site its keys, or `None` if it has none.
pub(crate) fn keys(attributes: &[Attribute]) -> Option<TokenStream> {
    let keys: Vec<_> = indexed(attributes)
        .map(|(text, span)| literal(text, span))
        .collect();
    (!keys.is_empty()).then(|| tokens!(.keys(&[#(#keys),*])))
}

/// Returns the closure that records the attributes.
pub(crate) fn attributes(attributes: &[Attribute]) -> TokenStream {
    if attributes.is_empty() {
        return tokens!(|_| ());
    }
    let mut next_index = 0..MAX_KEYS;
    let calls = attributes.iter().map(|attribute| {
        let value = borrowed(&attribute.value);
        match is_indexed(attribute).then(|| next_index.next()).flatten() {
            Some(index) => {
                let index = Literal::usize_unsuffixed(index);
                tokens!(at(#index, #value))
            }
            None => record(&attribute.key, attribute.format, &value),
        }
    });
    tokens!(|set| { #(set.#calls;)* })
}

/// Returns the call that records one attribute.
pub(crate) fn record(key: &Key, format: Format, value: &impl ToTokens) -> TokenStream {
    let key = match key {
        Key::Text { text, span } => literal(text, *span).into_token_stream(),
        Key::Const(path) => path.to_token_stream(),
    };
    match format {
        Format::Value => tokens!(value(#key, #value)),
        Format::Display => tokens!(display(#key, #value)),
        Format::Debug => tokens!(debug(#key, #value)),
    }
}

/// Returns the key as a literal that the user's lints ignore.
fn literal(text: &str, at: Span) -> LitStr {
    LitStr::new(text, Span::mixed_site().located_at(at))
}

/// Returns `&VALUE`, with parentheses if it needs them.
pub(crate) fn borrowed(value: &Expr) -> Expr {
    Expr::Reference(ExprReference {
        attrs: Vec::new(),
        and_token: Token![&](Span::mixed_site().located_at(value.span())),
        mutability: None,
        expr: Box::new(value.clone()),
    })
}
