//! `(Args, Function)` → `Plan`: every check that needs both is here, and what comes out is valid.

mod awaits;
pub(crate) mod block;
mod body;
pub(crate) mod checks;
mod lifetimes;
mod parameters;
mod patterns;
mod recursion;
pub(crate) mod renamed;
pub(crate) mod return_type;
pub(crate) mod shape;
pub(crate) mod span_plan;
pub(crate) mod tracing_calls;
mod value_checks;

use proc_macro2::TokenStream;
use syn::{Signature, Type};

use crate::errors::Errors;
use crate::parse::args::Args;
use crate::parse::function::Function;
use crate::plan::parameters::Parameters;
use crate::plan::shape::Shape;
use crate::plan::span_plan::{Asking, SpanPlan};

/// All that `expand` needs to know of a function.
pub(crate) struct Plan<'f> {
    pub(crate) function: &'f Function,
    pub(crate) signature: Signature,
    pub(crate) shape: Shape,
    /// Statements that fix the order in which the arguments are dropped.
    pub(crate) captures: Vec<TokenStream>,
    /// The return type as the body can spell it, `None` for `!`; of `impl Future` and `impl Stream` what is promised.
    pub(crate) returns: Option<Type>,
    /// Whether the compiler would find an assignment to `self` unused that is not.
    pub(crate) has_false_assignments: bool,
    /// The statement by which another attribute of ours would know that the function is traced already.
    pub(crate) mark: Option<TokenStream>,
    pub(crate) span: SpanPlan,
}

impl<'f> Plan<'f> {
    /// What is wrong goes to `errors`; the plan is good for nothing then.
    pub(crate) fn new(mut args: Args, function: &'f Function, errors: &mut Errors) -> Plan<'f> {
        let shape = Shape::of(function, &args);
        let before = args.evaluated_before();
        let parameters = Parameters::of(function, shape, &before);
        checks::check(&mut args, function, shape, &parameters.names, errors);
        let is_blind = value_checks::is_blind(function, shape);
        let asking = if lifetimes::error_is_sure(&function.signature) {
            Asking::All
        } else {
            Asking::Text
        };
        let mark = args
            .is_handed_on
            .then(|| renamed::mark(&function.attributes));
        args.is_method |= function.signature.receiver().is_some();
        let span = SpanPlan::new(args, &parameters.signature.ident, is_blind, asking);
        Plan {
            function,
            shape,
            captures: parameters.statements,
            has_false_assignments: parameters.has_false_assignments,
            mark: mark.flatten(),
            returns: match shape {
                Shape::Future | Shape::Stream => return_type::promised(&function.signature.output),
                _ => return_type::spelled(&function.signature.output),
            },
            span,
            signature: parameters.signature,
        }
    }
}
