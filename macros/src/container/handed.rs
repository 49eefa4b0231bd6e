//! What a container hands on, and the attributes that an item has already.

use std::slice;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::parse::ParseStream;
use syn::{Attribute, Meta};

use crate::container::item::{Item, Kind};
use crate::tokens::{is_punct, split_at_commas};

/// What is handed on.
pub(crate) struct Handed {
    pub(crate) macro_path: TokenStream,
    /// The options for a function, and for an `impl`, `trait` or `mod`.
    pub(crate) to_functions: TokenStream,
    pub(crate) to_containers: TokenStream,
}

impl Handed {
    /// The next item, with the attribute if it takes one.
    pub(crate) fn item(&self, input: ParseStream) -> syn::Result<TokenStream> {
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

fn without_last_comma(tokens: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if tokens.last().is_some_and(|last| is_punct(last, ",")) {
        tokens.pop();
    }
    tokens.into_iter().collect()
}
