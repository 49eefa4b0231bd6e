//! The parameters of a function: their names, and what must be done for them to be dropped in their order.
//!
//! The body moves into a closure or an `async` block. What it captures is dropped with it, in the order of
//! first mention; what it does not capture is dropped later. So where a parameter may have a destructor, the body
//! begins by mentioning the parameters in reverse, the order in which a function drops them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Pat, PatIdent, ReceiverKind, Signature};

use crate::body::mentions;
use crate::returns::surely_no_drop;

/// What the parameters need.
pub(crate) struct Parameters {
    /// Every name that a parameter binds; `self` too.
    pub(crate) names: Vec<Ident>,
    /// Statements for the start of the moved body, in reverse order of the parameters.
    pub(crate) captures: Vec<TokenStream>,
}

impl Parameters {
    /// Looks at the parameters of `signature`, and names those `_` ones that must be captured.
    pub(crate) fn of(signature: &mut Signature, body: &TokenStream) -> Parameters {
        let mut names = Vec::new();
        let mut captures = Vec::new();
        for (index, input) in signature.inputs.iter_mut().enumerate() {
            name_wildcard(input, index, !captures.is_empty());
            let bindings = bindings(input);
            if may_drop(input) {
                for binding in &bindings {
                    captures.extend(capture(input, binding, body, !captures.is_empty()));
                }
            }
            names.extend(bindings);
        }
        captures.reverse();
        Parameters { names, captures }
    }
}

/// Gives `_: T` a name if it must be captured, which it must be behind a captured parameter.
fn name_wildcard(input: &mut FnArg, index: usize, behind_captured: bool) {
    let droppable = may_drop(input);
    if let FnArg::Typed(typed) = input
        && matches!(*typed.pat, Pat::Wild(_))
        && droppable
        && behind_captured
    {
        let ident = format_ident!("_arg{index}", span = Span::mixed_site());
        typed.pat = Box::new(Pat::Ident(PatIdent {
            attrs: Vec::new(),
            by_ref: None,
            mutability: None,
            ident,
            subpat: None,
        }));
    }
}

fn may_drop(input: &FnArg) -> bool {
    match input {
        FnArg::Receiver(receiver) => match &receiver.kind {
            ReceiverKind::Reference(..) => false,
            ReceiverKind::Typed(_, ty) => !surely_no_drop(ty),
            _ => true,
        },
        FnArg::Typed(typed) => !surely_no_drop(&typed.ty),
    }
}

/// The statement that captures one binding.
///
/// One that the body does not mention need not be captured unless an earlier one is. Then it is shadowed by a variable
/// of the same name and place that nobody uses, so that the user still sees the warning of an unused variable.
fn capture(
    input: &FnArg,
    name: &Ident,
    body: &TokenStream,
    behind_captured: bool,
) -> Option<TokenStream> {
    let conditions = conditions(input);
    if mentions(body, name) || name.to_string().starts_with('_') && behind_captured {
        return Some(quote!(#(#conditions)* let _ = &#name;));
    }
    behind_captured.then(|| quote!(#(#conditions)* let #name = &#name;))
}

/// The `#[cfg(…)]` attributes of a parameter, which everything about it must carry.
fn conditions(input: &FnArg) -> Vec<&Attribute> {
    let attributes = match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(typed) => &typed.attrs,
    };
    let is_condition = |attribute: &&Attribute| {
        attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
    };
    attributes.iter().filter(is_condition).collect()
}

fn bindings(input: &FnArg) -> Vec<Ident> {
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
