//! Creates and examines tokens.

use proc_macro2::{TokenStream, TokenTree};

/// Works like `quote!`, with names that neither the body nor the user's expressions can see.
macro_rules! tokens {
    ($($token:tt)*) => { ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($token)*) };
}

/// Works like `tokens!`, and lets the compiler show errors at `$at`.
macro_rules! located {
    ($at:ident, $($token:tt)*) => {{
        let at = ::proc_macro2::Span::mixed_site().located_at($at.span());
        ::quote::quote_spanned!(at=> $($token)*)
    }};
}
pub(crate) use {located, tokens};

/// Returns `true` if the tree is one of these punctuation characters.
pub(crate) fn is_punct(tree: &TokenTree, characters: &str) -> bool {
    matches!(tree, TokenTree::Punct(punct) if characters.contains(punct.as_char()))
}

/// Splits a list at its commas. Empty parts are left out.
pub(crate) fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match (&token, parts.last_mut()) {
            (tree, _) if is_punct(tree, ",") => {
                parts.push(TokenStream::new());
            }
            (_, Some(part)) => part.extend([token]),
            (_, None) => {}
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}
