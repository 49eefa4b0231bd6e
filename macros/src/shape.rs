//! How a function is wrapped; a pure question about its signature.

use syn::{ReturnType, Signature, Type};

use crate::function::Function;
use crate::returns;

/// How a function is wrapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// The body becomes a closure, and its value is seen.
    Call,
    /// The body stays where it is, below a guard: for what a closure would change.
    InPlace,
    /// The body becomes an `async move` block.
    AsyncFn,
}

impl Shape {
    pub(crate) fn of(function: &Function) -> Shape {
        if function.signature.asyncness.is_some() {
            Shape::AsyncFn
        } else if function.has_attribute("track_caller") || infers_from_place(&function.signature) {
            Shape::InPlace
        } else {
            Shape::Call
        }
    }
}

/// Whether the body's types come from an opaque return type, which a closure cannot spell.
fn infers_from_place(signature: &Signature) -> bool {
    match &signature.output {
        ReturnType::Type(_, output) => {
            matches!(**output, Type::ImplTrait(_)) || returns::has_opaque_closure(output)
        }
        ReturnType::Default => false,
    }
}
