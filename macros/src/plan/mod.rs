//! Decides what to generate, before anything is generated.
//!
//! # What a plan is
//!
//! A [`Plan`] answers every question that the expansion of a function has: how the body is wrapped
//! ([`Shape`]), which statements come before it, what the returned value can tell, and everything
//! about the span itself ([`SpanPlan`]). For `span!`, a [`BlockPlan`](block::BlockPlan) does this.
//!
//! A plan is made from the options and the function, and making it is the last step that can find a
//! mistake. [`checks`] reports options that contradict each other or make no sense on this
//! function. Options that a function only inherits from its container are dropped instead if they
//! make no sense, since they were meant for the other functions there.
//!
//! # Why the expansion cannot fail
//!
//! If a mistake was found, the plan is thrown away, and the user gets the errors beside the
//! unchanged function. Otherwise [`expand`](crate::expand) gets a plan in which every question is
//! settled. It never sees the options, and its functions return tokens, not a `Result`. So each
//! expansion can be read as a template: it depends on the plan alone, and wrong input does not
//! reach it.
//!
//! # Questions that tokens can answer
//!
//! A macro knows no types and cannot resolve names. It knows how things are spelled. So most
//! answers in this module are "certainly" or "perhaps", and each function's name says which of the
//! two `true` means: [`surely_no_result`](return_type::surely_no_result) is `false` for a type that
//! it has never heard of, while [`may_be_future`](return_type::may_be_future) is `true` for it.
//! What the macro cannot tell is left to method resolution in the runtime, which does know the
//! types.
//!
//! - About types: [`shape`], [`return_type`], [`boxed_again`], [`lifetimes`].
//! - About parameters: [`parameters`], [`patterns`].
//! - About the tokens of a body: [`body`], [`awaits`], [`recursion`], [`renamed`],
//!   [`tracing_calls`].

mod awaits;
pub(crate) mod block;
mod body;
mod boxed_again;
mod checks;
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
use crate::plan::span_plan::{Probe, SpanPlan};

/// Everything that the expansion of a function depends on.
pub(crate) struct Plan<'f> {
    pub(crate) function: &'f Function,
    /// The function's signature, in which some parameters may have a new name.
    pub(crate) signature: Signature,
    pub(crate) shape: Shape,
    /// Statements at the start of the body that fix the order in which the arguments are dropped.
    pub(crate) captures: Vec<TokenStream>,
    /// The return type as the body can spell it, or `None` for `!`. For `impl Future` and
    /// `impl Stream`, it is the type of what they produce.
    pub(crate) return_type: Option<Type>,
    /// `true` if the compiler would wrongly call an assignment to `self` unused.
    pub(crate) has_false_assignments: bool,
    /// A statement that tells a second attribute of ours that the function is traced already.
    pub(crate) mark: Option<TokenStream>,
    pub(crate) span: SpanPlan,
}

impl<'f> Plan<'f> {
    /// Creates the plan, which must not be used if anything is added to `errors`.
    pub(crate) fn new(mut args: Args, function: &'f Function, errors: &mut Errors) -> Plan<'f> {
        let shape = Shape::of(function, &args);
        let before = args.evaluated_before();
        let parameters = Parameters::of(function, shape, &before);
        checks::check(&mut args, function, shape, &parameters.names, errors);
        let shows_errors = value_checks::shows_errors(function, shape);
        let probe = if lifetimes::can_ask_for_error(&function.signature) {
            Probe::Error
        } else {
            Probe::Text
        };
        let mark = args
            .is_in_container
            .then(|| renamed::mark(&function.attributes));
        args.is_method |= function.signature.receiver().is_some();
        let span = SpanPlan::new(args, &parameters.signature.ident, shows_errors, probe);
        Plan {
            function,
            shape,
            captures: parameters.statements,
            has_false_assignments: parameters.has_false_assignments,
            mark: mark.flatten(),
            return_type: match shape {
                Shape::Future | Shape::Stream => return_type::promised(&function.signature.output),
                _ => return_type::spelled(&function.signature.output),
            },
            span,
            signature: parameters.signature,
        }
    }
}
