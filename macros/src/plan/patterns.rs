//! Finds out what the pattern of a parameter binds, and replaces it.

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Macro, Pat, PatIdent, PatRest, PatStruct, PatType, PatWild};

/// Replaces the pattern of a parameter with a name, and returns the pattern.
pub(crate) fn rename(typed: &mut PatType, name: &Ident) -> Pat {
    let name = Pat::Ident(PatIdent {
        attrs: Vec::new(),
        by_ref: None,
        mutability: None,
        ident: name.clone(),
        subpat: None,
    });
    std::mem::replace(&mut *typed.pat, name)
}

/// Takes the `mut` from a plain parameter, since it belongs where the parameter is rebound.
pub(crate) fn take_mut(input: &mut FnArg, binding: &Ident) -> Option<syn::Token![mut]> {
    match input {
        FnArg::Typed(typed) => match &mut *typed.pat {
            Pat::Ident(ident) if ident.ident == *binding => ident.mutability.take(),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// Returns `true` if the pattern may leave a part of the value unbound.
pub(crate) fn leaves_a_part(pattern: &Pat) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_pat_wild(&mut self, _: &'ast PatWild) {
            self.0 = true;
        }
        fn visit_pat_rest(&mut self, _: &'ast PatRest) {
            self.0 = true;
        }
        fn visit_pat_struct(&mut self, pattern: &'ast PatStruct) {
            self.0 |= pattern.rest.is_some();
            visit::visit_pat_struct(self, pattern);
        }
    }
    let mut finder = Finder(false);
    finder.visit_pat(pattern);
    finder.0
}

/// Returns `true` if a part of the pattern is a macro, which may bind any names.
pub(crate) fn has_macro(pattern: &Pat) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_macro(&mut self, _: &'ast Macro) {
            self.0 = true;
        }
    }
    let mut finder = Finder(false);
    finder.visit_pat(pattern);
    finder.0
}

/// Returns the `#[cfg(…)]` and `#[cfg_attr(…)]` attributes of a parameter. Each statement about the
/// parameter must carry them.
pub(crate) fn conditions(input: &FnArg) -> Vec<Attribute> {
    match input {
        FnArg::Receiver(receiver) => conditions_in(&receiver.attrs),
        FnArg::Typed(typed) => conditions_in(&typed.attrs),
    }
}

/// Returns the `#[cfg(…)]` and `#[cfg_attr(…)]` attributes among these.
pub(crate) fn conditions_in(attributes: &[Attribute]) -> Vec<Attribute> {
    let is_condition = |attribute: &&Attribute| {
        attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
    };
    attributes.iter().filter(is_condition).cloned().collect()
}

/// Returns all names that a parameter binds.
pub(crate) fn bindings(input: &FnArg) -> Vec<Ident> {
    match input {
        FnArg::Receiver(receiver) => vec![Ident::new("self", receiver.self_token.span)],
        FnArg::Typed(typed) => {
            let mut finder = Bindings(Vec::new());
            finder.visit_pat(&typed.pat);
            finder.0
        }
    }
}

struct Bindings(Vec<Ident>);

impl<'ast> Visit<'ast> for Bindings {
    fn visit_pat_ident(&mut self, binding: &'ast PatIdent) {
        // Unit structs look like bindings, and or-patterns bind each name more than once.
        let is_binding = !binding.ident.to_string().starts_with(char::is_uppercase);
        if is_binding && !self.0.contains(&binding.ident) {
            self.0.push(binding.ident.clone());
        }
        visit::visit_pat_ident(self, binding);
    }
}
