//! Questions about the raw tokens of a body.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;

/// Whether `body` could mention `name`: as an identifier, or in a format string.
pub(crate) fn mentions(body: &TokenStream, name: &Ident) -> bool {
    let plain = name.unraw().to_string();
    mentions_word(body.clone(), name, &plain)
}

/// Whether `body` assigns to `name` or a field of it.
pub(crate) fn assigns(body: &TokenStream, name: &Ident) -> bool {
    let trees: Vec<TokenTree> = body.clone().into_iter().collect();
    trees.iter().enumerate().any(|(at, tree)| match tree {
        TokenTree::Ident(word) if word == name => is_assignment(&trees[at + 1..]),
        TokenTree::Group(group) => assigns(&group.stream(), name),
        _ => false,
    })
}

/// What stands behind the last semicolon, which is the body's value.
pub(crate) fn last_expression(body: &TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = body.clone().into_iter().collect();
    let is_end =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ';');
    let start = trees.iter().rposition(is_end).map_or(0, |end| end + 1);
    trees.into_iter().skip(start).collect()
}

/// Whether `.field… =` or `.field… +=` comes next.
fn is_assignment(behind: &[TokenTree]) -> bool {
    let is = |tree: &TokenTree, characters: &str| matches!(tree, TokenTree::Punct(punct) if characters.contains(punct.as_char()));
    match behind {
        [dot, _, rest @ ..] if is(dot, ".") => is_assignment(rest),
        [equals, next, ..] if is(equals, "=") => !is(next, "=>"),
        [operator, equals, ..] => is(operator, "+-*/%^&|") && is(equals, "="),
        _ => false,
    }
}

/// Whether `body` defines types of its own.
pub(crate) fn defines_types(body: &TokenStream) -> bool {
    let is_definition = |token| matches!(&token, TokenTree::Ident(word) if ["struct", "enum", "union"].iter().any(|definition| word == definition));
    body.clone().into_iter().any(is_definition)
}

fn mentions_word(tokens: TokenStream, name: &Ident, plain: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions_word(group.stream(), name, plain),
        TokenTree::Literal(literal) => captures(&literal.to_string(), plain),
        TokenTree::Punct(_) => false,
    })
}

/// Whether a literal could be a format string with `{name…}` in it.
fn captures(literal: &str, name: &str) -> bool {
    literal.contains('{')
        && literal
            .split('{')
            .skip(1)
            .any(|rest| rest.trim_start().strip_prefix(name).is_some())
}
