//! Detects functions that call themselves unconditionally, and so never return.
//!
//! The compiler warns about them (`unconditional_recursion`), but it looks only at calls in the
//! function itself, not at those in a closure. So the body of such a function is left in place: the
//! compiler sees the call, and we miss no returned value, since there is none.
//!
//! If the macro cannot be sure what a name means, the warning is lost. In the implementation of a
//! trait, `self.name()` may call an inherent method of that name, and `name()` in an `impl` calls a
//! free function.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{FnArg, Signature, Visibility};

use crate::parse::function::Function;
use crate::plan::body::mentions;
use crate::plan::return_type;
use crate::tokens::is_punct;

/// Returns `true` if it is certain that the function calls itself, whatever its arguments are.
pub(crate) fn is_certain(function: &Function, is_method: bool) -> bool {
    let signature = &function.signature;
    let body: Vec<TokenTree> = function.body.stream().into_iter().collect();
    let has_receiver = signature.receiver().is_some();
    let can_be_meant = if has_receiver {
        // A method with a visibility is inherent, and inherent methods take precedence.
        !matches!(function.visibility, Visibility::Inherited)
    } else {
        // In an `impl`, the name alone means another function, which returns. The macro cannot
        // always tell that it is in an `impl`, so there must be no returned value to miss.
        !is_method && return_type::surely_no_result(&signature.output)
    };
    can_be_meant
        && !binds(signature, &signature.ident)
        && !has_items(function.body.stream())
        && calls(&body, &signature.ident, has_receiver) == Some(true)
}

/// Returns `true` if a parameter has this name.
fn binds(signature: &Signature, name: &Ident) -> bool {
    signature.inputs.iter().any(|input| match input {
        FnArg::Typed(typed) => mentions(&typed.pat.to_token_stream(), name),
        FnArg::Receiver(_) => false,
    }) || signature
        .generics
        .const_params()
        .any(|param| param.ident == *name)
}

/// Returns `true` if the body may define items, one of which may have the function's name.
fn has_items(body: TokenStream) -> bool {
    body.into_iter().any(|tree| match tree {
        TokenTree::Ident(word) => ITEMS.iter().any(|item| word == item),
        TokenTree::Group(group) => has_items(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Words that begin an item.
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

/// Words after which it is not certain that anything is evaluated.
const BRANCHING: &[&str] = &[
    "async", "await", "break", "continue", "else", "for", "if", "loop", "match", "return", "while",
];

/// Returns whether the trees, evaluated in order, reach a call of the function, or `None` if
/// neither answer is certain.
fn calls(trees: &[TokenTree], name: &Ident, is_method: bool) -> Option<bool> {
    for (at, tree) in trees.iter().enumerate() {
        let (before, behind) = (&trees[..at], &trees[at + 1..]);
        match tree {
            TokenTree::Ident(word) if word == name => match behind.first() {
                Some(TokenTree::Group(arguments)) if is_own(before, is_method) => {
                    return calls_in(arguments, name, is_method).map(|_| true);
                }
                _ if is_method => {}
                // It may be a variable.
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

/// Returns what [`calls`] returns for the trees in a group.
fn calls_in(group: &Group, name: &Ident, is_method: bool) -> Option<bool> {
    let trees: Vec<TokenTree> = group.stream().into_iter().collect();
    calls(&trees, name, is_method)
}

/// Returns `true` if a name after these trees means the function itself. The name of a function
/// must stand alone, and that of a method after `self.` or `Self::`.
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
