//! One function for each shape.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};

use crate::expand::body::{behind_captures, captured_body, inner_block, returning, users};
use crate::expand::fragments::outcome::{look, own_look};
use crate::expand::fragments::start::{bare_site, start};
use crate::plan::Plan;
use crate::plan::return_type::may_be_future;
use crate::tokens::tokens;

// Input:
//
//     { BODY }
//
// Output:
//
//     {
//         ::traced::private::call_at(
//             SITE,
//             move || -> RETURNS { let _ = &last; … let _ = &first; ({ BODY }) },
//             ::traced::private::find::<RETURNS>().__traced_look(),
//         )
//     }
//
// With attributes, `call` and `::traced::private::start(SITE, |span| { … })`; with options about the returned value, `call_by` and
// a closure, `|ret, span| ::traced::private::failure!(find_in, ret, span, auto)`.
pub(crate) fn call(plan: &Plan) -> TokenStream {
    let returns = plan
        .returns
        .as_ref()
        .map_or_else(|| tokens!(!), ToTokens::to_token_stream);
    let body = captured_body(plan);
    let Around {
        function,
        start,
        look,
    } = Around::of(plan, "call", |find| find_in_type(plan, find));
    let runtime = &plan.span.runtime;
    let body = users(plan, |at| quote_spanned!(at=> move || -> #returns #body));
    let leave = returning(plan);
    tokens!(#leave #runtime::private::#function(#start, #body, #look))
}

// Input:
//
//     { BODY }
//
// Output:
//
//     {
//         let kind = ::traced::private::alias::<RETURNS>().__traced_alias();
//         kind.__traced_call_at(SITE, move || -> RETURNS { … BODY }, kind.__traced_find().__traced_look())
//     }
//
// The kind is that of the type: a boxed future, or a value that is all there is. What is looked at is what the future returns, or the
// value.
pub(crate) fn alias(plan: &Plan) -> TokenStream {
    let runtime = &plan.span.runtime;
    let returns = &plan.returns;
    let body = captured_body(plan);
    let Around {
        function,
        start,
        look,
    } = Around::of(plan, "__traced_call", |find| {
        let find = format_ident!("__traced_{find}");
        tokens!(kind.#find())
    });
    let body = users(plan, |at| quote_spanned!(at=> move || -> #returns #body));
    tokens!(
        let kind = #runtime::private::alias::<#returns>().__traced_alias();
        return kind.#function(#start, #body, #look)
    )
}

// Input:
//
//     { BODY }
//
// Output:
//
//     { let _span = ::traced::private::enter(::traced::private::start(…)); ({ BODY }) }
pub(crate) fn in_place(plan: &Plan) -> TokenStream {
    let runtime = &plan.span.runtime;
    let start = start(&plan.span);
    let body = inner_block(&plan.function.body);
    tokens!(let _span = #runtime::private::enter(#start); #body)
}

// Input:
//
//     { BODY }
//
// Output:
//
//     {
//         ::traced::private::future_at(
//             SITE,
//             async move {
//                 if false { return ::traced::private::unreachable::<RETURNS>(); }
//                 let _ = &last; … let _ = &first;
//                 ({ BODY })
//             },
//             ::traced::private::find::<RETURNS>().__traced_look(),
//         )
//         .await
//     }
//
// The block's first statement tells the compiler its type, as the return type did for BODY. If that may be a future, the block ends with
//
//     return match () { () if true => { BODY }, () => ::traced::private::unreachable() };
//
// since a block that comes to a future is taken for a forgotten `await` (`clippy::async_yields_async`). Its second arm is there
// because the `return` would be found unreachable behind a BODY that returns.
pub(crate) fn async_fn(plan: &Plan) -> TokenStream {
    let runtime = &plan.span.runtime;
    let hint = plan
        .returns
        .as_ref()
        .map(|returns| tokens!(if false { return #runtime::private::unreachable::<#returns>(); }));
    let body = match &plan.returns {
        Some(returns) if may_be_future(returns) => {
            let body = &plan.function.body;
            tokens!(return match () { () if true => #body, () => #runtime::private::unreachable() };)
        }
        _ => inner_block(&plan.function.body),
    };
    let body = behind_captures(plan, &hint.unwrap_or_default(), &body);
    let Around {
        function,
        start,
        look,
    } = Around::of(plan, "future", |find| find_in_type(plan, find));
    let body = users(plan, |at| quote_spanned!(at=> async move #body));
    // What a future comes to counts as implicitly returned even where it is `()`.
    let leave = plan.returns.as_ref().map(|_| tokens!(return));
    tokens!(#leave #runtime::private::#function(#start, #body, #look).await)
}

/// What stands around a moved body.
struct Around {
    /// The runtime's function.
    function: Ident,
    start: TokenStream,
    look: TokenStream,
}

impl Around {
    /// For the function of this name: `_at` the call site if there is no more to say of the span, `_by` a closure if the
    /// returned value's type alone does not say what to look for.
    fn of(plan: &Plan, name: &str, find: impl FnOnce(&Ident) -> TokenStream) -> Around {
        let bare = bare_site(&plan.span);
        let own = own_look(&plan.span, plan.returns.as_ref(), find);
        let (suffix, start, look) = match (bare, own) {
            (Some(site), Some(own)) => ("_at", site, own),
            (None, Some(own)) => ("", start(&plan.span), own),
            (_, None) => ("_by", start(&plan.span), look(&plan.span)),
        };
        Around {
            function: format_ident!("{name}{suffix}", span = Span::mixed_site()),
            start,
            look,
        }
    }
}

/// Asks the spelled type for its look.
fn find_in_type(plan: &Plan, find: &Ident) -> TokenStream {
    let runtime = &plan.span.runtime;
    let returns = &plan.returns;
    tokens!(#runtime::private::#find::<#returns>())
}

// Input:
//
//     { BODY }
//
// Output:
//
//     {
//         let promised = ::traced::private::promised(::traced::private::start(…), move || { … BODY });
//         let kind = promised.__traced_ask().__traced_future::<TYPE>();
//         let look = ::traced::private::find::<TYPE>().__traced_look();
//         promised.__traced_wrap(kind, look)
//     }
//
// What is opaque cannot be spelled, but the type in its bound can: BODY may leave that to be inferred.
pub(crate) fn promised(plan: &Plan, ask: &TokenStream) -> TokenStream {
    let runtime = &plan.span.runtime;
    let start = start(&plan.span);
    let promise = &plan.returns;
    let body = captured_body(plan);
    let body = users(plan, |at| quote_spanned!(at=> move || #body));
    let look = own_look(&plan.span, promise.as_ref(), |find| {
        find_in_type(plan, find)
    });
    let look = look.unwrap_or_else(|| {
        let look = self::look(&plan.span);
        tokens!(kind.__traced_look_later(#look))
    });
    tokens!(
        let promised = #runtime::private::promised(#start, #body);
        let kind = promised.__traced_ask().#ask::<#promise>();
        let look = #look;
        return promised.__traced_wrap(kind, look)
    )
}

// Input:
//
//     { BODY }
//
// Output:
//
//     { ::traced::private::returned_boxed_future(::traced::private::start(…), move || -> RETURNS { … BODY }, |ret, _| …) }
//
// What is boxed must be spelled for its coercion.
pub(crate) fn boxed(plan: &Plan, function: &TokenStream) -> TokenStream {
    let runtime = &plan.span.runtime;
    let start = start(&plan.span);
    let returns = &plan.returns;
    let body = captured_body(plan);
    let body = users(plan, |at| quote_spanned!(at=> move || -> #returns #body));
    let leave = returning(plan);
    let look = look(&plan.span);
    tokens!(#leave #runtime::private::#function(#start, #body, #look))
}
