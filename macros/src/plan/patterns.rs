//! Questions about the pattern of a parameter, and changes of it.

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Macro, Pat, PatIdent, PatRest, PatStruct, PatType, PatWild};

/// Gives the parameter a name in the place of its pattern, which is returned.
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

/// The `mut` of a plain parameter, which moves to where it is bound anew.
pub(crate) fn take_mut(input: &mut FnArg, binding: &Ident) -> Option<syn::Token![mut]> {
    match input {
        FnArg::Typed(typed) => match &mut *typed.pat {
            Pat::Ident(ident) if ident.ident == *binding => ident.mutability.take(),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// Whether a part of what the pattern matches may be bound to no name.
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

/// Returns `true` if a macro stands for a part of the pattern, and may bind names.
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

/// The `#[cfg(…)]` attributes of a parameter, which everything about it must carry.
pub(crate) fn conditions(input: &FnArg) -> Vec<Attribute> {
    match input {
        FnArg::Receiver(receiver) => conditions_in(&receiver.attrs),
        FnArg::Typed(typed) => conditions_in(&typed.attrs),
    }
}

pub(crate) fn conditions_in(attributes: &[Attribute]) -> Vec<Attribute> {
    let is_condition = |attribute: &&Attribute| {
        attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
    };
    attributes.iter().filter(is_condition).cloned().collect()
}

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
        // Unit structs look like bindings; or-patterns bind a name more than once.
        let is_binding = !binding.ident.to_string().starts_with(char::is_uppercase);
        if is_binding && !self.0.contains(&binding.ident) {
            self.0.push(binding.ident.clone());
        }
        visit::visit_pat_ident(self, binding);
    }
}
