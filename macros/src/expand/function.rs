//! The expansion of a function.

use proc_macro2::TokenStream;

use crate::expand::body::with_span;
use crate::expand::expectations::relaxed;
use crate::expand::shapes::{alias, async_fn, boxed, call, in_place, promised};
use crate::plan::shape::Shape;
use crate::plan::span_plan::Start;
use crate::plan::{Plan, tracing_calls};
use crate::tokens::tokens;

/// Returns the function with its body wrapped.
pub(crate) fn expand(plan: &Plan) -> TokenStream {
    let attributes = plan.function.attributes.iter().map(relaxed);
    let visibility = &plan.function.visibility;
    let default = &plan.function.default;
    let signature = &plan.signature;
    let body = match plan.shape {
        Shape::Call => call(plan),
        Shape::InPlace => in_place(plan),
        Shape::AsyncFn => async_fn(plan),
        Shape::Alias => alias(plan),
        Shape::Future => promised(plan, &tokens!(__traced_future)),
        Shape::BoxedFuture => boxed(plan, &tokens!(returned_boxed_future)),
        Shape::Stream => promised(plan, &tokens!(__traced_stream)),
        Shape::BoxedStream => boxed(plan, &tokens!(returned_boxed_stream)),
    };
    let warnings = match plan.span.start {
        // The current span belongs to other code, and may well be one of `tracing`.
        Start::Current => TokenStream::new(),
        Start::Opened(_) => tracing_calls::warnings(plan.function),
    };
    let mark = &plan.mark;
    let body = with_span(tokens!(#mark #warnings #body), plan.function.body.span());
    let allowed = plan
        .has_false_assignments
        .then(|| tokens!(#[allow(unused_assignments)]));
    tokens!(#allowed #(#attributes)* #visibility #default #signature #body)
}
