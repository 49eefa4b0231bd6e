//! The expansion of each shape. The module docs of [`expand`](crate::expand) show what it looks
//! like.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};

use crate::expand::body::{
    after_captures, as_users_own, captured_body, explicit_return, inner_block,
};
use crate::expand::fragments::outcome::{detector, detector_of_type};
use crate::expand::fragments::start::{bare_site, start};
use crate::plan::Plan;
use crate::plan::return_type::may_be_future;
use crate::tokens::tokens;

/// Expands the body of an ordinary function.
pub(crate) fn call(plan: &Plan) -> TokenStream {
    let return_type = plan
        .return_type
        .as_ref()
        .map_or_else(|| tokens!(!), ToTokens::to_token_stream);
    let body = captured_body(plan);
    let RuntimeCall {
        function,
        start,
        detector,
    } = RuntimeCall::of(plan, "call", |find| find_in_type(plan, find));
    let runtime = &plan.span.runtime;
    let body = as_users_own(
        plan,
        |at| quote_spanned!(at=> move || -> #return_type #body),
    );
    let leave = explicit_return(plan);
    tokens!(#leave #runtime::private::#function(#start, #body, #detector))
}

/// Expands the body of a function that may return a boxed future behind an alias.
pub(crate) fn alias(plan: &Plan) -> TokenStream {
    let runtime = &plan.span.runtime;
    let return_type = &plan.return_type;
    let body = captured_body(plan);
    let RuntimeCall {
        function,
        start,
        detector,
    } = RuntimeCall::of(plan, "__traced_call", |find| {
        let find = format_ident!("__traced_{find}");
        tokens!(kind.#find())
    });
    let body = as_users_own(
        plan,
        |at| quote_spanned!(at=> move || -> #return_type #body),
    );
    tokens!(
        let kind = #runtime::private::alias::<#return_type>().__traced_alias();
        return kind.#function(#start, #body, #detector)
    )
}

/// Expands a body that stays in place.
pub(crate) fn in_place(plan: &Plan) -> TokenStream {
    let runtime = &plan.span.runtime;
    let start = start(&plan.span);
    let body = inner_block(&plan.function.body);
    tokens!(let _span = #runtime::private::enter(#start); #body)
}

/// Expands the body of an `async fn`.
///
/// An `async` block that produces a future looks like a forgotten `await`
/// (`clippy::async_yields_async`). So if the value may be a future, the block ends with
///
/// ```text
/// return match () { () if true => { BODY }, () => unreachable() };
/// ```
///
/// Without the second arm, the `return` would be unreachable after a `BODY` that returns.
pub(crate) fn async_fn(plan: &Plan) -> TokenStream {
    let runtime = &plan.span.runtime;
    let hint = plan.return_type.as_ref().map(
        |return_type| tokens!(if false { return #runtime::private::unreachable::<#return_type>(); }),
    );
    let body = match &plan.return_type {
        Some(return_type) if may_be_future(return_type) => {
            let body = &plan.function.body;
            tokens!(return match () { () if true => #body, () => #runtime::private::unreachable() };)
        }
        _ => inner_block(&plan.function.body),
    };
    let body = after_captures(plan, &hint.unwrap_or_default(), &body);
    let RuntimeCall {
        function,
        start,
        detector,
    } = RuntimeCall::of(plan, "future", |find| find_in_type(plan, find));
    let body = as_users_own(plan, |at| quote_spanned!(at=> async move #body));
    // For `clippy::implicit_return`, the output of a future counts as returned even if it is `()`.
    let leave = plan.return_type.as_ref().map(|_| tokens!(return));
    tokens!(#leave #runtime::private::#function(#start, #body, #detector).await)
}

/// The function of the runtime that wraps a body, and its arguments.
struct RuntimeCall {
    function: Ident,
    start: TokenStream,
    detector: TokenStream,
}

impl RuntimeCall {
    /// Chooses between the variants of the runtime's function `name`.
    ///
    /// The variant has the suffix `_at` if the call site is all that the start needs, and `_by` if
    /// the detector is a closure because the returned value's type does not decide it. `find` asks
    /// that type for its detector.
    fn of(plan: &Plan, name: &str, find: impl FnOnce(&Ident) -> TokenStream) -> RuntimeCall {
        let bare = bare_site(&plan.span);
        let of_type = detector_of_type(&plan.span, plan.return_type.as_ref(), find);
        let (suffix, start, detector) = match (bare, of_type) {
            (Some(site), Some(detector)) => ("_at", site, detector),
            (None, Some(detector)) => ("", start(&plan.span), detector),
            (_, None) => ("_by", start(&plan.span), detector(&plan.span)),
        };
        RuntimeCall {
            function: format_ident!("{name}{suffix}", span = Span::mixed_site()),
            start,
            detector,
        }
    }
}

/// Asks the spelled return type for its detector, by the runtime's function `find`.
fn find_in_type(plan: &Plan, find: &Ident) -> TokenStream {
    let runtime = &plan.span.runtime;
    let return_type = &plan.return_type;
    tokens!(#runtime::private::#find::<#return_type>())
}

/// Expands the body of a function that returns `impl Future` or `impl Stream`. `ask` is the method
/// that tells which of the two.
pub(crate) fn promised(plan: &Plan, ask: &TokenStream) -> TokenStream {
    let runtime = &plan.span.runtime;
    let start = start(&plan.span);
    let promise = &plan.return_type;
    let body = captured_body(plan);
    let body = as_users_own(plan, |at| quote_spanned!(at=> move || #body));
    let of_type = detector_of_type(&plan.span, promise.as_ref(), |find| {
        find_in_type(plan, find)
    });
    let detector = of_type.unwrap_or_else(|| {
        let detector = detector(&plan.span);
        tokens!(kind.__traced_detector(#detector))
    });
    tokens!(
        let promised = #runtime::private::promised(#start, #body);
        let kind = promised.__traced_ask().#ask::<#promise>();
        let detector = #detector;
        return promised.__traced_wrap(kind, detector)
    )
}

/// Expands the body of a function that returns a boxed future or stream, by this function of the
/// runtime.
pub(crate) fn boxed(plan: &Plan, function: &TokenStream) -> TokenStream {
    let runtime = &plan.span.runtime;
    let start = start(&plan.span);
    let return_type = &plan.return_type;
    let body = captured_body(plan);
    let body = as_users_own(
        plan,
        |at| quote_spanned!(at=> move || -> #return_type #body),
    );
    let leave = explicit_return(plan);
    let detector = detector(&plan.span);
    tokens!(#leave #runtime::private::#function(#start, #body, #detector))
}
