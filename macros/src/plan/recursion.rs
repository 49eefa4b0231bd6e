//! Functions that surely call themselves before all else, and so never return.
//!
//! The compiler warns of them (`unconditional_recursion`) by the calls in the function itself, and looks into no closure. A body
//! that would be in one is left in place then: the compiler sees it, and no value is lost, since there will be none. Where the
//! macro cannot be sure what a name means, the warning is lost: `self.name()` in a trait's implementation may well be an inherent
//! method of that name, and `name()` in an `impl` is a free function.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, Signature, Visibility};

use crate::parse::function::Function;
use crate::plan::body::mentions;
use crate::plan::return_type;
use crate::tokens::is_punct;

/// Returns `true` if the function's first steps are a call of itself.
pub(crate) fn is_certain(function: &Function, is_method: bool) -> bool {
    let signature = &function.signature;
    let body: Vec<TokenTree> = function.body.stream().into_iter().collect();
    let has_receiver = signature.receiver().is_some();
    let can_be_meant = if has_receiver {
        // What has a visibility is not in a trait, and an inherent method comes before those of traits.
        !matches!(function.visibility, Visibility::Inherited)
    } else {
        // In an `impl`, the name alone is another function's. Nothing tells that, so nothing may be lost.
        !is_method && return_type::surely_no_result(&signature.output)
    };
    can_be_meant
        && !binds(signature, &signature.ident)
        && !has_items(function.body.stream())
        && calls(&body, &signature.ident, has_receiver) == Some(true)
}

/// Returns `true` if a parameter has the name; what is bound in the body is seen there.
fn binds(signature: &Signature, name: &Ident) -> bool {
    signature.inputs.iter().any(|input| match input {
        FnArg::Typed(typed) => mentions(&typed.pat.to_token_stream(), name),
        FnArg::Receiver(_) => false,
    }) || signature
        .generics
        .const_params()
        .any(|param| param.ident == *name)
}

/// Returns `true` if an item could stand somewhere in the body, which may have the name.
fn has_items(body: TokenStream) -> bool {
    body.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => ITEMS.iter().any(|item| word == item),
        TokenTree::Group(group) => has_items(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

const ITEMS: &[&str] = &[
    "const",
    "enum",
    "extern",
    "fn",
    "impl",
    "macro_rules",
    "mod",
    "static",
    "struct",
    "trait",
    "use",
];

/// Words after which nothing is sure to be evaluated.
const BRANCHING: &[&str] = &[
    "async", "await", "break", "continue", "else", "for", "if", "loop", "match", "return", "while",
];

/// Whether the trees, evaluated one after the other, come to a call of the function; `None` where that is not sure.
fn calls(trees: &[TokenTree], name: &Ident, is_method: bool) -> Option<bool> {
    for (at, tree) in trees.iter().enumerate() {
        let (before, behind) = (&trees[..at], &trees[at + 1..]);
        match tree {
            TokenTree::Ident(word) if word == name => match behind.first() {
                Some(TokenTree::Group(arguments)) if is_own(before, is_method) => {
                    return calls_in(arguments, name, is_method).map(|_| true);
                }
                _ if is_method => {}
                // A variable of the name, perhaps.
                _ => return None,
            },
            TokenTree::Ident(word) if BRANCHING.iter().any(|branching| word == branching) => {
                return None;
            }
            TokenTree::Punct(_) if is_punct(tree, "?|!") => return None,
            TokenTree::Punct(_)
                if is_punct(tree, "&")
                    && behind.first().is_some_and(|next| is_punct(next, "&")) =>
            {
                return None;
            }
            TokenTree::Group(group) if calls_in(group, name, is_method)? => return Some(true),
            _ => {}
        }
    }
    Some(false)
}

fn calls_in(group: &Group, name: &Ident, is_method: bool) -> Option<bool> {
    let trees: Vec<TokenTree> = group.stream().into_iter().collect();
    calls(&trees, name, is_method)
}

/// Whether a name after these trees is the function's own: that of a function behind no path, that of a method behind `self.` or
/// `Self::`.
fn is_own(before: &[TokenTree], is_method: bool) -> bool {
    match before {
        [.., TokenTree::Ident(word), dot] if is_punct(dot, ".") => is_method && word == "self",
        [.., TokenTree::Ident(word), colon, TokenTree::Punct(_)] if is_punct(colon, ":") => {
            is_method && word == "Self"
        }
        [.., last] => !is_method && !is_punct(last, ":."),
        [] => !is_method,
    }
}
