//! The attribute that an item inherits, and how it is combined with the item's own.

use std::slice;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::parse::ParseStream;
use syn::{Attribute, Meta};

use crate::container::item::{Item, ItemKind};
use crate::tokens::{is_punct, split_at_commas};

/// The attribute that items inherit from their container.
pub(crate) struct Inherited {
    pub(crate) macro_path: TokenStream,
    /// The options that a function inherits.
    pub(crate) by_functions: TokenStream,
    /// The options that a nested `impl`, `trait` or `mod` inherits.
    pub(crate) by_containers: TokenStream,
}

impl Inherited {
    /// Parses the next item, and adds the attribute if the item can be traced.
    pub(crate) fn item(&self, input: ParseStream) -> syn::Result<TokenStream> {
        let attributes = input.call(Attribute::parse_outer)?;
        let Item { tokens, kind } = input.parse()?;
        let mut own = OwnAttributes {
            inherited: match kind {
                ItemKind::Function => Some(&self.by_functions),
                ItemKind::Container => Some(&self.by_containers),
                ItemKind::Other => None,
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

/// The attributes `#[traced]` that an item has itself.
struct OwnAttributes<'a> {
    /// The options that they inherit, or `None` if the item cannot be traced.
    inherited: Option<&'a TokenStream>,
    /// The condition of each attribute found so far: the predicates of the `cfg_attr`s around it.
    conditions: Vec<Vec<TokenStream>>,
}

impl OwnAttributes<'_> {
    /// Returns an attribute of the item. If it is ours, the inherited options are added.
    fn attribute(&mut self, attribute: &Attribute) -> TokenStream {
        let known = self.conditions.len();
        let meta = self.meta(attribute.meta.clone(), &[]);
        if self.conditions.len() == known {
            return quote!(#attribute);
        }
        meta.map_or_else(TokenStream::new, |meta| quote!(#[#meta]))
    }

    /// Adds the inherited options to the content of an attribute that holds under these conditions.
    /// Returns `None` if nothing is left of the attribute.
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

    /// Adds the inherited options to the attributes in `cfg_attr(PREDICATE, ATTRIBUTE, …)`.
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

    /// Returns the attribute for the conditions under which the item has none itself.
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

/// Returns `true` if the attribute is ours, by its name.
fn is_traced(meta: &Meta) -> bool {
    let name = meta.path().segments.last();
    name.is_some_and(|segment| segment.ident == "traced")
}

/// Returns `true` if `skip` is one of the options.
fn says_skip(meta: &Meta) -> bool {
    let is_skip = |option: &TokenStream| option.to_string() == "skip";
    matches!(meta, Meta::List(list) if split_at_commas(list.tokens.clone()).iter().any(is_skip))
}

/// Returns the attribute with the inherited options after its own.
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

/// Removes a comma at the end.
fn without_last_comma(tokens: TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    if tokens.last().is_some_and(|last| is_punct(last, ",")) {
        tokens.pop();
    }
    tokens.into_iter().collect()
}
