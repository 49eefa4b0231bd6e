//! The attribute under another name in an annotated `impl`, `trait` or `mod`.
//!
//! The container knows its functions' own attributes by the name `traced`. One that was imported under another name looks like any
//! other macro's: the container's attribute is expanded first, and then this one, which would open a second span. So where there is
//! an attribute that could be such a one, the body begins with a mark, by which the second expansion knows.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::Attribute;

use crate::parse::function::Function;
use crate::tokens::tokens;

const TEXT: &str = "traced by the attribute around this function";

/// The mark, if one of the attributes may be a macro.
pub(crate) fn mark(attributes: &[Attribute]) -> Option<TokenStream> {
    let is_macro = attributes.iter().any(may_be_macro);
    is_macro.then(|| tokens!(const _: &str = #TEXT;))
}

/// The error for a function that has the mark.
pub(crate) fn check(function: &Function) -> syn::Result<()> {
    let trees = function.body.stream().into_iter().take(7);
    let is_mark = |tree: &TokenTree| matches!(tree, TokenTree::Literal(text) if text.to_string() == format!("{TEXT:?}"));
    let mut trees = trees.collect::<Vec<_>>().into_iter();
    let begins = matches!(trees.next(), Some(TokenTree::Ident(word)) if word == "const");
    if begins && trees.any(|tree| is_mark(&tree)) {
        let message = "in an annotated `impl`, `trait` or `mod` the attribute is known by its name alone, write `#[traced::traced(…)]`";
        return Err(syn::Error::new(Span::call_site(), message));
    }
    Ok(())
}

fn may_be_macro(attribute: &Attribute) -> bool {
    const BUILT_IN: &[&str] = &[
        "allow",
        "cfg",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "forbid",
        "inline",
        "must_use",
        "target_feature",
        "test",
        "track_caller",
        "warn",
    ];
    let path = attribute.path();
    !BUILT_IN.iter().any(|name| path.is_ident(name))
}
