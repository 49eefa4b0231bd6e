//! Keeps the order in which a function drops its arguments.
//!
//! A function drops its arguments in reverse order, after the body's locals. Once the body has
//! moved into a closure or an `async` block, that is no longer so: what the closure captures is
//! dropped with it, in the order of first mention, and what it does not capture is dropped later.
//! So the moved body begins with statements that mention its parameters in reverse order:
//!
//! ```text
//! move || { let _ = &second; let _ = &first; ({ BODY }) }
//! ```
//!
//! Only parameters that may have a destructor are mentioned. There are three complications:
//!
//! - **Patterns.** `(a, _): (A, B)` would leave `B` outside of the closure. Such an argument gets a
//!   name, moves in whole, and is destructured inside. The parameters after it are then rebound
//!   (`let b = b;`), so that they are still dropped first.
//! - **Assignments.** For a captured variable, the compiler believes that the last value assigned
//!   is never read, though the destructor reads it. So a parameter that the body assigns to is
//!   rebound too. `self` cannot be rebound; there the lint is switched off.
//! - **Unused parameters.** Mentioning one would silence the warning about it. See [`capture`].

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

/// The facts about the parameters that the expansion needs.
pub(crate) struct Parameters {
    /// All names that the parameters bind, including `self`.
    pub(crate) names: Vec<Ident>,
    /// The signature, in which parameters that must be captured have a name.
    pub(crate) signature: Signature,
    /// The statements at the start of the moved body.
    pub(crate) statements: Vec<TokenStream>,
    /// `true` if the compiler would wrongly call an assignment to `self` unused.
    pub(crate) has_false_assignments: bool,
}

impl Parameters {
    /// Examines the parameters of `function`. `before` holds the expressions that are evaluated
    /// before the body.
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

/// The statements that move the arguments into the body.
#[derive(Default)]
struct Moves {
    /// The statements that capture, in the order of the parameters.
    captures: Vec<TokenStream>,
    /// The statements that rebind, in the order of the parameters.
    rebound: Vec<TokenStream>,
}

impl Moves {
    /// Returns the statements in the order in which they are emitted.
    fn statements(mut self) -> Vec<TokenStream> {
        self.captures.reverse();
        self.captures.append(&mut self.rebound);
        self.captures
    }

    /// Adds a parameter that may have a destructor. If it needs a new name, it gets `name`.
    fn add(
        &mut self,
        input: &mut FnArg,
        bindings: &[Ident],
        name: &Ident,
        body: &TokenStream,
        before: &TokenStream,
    ) {
        let is_mentioned_before = bindings.iter().any(|binding| mentions(before, binding));
        if let FnArg::Typed(typed) = input
            && !is_mentioned_before
            && (before.is_empty() || !has_macro(&typed.pat))
            && self.add_by_name(typed, bindings, name, body)
        {
            return;
        }
        let conditions = conditions(input);
        let behind_captured = !self.captures.is_empty();
        let is_assigned = bindings.iter().any(|binding| assigns(body, binding));
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

    /// Adds a parameter under a new name if it cannot be captured under its own names. Returns
    /// `false` if it can.
    fn add_by_name(
        &mut self,
        typed: &mut PatType,
        bindings: &[Ident],
        name: &Ident,
        body: &TokenStream,
    ) -> bool {
        let behind_captured = !self.captures.is_empty();
        let is_plain = matches!(*typed.pat, Pat::Ident(_));
        let hidden = bindings.iter().find(|name| is_hidden(name, body));
        if let (true, true, Some(hidden)) = (behind_captured, is_plain, hidden) {
            // Under its own name it would count as used. No other code can see the new name.
            let at = Span::mixed_site().located_at(hidden.span());
            self.add_whole(typed, &Ident::new(&hidden.to_string(), at), false);
            return true;
        }
        // What a macro binds is not known, so it cannot be captured name by name.
        let has_macro = has_macro(&typed.pat);
        let is_assigned = bindings.iter().any(|binding| assigns(body, binding));
        let is_left = behind_captured && (leaves_a_part(&typed.pat) || hidden.is_some());
        let needs_name = is_left || has_macro || is_assigned && !is_plain;
        if needs_name {
            self.add_whole(typed, name, has_macro || !bindings.is_empty());
        }
        needs_name
    }

    /// Adds a parameter that moves in whole, under this name. If its pattern binds anything, the
    /// body destructures it.
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

/// Returns `true` if dropping the argument may do something.
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

/// Returns `true` for a `mut self` with a destructor if the body assigns to it, and it is not
/// certain that the body reads it at its end.
fn is_left_assigned(input: &FnArg, body: &TokenStream) -> bool {
    let FnArg::Receiver(receiver) = input else {
        return false;
    };
    let [this, leave] = ["self", "return"].map(|word| Ident::new(word, receiver.self_token.span));
    let end = last_expression(body);
    let is_handed_on = mentions(&end, &this) && !assigns(&end, &this) && !mentions(body, &leave);
    receiver.mutability.is_some() && may_drop(input) && assigns(body, &this) && !is_handed_on
}

/// Returns the statement that captures one binding.
///
/// An unused binding is captured only if an earlier one is. It is then shadowed by a variable of
/// the same name and place that nobody uses, so that the user still gets the warning about it.
fn capture(name: &Ident, is_used: bool, behind_captured: bool) -> Option<TokenStream> {
    if is_used {
        Some(quote!(let _ = &#name;))
    } else {
        behind_captured.then(|| quote!(let #name = &#name;))
    }
}

/// Returns `true` if the name begins with `_` and the body does not mention it.
fn is_hidden(name: &Ident, body: &TokenStream) -> bool {
    name.to_string().starts_with('_') && !mentions(body, name)
}
