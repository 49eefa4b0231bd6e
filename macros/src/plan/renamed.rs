//! Detects a function that is traced twice because its own attribute has another name.
//!
//! A container recognizes its functions' own attributes by the name `traced`. With `use
//! traced::traced as instrument`, the attribute `#[instrument]` looks like that of any other macro.
//! The container then adds its own attribute, which is expanded first, and `#[instrument]` would
//! open a second span. So if a function has an attribute that could be ours, the first expansion
//! puts a mark at the start of the body, and the second expansion reports an error if it finds one.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::Attribute;

use crate::parse::function::Function;
use crate::tokens::tokens;

const TEXT: &str = "traced by the attribute around this function";

/// Returns the mark, or `None` if none of the attributes can be a macro.
pub(crate) fn mark(attributes: &[Attribute]) -> Option<TokenStream> {
    let is_macro = attributes.iter().any(may_be_macro);
    is_macro.then(|| tokens!(const _: &str = #TEXT;))
}

/// Returns an error for a function that has the mark.
pub(crate) fn check(function: &Function) -> syn::Result<()> {
    let trees = function.body.stream().into_iter().take(7);
    let is_mark = |tree: &TokenTree| matches!(tree, TokenTree::Literal(text) if text.to_string() == format!("{TEXT:?}"));
    let mut trees = trees.collect::<Vec<_>>().into_iter();
    let begins = matches!(trees.next(), Some(TokenTree::Ident(word)) if word == "const");
    if begins && trees.any(|tree| is_mark(&tree)) {
        let message = "an annotated `impl`, `trait` or `mod` recognizes the attribute only by the name `traced`, write `#[traced::traced(…)]`";
        return Err(syn::Error::new(Span::call_site(), message));
    }
    Ok(())
}

/// Returns `true` unless the attribute is one of the common built-in ones.
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
