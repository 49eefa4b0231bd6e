//! `impl`, `trait` and `mod`: hands the attribute to each function in it, and is gone.
//!
//! Input:
//!
//! ```text
//! #[traced(OPTIONS)]
//! impl Type {
//!     fn a() { … }
//!     #[traced(OWN)]
//!     fn b() { … }
//!     #[traced(skip)]
//!     fn c() { … }
//!     #[cfg_attr(CONDITION, traced(OWN))]
//!     fn d() { … }
//! }
//! ```
//!
//! Output:
//!
//! ```text
//! impl Type {
//!     #[::traced::traced(__method, __inherited(OPTIONS))]
//!     fn a() { … }
//!     #[traced(OWN, __method, __inherited(OPTIONS))]
//!     fn b() { … }
//!     fn c() { … }
//!     #[cfg_attr(not(CONDITION), ::traced::traced(__method, __inherited(OPTIONS)))]
//!     #[cfg_attr(CONDITION, traced(OWN, __method, __inherited(OPTIONS)))]
//!     fn d() { … }
//! }
//! ```

mod handed;
mod item;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Attribute;
use syn::parse::{ParseStream, Parser};

use crate::container::handed::Handed;
use crate::parse::args::{Args, INHERITED, METHOD};
use crate::parse::macro_variables::kept_together;

/// An annotated `impl`, `trait` or `mod`.
pub(crate) struct Container {
    /// All that stands before the braces.
    header: TokenStream,
    body: Group,
    /// Whether its functions are methods, those of an `impl` or a `trait`.
    has_methods: bool,
}

impl Container {
    /// The item as a container, or `None` if it is none.
    pub(crate) fn parse(item: &TokenStream) -> Option<Container> {
        if !starts_container(item) {
            return None;
        }
        let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
        let Some(TokenTree::Group(body)) = tokens.pop() else {
            return None;
        };
        let header: TokenStream = tokens.into_iter().collect();
        if body.delimiter() != Delimiter::Brace {
            return None;
        }
        let has_methods = match syn::parse2(quote!(#header {})).ok()? {
            syn::Item::Impl(_) | syn::Item::Trait(_) => true,
            syn::Item::Mod(_) => false,
            _ => return None,
        };
        Some(Container {
            header: kept_together(header),
            body,
            has_methods,
        })
    }

    /// The container with its attribute handed on; `args` are the attribute's tokens, which parse as `parsed`.
    pub(crate) fn hand_on(&self, args: &TokenStream, parsed: &Args) -> syn::Result<TokenStream> {
        let runtime = parsed
            .runtime
            .as_ref()
            .map_or_else(|| quote!(::traced), |path| path.value.to_token_stream());
        let [method, inherited] = [METHOD, INHERITED].map(|option| format_ident!("{option}"));
        let method = self.has_methods.then(|| quote!(#method,));
        let handed = Handed {
            macro_path: quote_spanned!(Span::call_site()=> #runtime::traced),
            to_functions: quote!(#method #inherited(#args)),
            to_containers: quote!(#inherited(#args)),
        };
        let items = |input: ParseStream| {
            let mut items = TokenStream::new();
            // Inner attributes and docs.
            for attribute in input.call(Attribute::parse_inner)? {
                attribute.to_tokens(&mut items);
            }
            while !input.is_empty() {
                items.extend(handed.item(input)?);
            }
            Ok(items)
        };
        let mut body = Group::new(Delimiter::Brace, items.parse2(self.body.stream())?);
        body.set_span(self.body.span());
        let header = &self.header;
        Ok(quote!(#header #body))
    }
}

/// A quick look, since nearly every item is a function.
fn starts_container(item: &TokenStream) -> bool {
    let words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    });
    let mut telling = words.filter(|word| ["fn", "impl", "trait", "mod"].contains(&word.as_str()));
    telling.next().is_some_and(|word| word != "fn")
}
