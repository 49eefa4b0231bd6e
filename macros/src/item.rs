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
//! }
//! ```
//!
//! Output:
//!
//! ```text
//! impl Type {
//!     #[::traced::traced(__inherited("Type::a", OPTIONS))]
//!     fn a() { … }
//!     #[traced(OWN, __inherited("Type::b", OPTIONS))]
//!     fn b() { … }
//!     fn c() { … }
//! }
//! ```

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Meta, Signature, Token, Type, Visibility, token};

use crate::args::{Args, INHERITED};

/// An annotated `impl`, `trait` or `mod`.
pub(crate) struct Container {
    /// All that stands before the braces.
    header: TokenStream,
    body: Group,
    /// The type or trait, whose name goes before the functions'.
    owner: Option<String>,
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
        let owner = match syn::parse2(quote!(#header {})).ok()? {
            syn::Item::Impl(item) => Some(name_of(&item.self_ty)),
            syn::Item::Trait(item) => Some(item.ident.unraw().to_string()),
            syn::Item::Mod(_) => None,
            _ => return None,
        };
        Some(Container {
            header,
            body,
            owner,
        })
    }

    /// The container with its attribute handed on; `args` are the attribute's tokens, which parse as `parsed`.
    pub(crate) fn hand_on(&self, args: &TokenStream, parsed: &Args) -> syn::Result<TokenStream> {
        let runtime = parsed
            .runtime
            .as_ref()
            .map_or_else(|| quote!(::traced), |path| path.value.to_token_stream());
        let handed = Handed {
            args,
            has_name: parsed.name.is_some(),
            macro_path: quote_spanned!(Span::call_site()=> #runtime::traced),
            owner: self.owner.as_deref(),
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

/// What is handed to each function.
struct Handed<'a> {
    args: &'a TokenStream,
    has_name: bool,
    macro_path: TokenStream,
    owner: Option<&'a str>,
}

impl Handed<'_> {
    /// The next item, with the attribute if it takes one.
    fn item(&self, input: ParseStream) -> syn::Result<TokenStream> {
        let attributes = input.call(Attribute::parse_outer)?;
        let item: Item = input.parse()?;
        let tokens = &item.tokens;
        let (own, others): (Vec<_>, Vec<_>) = attributes.into_iter().partition(is_traced);
        let is_skipped = own.iter().any(says_skip);
        if is_skipped {
            return Ok(quote!(#(#others)* #tokens));
        }
        let options = match &item.kind {
            Kind::Function(name) => self.options(Some(name)),
            Kind::Container => self.options(None),
            Kind::Other => return Ok(quote!(#(#own)* #(#others)* #tokens)),
        };
        let path = &self.macro_path;
        let attribute = own.into_iter().next().map_or_else(
            || quote!(#[#path(#options)]),
            |own| with_options(own, &options),
        );
        Ok(quote!(#attribute #(#others)* #tokens))
    }

    /// `__inherited("Type::function", OPTIONS)`
    fn options(&self, function: Option<&Ident>) -> TokenStream {
        let args = self.args;
        let name = match (function, self.owner) {
            (Some(function), Some(owner)) if !self.has_name => {
                let name = format!("{owner}::{}", function.unraw());
                Some(quote_spanned!(function.span()=> #name,))
            }
            _ => None,
        };
        let inherited = format_ident!("{INHERITED}");
        quote!(#inherited(#name #args))
    }
}

fn is_traced(attribute: &Attribute) -> bool {
    let name = attribute.path().segments.last();
    name.is_some_and(|segment| segment.ident == "traced")
}

fn says_skip(attribute: &Attribute) -> bool {
    matches!(&attribute.meta, Meta::List(list) if list.tokens.to_string() == "skip")
}

/// The function's own attribute with what it inherits behind its own options.
fn with_options(own: Attribute, inherited: &TokenStream) -> TokenStream {
    let path = own.path().clone();
    match own.meta {
        Meta::List(list) if !list.tokens.is_empty() => {
            let tokens = without_last_comma(list.tokens);
            quote!(#[#path(#tokens, #inherited)])
        }
        _ => quote!(#[#path(#inherited)]),
    }
}

fn without_last_comma(tokens: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if matches!(tokens.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == ',') {
        tokens.pop();
    }
    tokens.into_iter().collect()
}

/// One item in a container, its tokens as they were.
struct Item {
    tokens: TokenStream,
    kind: Kind,
}

enum Kind {
    /// A function that can be traced.
    Function(Ident),
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
        Ok(Item { tokens, kind })
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
            Kind::Function(signature.ident)
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
            TokenTree::Punct(punct) if punct.as_char() == ';' => return Ok(false),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && !semicolon_only => {
                return Ok(true);
            }
            _ => {}
        }
    }
    Ok(false)
}

/// The last segment of a type's path; of other types the type as written.
fn name_of(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .map_or_else(String::new, |segment| segment.ident.unraw().to_string()),
        Type::Reference(reference) => name_of(&reference.elem),
        Type::Paren(paren) => name_of(&paren.elem),
        Type::Group(group) => name_of(&group.elem),
        other => other.to_token_stream().to_string().replace(' ', ""),
    }
}
