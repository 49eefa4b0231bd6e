//! The input of `span!` → its options and its block.

use proc_macro2::{Spacing, Span, TokenStream, TokenTree};

use crate::parse::macro_variables;

/// The two parts of `span!(OPTIONS => BLOCK)`.
pub(crate) struct Block {
    pub(crate) options: TokenStream,
    pub(crate) body: TokenStream,
}

impl Block {
    /// Splits the input at the first `=>`.
    pub(crate) fn split(input: TokenStream) -> syn::Result<Block> {
        let tokens: Vec<TokenTree> = input.into_iter().collect();
        let is_arrow = |pair: &[TokenTree]| {
            matches!(pair, [TokenTree::Punct(equals), TokenTree::Punct(greater)]
                if equals.as_char() == '=' && equals.spacing() == Spacing::Joint && greater.as_char() == '>')
        };
        let arrow = tokens.windows(2).position(is_arrow);
        match arrow {
            Some(at) if at + 2 < tokens.len() => Ok(Block {
                options: tokens[..at].iter().cloned().collect(),
                body: macro_variables::body(tokens[at + 2..].iter().cloned().collect()),
            }),
            _ => {
                let message = "expected a block, write `span!(\"name\", option = value => { … })`";
                Err(syn::Error::new(Span::call_site(), message))
            }
        }
    }
}
