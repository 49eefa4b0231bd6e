//! The parameters of a function: their names, and what must be done for them to be dropped in their order.
//!
//! The body moves into a closure or an `async` block. What it captures is dropped with it, in the order of
//! first mention; what it does not capture is dropped later. So where a parameter may have a destructor, the body
//! begins by mentioning the parameters in reverse, the order in which a function drops them.
//!
//! A pattern that leaves a part of its argument behind (`(a, _)`) would leave it outside. Such an argument moves in
//! whole and is taken apart there, and so that they are still dropped before it, the arguments behind it are bound
//! anew. So is an argument that the body assigns to, in whole or in part: the compiler believes that the last value of what a
//! closure has captured is never read, though its destructor reads it. `self` cannot be bound anew, so there the lint is off.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{FnArg, Pat, PatType, ReceiverKind, Signature};

use crate::parse::function::Function;
use crate::plan::body::{assigns, last_expression, mentions};
use crate::plan::patterns::{
    bindings, conditions, conditions_in, has_macro, leaves_a_part, rename, take_mut,
};
use crate::plan::return_type::surely_no_drop;
use crate::plan::shape::Shape;

/// What the parameters need.
pub(crate) struct Parameters {
    /// Every name that a parameter binds; `self` too.
    pub(crate) names: Vec<Ident>,
    /// The signature, in which parameters that must be captured and have no name are given one.
    pub(crate) signature: Signature,
    /// Statements for the start of the moved body.
    pub(crate) statements: Vec<TokenStream>,
    /// Whether the compiler would find an assignment to `self` unused that is not.
    pub(crate) has_false_assignments: bool,
}

impl Parameters {
    /// Looks at the parameters of `function`; `before` are the tokens that are evaluated before the body.
    pub(crate) fn of(function: &Function, shape: Shape, before: &TokenStream) -> Parameters {
        let mut signature = function.signature.clone();
        let body = function.body.stream();
        let mut moves = Moves::default();
        let mut names = Vec::new();
        for (index, input) in signature.inputs.iter_mut().enumerate() {
            let bindings = bindings(input);
            if shape != Shape::InPlace && may_drop(input) {
                let name = format_ident!("_arg{index}", span = Span::mixed_site());
                moves.add(input, &bindings, &name, &body, before);
            }
            names.extend(bindings);
        }
        let has_false_assignments = shape != Shape::InPlace
            && signature
                .inputs
                .first()
                .is_some_and(|input| is_left_assigned(input, &body));
        Parameters {
            has_false_assignments,
            names,
            signature,
            statements: moves.statements(),
        }
    }
}

/// How the arguments move into the body.
#[derive(Default)]
struct Moves {
    /// Statements that capture, in order of the parameters.
    captures: Vec<TokenStream>,
    /// Statements that bind anew, in order of the parameters.
    rebound: Vec<TokenStream>,
}

impl Moves {
    fn statements(mut self) -> Vec<TokenStream> {
        self.captures.reverse();
        self.captures.append(&mut self.rebound);
        self.captures
    }

    /// Adds one parameter that may have a destructor; `name` is one for it if it needs a new one.
    fn add(
        &mut self,
        input: &mut FnArg,
        bindings: &[Ident],
        name: &Ident,
        body: &TokenStream,
        before: &TokenStream,
    ) {
        let conditions = conditions(input);
        let behind_captured = !self.captures.is_empty();
        let is_assigned = bindings.iter().any(|binding| assigns(body, binding));
        let is_mentioned_before = bindings.iter().any(|binding| mentions(before, binding));
        if let FnArg::Typed(typed) = input
            && !is_mentioned_before
            && (before.is_empty() || !has_macro(&typed.pat))
        {
            let is_plain = matches!(*typed.pat, Pat::Ident(_));
            // What a macro binds is not known, so it is not captured one by one.
            let has_macro = has_macro(&typed.pat);
            let hidden = bindings.iter().find(|name| is_hidden(name, body));
            if let (true, true, Some(hidden)) = (behind_captured, is_plain, hidden) {
                // Under its own name it would count as used. Nobody else can see this one.
                let at = Span::mixed_site().located_at(hidden.span());
                self.add_whole(typed, &Ident::new(&hidden.to_string(), at), false);
                return;
            }
            let is_left = behind_captured && (leaves_a_part(&typed.pat) || hidden.is_some());
            if is_left || has_macro || is_assigned && !is_plain {
                self.add_whole(typed, name, has_macro || !bindings.is_empty());
                return;
            }
        }
        let rebinds = !self.rebound.is_empty() || is_assigned && matches!(input, FnArg::Typed(_));
        for binding in bindings {
            let is_used =
                rebinds || mentions(body, binding) || behind_captured && mentions(before, binding);
            let captured = capture(binding, is_used, behind_captured);
            self.captures
                .extend(captured.map(|capture| quote!(#(#conditions)* #capture)));
            if rebinds {
                let mutability = take_mut(input, binding);
                self.rebound
                    .push(quote!(#(#conditions)* let #mutability #binding = #binding;));
            }
        }
    }

    /// Adds one parameter that moves in whole, under this name; what its pattern binds is bound in the body.
    fn add_whole(&mut self, typed: &mut PatType, name: &Ident, binds: bool) {
        let conditions = conditions_in(&typed.attrs);
        let pattern = rename(typed, name);
        self.captures.push(quote!(#(#conditions)* let _ = &#name;));
        if binds || !self.rebound.is_empty() {
            self.rebound
                .push(quote!(#(#conditions)* let #name = #name;));
        }
        if binds {
            self.rebound
                .push(quote!(#(#conditions)* let #pattern = #name;));
        }
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

/// Returns `true` for a `mut self` with a destructor to which the body assigns, unless every way ends with a mention of it: what
/// is handed on at the end is read.
fn is_left_assigned(input: &FnArg, body: &TokenStream) -> bool {
    let FnArg::Receiver(receiver) = input else {
        return false;
    };
    let [this, leave] = ["self", "return"].map(|word| Ident::new(word, receiver.self_token.span));
    let end = last_expression(body);
    let is_handed_on = mentions(&end, &this) && !assigns(&end, &this) && !mentions(body, &leave);
    receiver.mutability.is_some() && may_drop(input) && assigns(body, &this) && !is_handed_on
}

/// The statement that captures one binding.
///
/// One that is not used need not be captured unless an earlier one is. Then it is shadowed by a variable of the same name
/// and place that nobody uses, so that the user still sees the warning of an unused variable.
fn capture(name: &Ident, is_used: bool, behind_captured: bool) -> Option<TokenStream> {
    if is_used {
        Some(quote!(let _ = &#name;))
    } else {
        behind_captured.then(|| quote!(let #name = &#name;))
    }
}

/// Whether it is a name that the body does not mention, and nobody is to.
fn is_hidden(name: &Ident, body: &TokenStream) -> bool {
    name.to_string().starts_with('_') && !mentions(body, name)
}
