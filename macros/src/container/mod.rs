//! Hands the attribute of an `impl`, `trait` or `mod` to the functions and containers in it.
//!
//! # What a container does
//!
//! A container is an annotated `impl`, `trait` or inline `mod`. It traces nothing itself and looks
//! into no body. It puts an attribute on each function that can be traced and on each nested
//! container, and its own attribute disappears. The compiler then expands the functions one by one,
//! as if the user had annotated them. So what other macros do to a function works in a container
//! too, and `#[async_trait]` may stand above or below.
//!
//! The options of the container travel as a separate option, `__inherited(…)`, so that the function
//! can tell them from the user's: its own options win, and inherited ones that make no sense on it
//! are dropped without an error. `__method` marks functions of an `impl` or `trait`, whose default
//! name has their type before it.
//!
//! For example, this
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
//! becomes
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
//!
//! A function's own attribute is found by its name, `traced`, also inside `cfg_attr`. Names that
//! the macro cannot recognize are the subject of [`renamed`](crate::plan::renamed). Everything else
//! in the container is passed on token by token.

mod inherited;
mod item;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Attribute;
use syn::parse::{ParseStream, Parser};

use crate::container::inherited::Inherited;
use crate::parse::args::{Args, INHERITED, METHOD};
use crate::parse::macro_variables::kept_together;

/// An annotated `impl`, `trait` or `mod`.
pub(crate) struct Container {
    /// The tokens before the braces.
    header: TokenStream,
    body: Group,
    /// `true` for an `impl` or a `trait`, whose functions are methods.
    has_methods: bool,
}

impl Container {
    /// Returns the item as a container, or `None` if it is something else.
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

    /// Returns the container with its attribute handed on. `parsed` holds the options in `args`.
    pub(crate) fn distribute(&self, args: &TokenStream, parsed: &Args) -> syn::Result<TokenStream> {
        let runtime = parsed
            .runtime
            .as_ref()
            .map_or_else(|| quote!(::traced), |path| path.value.to_token_stream());
        let [method, option] = [METHOD, INHERITED].map(|option| format_ident!("{option}"));
        let method = self.has_methods.then(|| quote!(#method,));
        let inherited = Inherited {
            macro_path: quote_spanned!(Span::call_site()=> #runtime::traced),
            by_functions: quote!(#method #option(#args)),
            by_containers: quote!(#option(#args)),
        };
        let items = |input: ParseStream| {
            let mut items = TokenStream::new();
            // The inner attributes and docs stay in front.
            for attribute in input.call(Attribute::parse_inner)? {
                attribute.to_tokens(&mut items);
            }
            while !input.is_empty() {
                items.extend(inherited.item(input)?);
            }
            Ok(items)
        };
        let mut body = Group::new(Delimiter::Brace, items.parse2(self.body.stream())?);
        body.set_span(self.body.span());
        let header = &self.header;
        Ok(quote!(#header #body))
    }
}

/// Returns `true` if the item may be a container. This check is quick, since nearly every item is a
/// function.
fn starts_container(item: &TokenStream) -> bool {
    let words = item.clone().into_iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    });
    let mut telling = words.filter(|word| ["fn", "impl", "trait", "mod"].contains(&word.as_str()));
    telling.next().is_some_and(|word| word != "fn")
}
