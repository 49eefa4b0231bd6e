//! Finds out what the tokens of a body mention, assign to and define.

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};
use syn::ext::IdentExt;

use crate::tokens::is_punct;

/// Returns `true` if `body` may mention `name`: as an identifier, or in a format string.
pub(crate) fn mentions(body: &TokenStream, name: &Ident) -> bool {
    let plain = name.unraw().to_string();
    mentions_word(body.clone(), name, &plain)
}

/// Returns `true` if `body` may assign to `name` or to a part of it: `name = …`,
/// `name.field[0] += …`, `(name.field, _) = …`.
pub(crate) fn assigns(body: &TokenStream, name: &Ident) -> bool {
    let trees: Vec<TokenTree> = body.clone().into_iter().collect();
    trees.iter().enumerate().any(|(at, tree)| match tree {
        TokenTree::Punct(punct) if punct.as_char() == '=' => {
            let place = assigned_place(&trees[..at], &trees[at + 1..]).unwrap_or_default();
            mentions(&place.iter().cloned().collect(), name)
        }
        TokenTree::Group(group) => assigns(&group.stream(), name),
        _ => false,
    })
}

/// Returns the tokens after the last semicolon, which are the value of the body.
pub(crate) fn last_expression(body: &TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = body.clone().into_iter().collect();
    let end = trees.iter().rposition(|tree| is_punct(tree, ";"));
    let start = end.map_or(0, |end| end + 1);
    trees.into_iter().skip(start).collect()
}

/// Returns the place that a `=` between these trees assigns to, or `None` if it is not an
/// assignment.
fn assigned_place<'t>(before: &'t [TokenTree], behind: &[TokenTree]) -> Option<&'t [TokenTree]> {
    if behind.first().is_some_and(|next| is_punct(next, "=>")) {
        return None;
    }
    let before = &before[..before.len() - operator_length(before)?];
    let is_part = |(from_end, tree): &(usize, &TokenTree)| match tree {
        TokenTree::Ident(word) => word != "let",
        TokenTree::Punct(_) => is_punct(tree, ".:*"),
        // Braces right before the `=` are those of a pattern. Others belong to an earlier
        // statement.
        TokenTree::Group(group) => group.delimiter() != Delimiter::Brace || *from_end == 0,
        TokenTree::Literal(_) => true,
    };
    let length = before.iter().rev().enumerate().take_while(is_part).count();
    let (outside, place) = before.split_at(before.len() - length);
    let binds = matches!(outside.last(), Some(TokenTree::Ident(_)));
    (!binds).then_some(place)
}

/// Returns how many characters before a `=` belong to an assignment operator: one for `+=`, none
/// for a plain `=`. Returns `None` for `==`, `<=`, `..=` and the like.
fn operator_length(before: &[TokenTree]) -> Option<usize> {
    let character = |from_end: usize| match before.iter().rev().nth(from_end) {
        Some(TokenTree::Punct(punct)) if punct.spacing() == Spacing::Joint => punct.as_char(),
        _ => ' ',
    };
    match character(0) {
        shift @ ('<' | '>') => (character(1) == shift).then_some(2),
        '=' | '!' | '.' => None,
        '+' | '-' | '*' | '/' | '%' | '^' | '&' | '|' => Some(1),
        _ => Some(0),
    }
}

/// Returns `true` if `body` may define types outside of nested blocks.
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

/// Returns `true` if the literal may be a format string that contains `{name…}`.
fn captures(literal: &str, name: &str) -> bool {
    literal.contains('{')
        && literal
            .split('{')
            .skip(1)
            .any(|rest| rest.trim_start().strip_prefix(name).is_some())
}
