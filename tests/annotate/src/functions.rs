//! Finds the functions of a file that can have `#[traced]`.

use std::ops::RangeInclusive;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItemFn, ItemFn, ItemForeignMod, Meta, Signature, TraitItemFn};

/// A function with a body.
pub(crate) struct Function {
    pub(crate) name: String,
    /// The position at which another attribute is added after the others, in bytes.
    pub(crate) start: usize,
    pub(crate) lines: RangeInclusive<usize>,
}

/// Returns the eligible functions in the order of their places, or an error if the file cannot be
/// parsed.
pub(crate) fn find(text: &str) -> syn::Result<Vec<Function>> {
    let file = syn::parse_file(text)?;
    let mut finder = Finder::default();
    finder.visit_file(&file);
    finder.found.sort_by_key(|function| function.start);
    Ok(finder.found)
}

#[derive(Default)]
struct Finder {
    found: Vec<Function>,
}

impl Finder {
    /// `bare` is the function without its attributes.
    fn add(&mut self, attributes: &[Attribute], signature: &Signature, bare: &impl Spanned) {
        if is_eligible(attributes, signature) {
            let span = bare.span();
            self.found.push(Function {
                name: signature.ident.to_string(),
                start: span.byte_range().start,
                lines: span.start().line..=span.end().line,
            });
        }
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        let mut bare = function.clone();
        bare.attrs.clear();
        self.add(&function.attrs, &function.sig, &bare);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        let mut bare = function.clone();
        bare.attrs.clear();
        self.add(&function.attrs, &function.sig, &bare);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if function.default.is_some() {
            let mut bare = function.clone();
            bare.attrs.clear();
            self.add(&function.attrs, &function.sig, &bare);
        }
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_item_foreign_mod(&mut self, _block: &'ast ItemForeignMod) {}
}

fn is_eligible(attributes: &[Attribute], signature: &Signature) -> bool {
    signature.constness.is_none()
        && signature.variadic.is_none()
        && !attributes.iter().any(gives_a_role)
}

/// Returns `true` if, with this attribute, the compiler calls the function, or its body is not
/// Rust.
fn gives_a_role(attribute: &Attribute) -> bool {
    const ROLES: [&str; 6] = [
        "naked",
        "panic_handler",
        "alloc_error_handler",
        "proc_macro",
        "proc_macro_attribute",
        "proc_macro_derive",
    ];
    let named = |meta: &Meta| ROLES.iter().any(|role| meta.path().is_ident(role));
    named(&attribute.meta) || attribute.parse_args().is_ok_and(|meta: Meta| named(&meta))
}
