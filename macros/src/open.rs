//! Whether the type of an expression comes from what stands around it.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Calls that return whatever type is asked of them.
const CALLS: [&str; 9] = [
    "parse", "into", "try_into", "collect", "sum", "product", "default", "from", "pending",
];
/// Calls that pass on what such a call returned.
const PASSED_ON: [&str; 4] = ["unwrap", "expect", "unwrap_or_default", "boxed"];
/// What can be of any type.
const WORDS: [&str; 3] = ["None", "todo", "unimplemented"];

/// Whether the value of a block, of which these are the tokens in the braces, is of a type that the block leaves open.
pub(crate) fn is_open(block: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = block.into_iter().collect();
    let is_semicolon =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ';');
    let tail = match tokens.iter().rposition(is_semicolon) {
        Some(at) => &tokens[at + 1..],
        None => &tokens,
    };
    is_open_tail(tail)
}

fn is_open_tail(tail: &[TokenTree]) -> bool {
    match tail {
        [TokenTree::Ident(word)] => is_one_of(word, &WORDS),
        [
            TokenTree::Ident(word),
            TokenTree::Punct(bang),
            TokenTree::Group(_),
        ] => bang.as_char() == '!' && is_one_of(word, &WORDS),
        [rest @ .., TokenTree::Punct(punct)] if punct.as_char() == '?' => is_open_tail(rest),
        [
            rest @ ..,
            TokenTree::Ident(call),
            TokenTree::Group(arguments),
        ] if arguments.delimiter() == Delimiter::Parenthesis => {
            is_one_of(call, &CALLS)
                || is_one_of(call, &PASSED_ON) && is_open_tail(without_dot(rest))
        }
        _ => false,
    }
}

fn without_dot(tokens: &[TokenTree]) -> &[TokenTree] {
    match tokens {
        [rest @ .., TokenTree::Punct(dot)] if dot.as_char() == '.' => rest,
        other => other,
    }
}

fn is_one_of(word: &proc_macro2::Ident, words: &[&str]) -> bool {
    words.iter().any(|known| word == known)
}
