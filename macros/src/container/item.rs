//! Finds the items in a container. They are passed over, not parsed, wherever that is possible.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, Signature, Token, Visibility, token};

use crate::parse::macro_variables::kept_together;
use crate::tokens::is_punct;

/// One item in a container, without its attributes.
pub(crate) struct Item {
    pub(crate) tokens: TokenStream,
    pub(crate) kind: ItemKind,
}

/// The kind of an item, as far as tracing is concerned.
pub(crate) enum ItemKind {
    /// A function that can be traced.
    Function,
    /// An `impl`, `trait` or inline `mod`.
    Container,
    /// Anything else, including `const fn` and functions without a body.
    Other,
}

impl Parse for Item {
    fn parse(input: ParseStream) -> syn::Result<Item> {
        let start = input.cursor();
        let kind = kind(input)?;
        let mut tokens = TokenStream::new();
        let mut cursor = start;
        while cursor != input.cursor() {
            let Some((token, next)) = cursor.token_tree() else {
                break;
            };
            tokens.extend([token]);
            cursor = next;
        }
        Ok(Item {
            tokens: kept_together(tokens),
            kind,
        })
    }
}

/// Passes over one item, and returns its kind.
fn kind(input: ParseStream) -> syn::Result<ItemKind> {
    input.parse::<Visibility>()?;
    input.parse::<Option<Token![default]>>()?;
    let ahead = input.fork();
    if let Ok(signature) = ahead.parse::<Signature>() {
        input.parse::<Signature>()?;
        let has_body = input.peek(token::Brace);
        skip_to_end(input, false)?;
        let can_be_traced =
            has_body && signature.constness.is_none() && signature.variadic.is_none();
        return Ok(if can_be_traced {
            ItemKind::Function
        } else {
            ItemKind::Other
        });
    }
    let is_container = input.peek(Token![impl])
        || input.peek(Token![trait])
        || input.peek(Token![mod])
        || input.peek(Token![unsafe]) && (input.peek2(Token![impl]) || input.peek2(Token![trait]));
    let ends_with_semicolon = input.peek(Token![const])
        || input.peek(Token![static])
        || input.peek(Token![type])
        || input.peek(Token![use]);
    // Parsing the first word enters the group of an item that came from a macro variable.
    if input.peek(Ident::peek_any) {
        input.call(Ident::parse_any)?;
    }
    let has_braces = skip_to_end(input, ends_with_semicolon)?;
    Ok(if is_container && has_braces {
        ItemKind::Container
    } else {
        ItemKind::Other
    })
}

/// Passes over the rest of an item, up to its `;` or, unless only a `;` can end it, its braces.
/// Returns `true` if it ended with braces.
fn skip_to_end(input: ParseStream, semicolon_only: bool) -> syn::Result<bool> {
    while !input.is_empty() {
        match input.parse()? {
            tree if is_punct(&tree, ";") => return Ok(false),
            TokenTree::Group(group) if is_block(&group) && !semicolon_only => return Ok(true),
            _ => {}
        }
    }
    Ok(false)
}

/// Returns `true` for braces, and for a macro variable that stands for a block.
fn is_block(group: &Group) -> bool {
    let mut inside = group.stream().into_iter();
    match group.delimiter() {
        Delimiter::Brace => true,
        Delimiter::None => {
            matches!((inside.next(), inside.next()), (Some(TokenTree::Group(inner)), None) if is_block(&inner))
        }
        _ => false,
    }
}
