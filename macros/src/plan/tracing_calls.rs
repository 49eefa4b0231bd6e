//! Warns about calls that pass on the current span of `tracing`, in a traced function.
//!
//! `tracing` does not know the spans of traced functions. A function that used to have
//! `#[tracing::instrument]` may call `in_current_span()` or `Span::current().record(…)`, which now
//! reach the span of an outer function. A parent or a field would get lost silently, and nothing at
//! run time could notice, since `tracing` has no hook for these calls. So the tokens of the
//! function are searched, and the expansion contains code that makes the compiler warn.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::parse::function::Function;
use crate::plan::awaits::length_of_function;
use crate::tokens::is_punct;

/// The warning for a future that would get the wrong parent.
const PARENT: &str = "`tracing` does not know the span of a traced function and uses the one around it, \
    write `traced::context::in_current_context(future)`";
/// The warning for a field that would be recorded on the wrong span.
const FIELD: &str = "`tracing` does not know the span of a traced function and records on the one around it, \
    write `traced::set_attribute(key, value)`";

/// Macros that open a `tracing` span, which may then be the one that a call passes on.
const OPENING: &[&str] = &[
    "debug_span",
    "error_span",
    "info_span",
    "trace_span",
    "warn_span",
];

/// Returns a statement for each call that passes on the current span of `tracing`, or none if the
/// function opens a `tracing` span itself. The statement uses a deprecated item, so that the
/// compiler shows our text as a warning at the place of the call.
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

/// Returns `true` if the tokens open a `tracing` span, either by hand or because `#[instrument]`
/// stands above `#[traced]` and is expanded already.
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

/// Adds the calls to warn about in these tokens to `found`, each with its warning.
fn search(tokens: TokenStream, found: &mut Vec<(Ident, &'static str)>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        let (before, behind) = (&trees[..at], &trees[at + 1..]);
        at += 1;
        match tree {
            // A nested function is not traced.
            TokenTree::Ident(word) if word == "fn" => at += length_of_function(behind),
            TokenTree::Ident(word) => {
                found.extend(note(word, before, behind).map(|note| (word.clone(), note)));
            }
            TokenTree::Group(group) => search(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Returns the warning if this word, with the trees around it, is a call that passes on the current
/// span of `tracing`.
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

/// Returns `true` for `Span::current()`, with any path before it.
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

/// Returns `true` if the trees end with `Span::`.
fn is_behind_span(before: &[TokenTree]) -> bool {
    matches!(before, [.., TokenTree::Ident(span), first, second] if span == "Span" && is_punct(first, ":") && is_punct(second, ":"))
}
