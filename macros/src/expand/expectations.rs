//! Keeps `#[expect(…)]` from warning about lints that no longer fire on a traced function.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, MetaList, Token};

use crate::tokens::split_at_commas;
use crate::tokens::tokens;

/// The lints that may no longer fire once a function is traced. `traced.md` lists them for users.
const LOST: &[&str] = &[
    "unconditional_recursion",
    "clippy::boxed_local",
    "clippy::cognitive_complexity",
    "clippy::elidable_lifetime_names",
    "clippy::manual_async_fn",
    "clippy::missing_const_for_fn",
    "clippy::needless_lifetimes",
    "clippy::needless_pass_by_ref_mut",
    "clippy::needless_pass_by_value",
    "clippy::needless_return",
    "clippy::redundant_locals",
    "clippy::unnecessary_wraps",
    "clippy::unused_async",
];

/// Returns the attribute. If it expects such lints, they are allowed instead.
pub(crate) fn relaxed(attribute: &Attribute) -> TokenStream {
    let path = attribute.path();
    if !path.is_ident("expect") && !path.is_ident("cfg_attr") {
        return attribute.to_token_stream();
    }
    match relax(&attribute.meta) {
        Some(metas) => tokens!(#(#[#metas])*),
        None => attribute.to_token_stream(),
    }
}

/// Returns what to write in place of this attribute, or `None` if it can stay.
fn relax(meta: &Meta) -> Option<Vec<TokenStream>> {
    match meta {
        Meta::List(list) if list.path.is_ident("expect") => relax_list(list),
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            let mut parts = split_at_commas(list.tokens.clone()).into_iter();
            let condition = parts.next()?;
            let mut is_changed = false;
            let metas: Vec<TokenStream> = parts
                .flat_map(|part| {
                    let relaxed = syn::parse2(part.clone()).ok().as_ref().and_then(relax);
                    is_changed |= relaxed.is_some();
                    relaxed.unwrap_or_else(|| vec![part])
                })
                .collect();
            is_changed.then(|| vec![tokens!(cfg_attr(#condition, #(#metas),*))])
        }
        _ => None,
    }
}

/// Splits `expect(…)` into an `allow` of the lost lints and an `expect` of the others. Returns
/// `None` if no lint is lost.
fn relax_list(expect: &MetaList) -> Option<Vec<TokenStream>> {
    let entries = expect
        .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
        .ok()?;
    let (reason, lints): (Vec<_>, Vec<_>) = entries
        .iter()
        .partition(|entry| matches!(entry, Meta::NameValue(_)));
    let (lost, kept): (Vec<_>, Vec<_>) = lints.into_iter().partition(|lint| is_lost(lint));
    if lost.is_empty() {
        return None;
    }
    let mut relaxed = vec![tokens!(allow(#(#lost,)* #(#reason),*))];
    if !kept.is_empty() {
        let path = &expect.path;
        relaxed.push(tokens!(#path(#(#kept,)* #(#reason),*)));
    }
    Some(relaxed)
}

/// Returns `true` if a traced function may lose this lint.
fn is_lost(lint: &Meta) -> bool {
    let name = quote!(#lint).to_string().replace(' ', "");
    LOST.contains(&name.as_str())
}
