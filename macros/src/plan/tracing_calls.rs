//! What `tracing` offers to hand on its current span, in a traced function.
//!
//! `tracing` does not know the spans of traced functions, and tells nobody when it is asked for its current span. So a function
//! that moved over from `#[tracing::instrument]` would lose a parent or a field without a word, and nothing at run time
//! could notice. The function's tokens are searched instead, and the compiler is made to warn.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::parse::function::Function;
use crate::plan::awaits::length_of_function;
use crate::tokens::is_punct;

const PARENT: &str = "`tracing` does not know the span of a traced function and takes the one around it, \
    write `traced::context::in_current_context(future)`";
const FIELD: &str = "`tracing` does not know the span of a traced function and takes the one around it, \
    write `traced::set_attribute(key, value)`";

/// Macros that open a `tracing` span, which may then be the current one.
const OPENING: &[&str] = &[
    "debug_span",
    "error_span",
    "info_span",
    "trace_span",
    "warn_span",
];

/// Statements that the compiler warns of, one for each place where `tracing`'s current span is meant to be the function's.
pub(crate) fn warnings(function: &Function) -> TokenStream {
    let is_instrument = |attribute: &syn::Attribute| {
        let name = attribute.path().segments.last();
        name.is_some_and(|name| name.ident == "instrument")
    };
    let body = function.body.stream();
    if function.attributes.iter().any(is_instrument) || opens_span(body.clone()) {
        return TokenStream::new();
    }
    let mut found = Vec::new();
    search(body, &mut found);
    let warnings = found.into_iter().map(|(word, note)| {
        quote_spanned! {word.span()=>
            const _: () = {
                #[deprecated(note = #note)]
                const fn #word() {}
                #word()
            };
        }
    });
    warnings.collect()
}

/// Returns `true` if a `tracing` span is opened in here, by hand or by `#[instrument]` above `#[traced]`.
fn opens_span(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => {
            OPENING.iter().any(|opening| word == opening)
                || word.to_string().starts_with("__tracing")
        }
        TokenTree::Group(group) => opens_span(group.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

fn search(tokens: TokenStream, found: &mut Vec<(Ident, &'static str)>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        let (before, behind) = (&trees[..at], &trees[at + 1..]);
        at += 1;
        match tree {
            // Not the traced function.
            TokenTree::Ident(word) if word == "fn" => at += length_of_function(behind),
            TokenTree::Ident(word) => {
                found.extend(note(word, before, behind).map(|note| (word.clone(), note)));
            }
            TokenTree::Group(group) => search(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn note(word: &Ident, before: &[TokenTree], behind: &[TokenTree]) -> Option<&'static str> {
    let is_method = matches!(before, [.., dot] if is_punct(dot, "."));
    match behind {
        [TokenTree::Group(arguments), ..] if is_method && word == "instrument" => {
            is_current_span(arguments.stream()).then_some(PARENT)
        }
        [TokenTree::Group(arguments), ..] if is_method && word == "in_current_span" => {
            arguments.stream().is_empty().then_some(PARENT)
        }
        [
            TokenTree::Group(_),
            dot,
            TokenTree::Ident(record),
            TokenTree::Group(field),
            ..,
        ] if word == "current" => {
            // A field has a name and a value.
            let mut arguments = field.stream().into_iter();
            let is_recorded = is_punct(dot, ".")
                && record == "record"
                && arguments.any(|tree| is_punct(&tree, ","));
            (is_recorded && is_behind_span(before)).then_some(FIELD)
        }
        _ => None,
    }
}

/// Returns `true` for `Span::current()`, whatever stands before it.
fn is_current_span(tokens: TokenStream) -> bool {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    match trees.as_slice() {
        [before @ .., TokenTree::Ident(word), TokenTree::Group(group)] => {
            word == "current"
                && group.delimiter() == Delimiter::Parenthesis
                && is_behind_span(before)
        }
        _ => false,
    }
}

fn is_behind_span(before: &[TokenTree]) -> bool {
    matches!(before, [.., TokenTree::Ident(span), first, second] if span == "Span" && is_punct(first, ":") && is_punct(second, ":"))
}
