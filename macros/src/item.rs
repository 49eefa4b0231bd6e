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

use std::slice;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Ident, Meta, Signature, Token, Visibility, token};

use crate::args::{Args, INHERITED, METHOD};
use crate::body::is_punct;
use crate::variables::kept_together;

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

/// What is handed on.
struct Handed {
    macro_path: TokenStream,
    /// The options for a function, and for an `impl`, `trait` or `mod`.
    to_functions: TokenStream,
    to_containers: TokenStream,
}

impl Handed {
    /// The next item, with the attribute if it takes one.
    fn item(&self, input: ParseStream) -> syn::Result<TokenStream> {
        let attributes = input.call(Attribute::parse_outer)?;
        let Item { tokens, kind } = input.parse()?;
        let mut own = Own {
            inherited: match kind {
                Kind::Function => Some(&self.to_functions),
                Kind::Container => Some(&self.to_containers),
                Kind::Other => None,
            },
            conditions: Vec::new(),
        };
        let attributes: TokenStream = attributes
            .iter()
            .map(|attribute| own.attribute(attribute))
            .collect();
        let default = own.default(&self.macro_path);
        Ok(quote!(#default #attributes #tokens))
    }
}

/// The attributes of ours that an item has itself.
struct Own<'a> {
    /// What they inherit; `None` for an item that cannot be traced.
    inherited: Option<&'a TokenStream>,
    /// Under which conditions it has them, each a list of predicates.
    conditions: Vec<Vec<TokenStream>>,
}

impl Own<'_> {
    /// An attribute of the item, with what it inherits if it is ours.
    fn attribute(&mut self, attribute: &Attribute) -> TokenStream {
        let known = self.conditions.len();
        let meta = self.meta(attribute.meta.clone(), &[]);
        if self.conditions.len() == known {
            return quote!(#attribute);
        }
        meta.map_or_else(TokenStream::new, |meta| quote!(#[#meta]))
    }

    /// What stands in an attribute, below these conditions; `None` where nothing is left of it.
    fn meta(&mut self, meta: Meta, conditions: &[TokenStream]) -> Option<TokenStream> {
        match meta {
            Meta::List(list) if list.path.is_ident("cfg_attr") => {
                self.conditional(list.tokens, conditions)
            }
            meta if is_traced(&meta) => {
                self.conditions.push(conditions.to_vec());
                match self.inherited {
                    _ if says_skip(&meta) => None,
                    Some(inherited) => Some(with_options(meta, inherited)),
                    None => Some(quote!(#meta)),
                }
            }
            meta => Some(quote!(#meta)),
        }
    }

    /// `cfg_attr(PREDICATE, ATTRIBUTE, …)`
    fn conditional(
        &mut self,
        tokens: TokenStream,
        conditions: &[TokenStream],
    ) -> Option<TokenStream> {
        let mut parts = split_at_commas(tokens).into_iter();
        let predicate = parts.next()?;
        let conditions = [conditions, slice::from_ref(&predicate)].concat();
        let attributes: Vec<_> = parts
            .filter_map(|part| match syn::parse2(part.clone()) {
                Ok(meta) => self.meta(meta, &conditions),
                Err(_) => Some(part),
            })
            .collect();
        let is_left = !attributes.is_empty();
        is_left.then(|| quote!(cfg_attr(#predicate, #(#attributes),*)))
    }

    /// The attribute for when it has none itself.
    fn default(&self, macro_path: &TokenStream) -> Option<TokenStream> {
        let inherited = self.inherited?;
        if self.conditions.iter().any(Vec::is_empty) {
            return None;
        }
        let attribute = quote!(#macro_path(#inherited));
        if self.conditions.is_empty() {
            return Some(quote!(#[#attribute]));
        }
        let conditions = self.conditions.iter().map(|all| quote!(all(#(#all),*)));
        Some(quote!(#[cfg_attr(not(any(#(#conditions),*)), #attribute)]))
    }
}

fn is_traced(meta: &Meta) -> bool {
    let name = meta.path().segments.last();
    name.is_some_and(|segment| segment.ident == "traced")
}

/// Whether `skip` is among the options.
fn says_skip(meta: &Meta) -> bool {
    let is_skip = |option: &TokenStream| option.to_string() == "skip";
    matches!(meta, Meta::List(list) if split_at_commas(list.tokens.clone()).iter().any(is_skip))
}

/// The attribute with what it inherits behind its own options.
fn with_options(own: Meta, inherited: &TokenStream) -> TokenStream {
    let path = own.path().clone();
    match own {
        Meta::List(list) if !list.tokens.is_empty() => {
            let tokens = without_last_comma(list.tokens);
            quote!(#path(#tokens, #inherited))
        }
        _ => quote!(#path(#inherited)),
    }
}

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

fn without_last_comma(tokens: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if tokens.last().is_some_and(|last| is_punct(last, ",")) {
        tokens.pop();
    }
    tokens.into_iter().collect()
}

/// One item in a container, its tokens as they were but for macro variables.
struct Item {
    tokens: TokenStream,
    kind: Kind,
}

enum Kind {
    /// A function that can be traced.
    Function,
    Container,
    /// All else, `const fn` and functions without a body among it.
    Other,
}

impl Parse for Item {
    fn parse(input: ParseStream) -> syn::Result<Item> {
        let start = input.cursor();
        let kind = kind(input)?;
        let mut tokens = TokenStream::new();
        let mut cursor = start;
        while cursor != input.cursor() {
            let Some((token, next)) = cursor.token_tree() else {
                break;
            };
            tokens.extend([token]);
            cursor = next;
        }
        Ok(Item {
            tokens: kept_together(tokens),
            kind,
        })
    }
}

/// Passes over one item and tells what it is.
fn kind(input: ParseStream) -> syn::Result<Kind> {
    input.parse::<Visibility>()?;
    input.parse::<Option<Token![default]>>()?;
    let ahead = input.fork();
    if let Ok(signature) = ahead.parse::<Signature>() {
        input.parse::<Signature>()?;
        let has_body = input.peek(token::Brace);
        skip_to_end(input, false)?;
        let can_be_traced =
            has_body && signature.constness.is_none() && signature.variadic.is_none();
        return Ok(if can_be_traced {
            Kind::Function
        } else {
            Kind::Other
        });
    }
    let is_container = input.peek(Token![impl])
        || input.peek(Token![trait])
        || input.peek(Token![mod])
        || input.peek(Token![unsafe]) && (input.peek2(Token![impl]) || input.peek2(Token![trait]));
    let ends_with_semicolon = input.peek(Token![const])
        || input.peek(Token![static])
        || input.peek(Token![type])
        || input.peek(Token![use]);
    // The first word, which leads into the group of an item that is a macro variable.
    if input.peek(Ident::peek_any) {
        input.call(Ident::parse_any)?;
    }
    let has_braces = skip_to_end(input, ends_with_semicolon)?;
    Ok(if is_container && has_braces {
        Kind::Container
    } else {
        Kind::Other
    })
}

/// Passes over the rest of an item: to its `;`, or to its braces unless only a `;` can end it. Tells whether it was braces.
fn skip_to_end(input: ParseStream, semicolon_only: bool) -> syn::Result<bool> {
    while !input.is_empty() {
        match input.parse()? {
            tree if is_punct(&tree, ";") => return Ok(false),
            TokenTree::Group(group) if is_block(&group) && !semicolon_only => return Ok(true),
            _ => {}
        }
    }
    Ok(false)
}

/// Whether it is braces, or a macro variable that stands for a block.
fn is_block(group: &Group) -> bool {
    let mut inside = group.stream().into_iter();
    match group.delimiter() {
        Delimiter::Brace => true,
        Delimiter::None => {
            matches!((inside.next(), inside.next()), (Some(TokenTree::Group(inner)), None) if is_block(&inner))
        }
        _ => false,
    }
}
