//! `Plan` → tokens; nothing can go wrong here.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};

use crate::pieces::{bare_site, look, own_look, start, tokens};
use crate::plan::Plan;
use crate::shape::Shape;

/// The function with its body wrapped.
pub(crate) fn expand(plan: &Plan) -> TokenStream {
    let attributes = &plan.function.attributes;
    let visibility = &plan.function.visibility;
    let default = &plan.function.default;
    let signature = &plan.signature;
    let body = match plan.shape {
        Shape::Call => call(plan),
        Shape::InPlace => in_place(plan),
        Shape::AsyncFn => async_fn(plan),
        Shape::Settle => settle(plan),
        Shape::Future => returned(plan, &tokens!(returned_future), false),
        Shape::BoxedFuture => returned(plan, &tokens!(returned_boxed_future), true),
        Shape::Stream => returned(plan, &tokens!(returned_stream), false),
        Shape::BoxedStream => returned(plan, &tokens!(returned_boxed_stream), true),
    };
    let body = with_span(body, plan.function.body.span());
    tokens!(#(#attributes)* #visibility #default #signature #body)
}

// Input:
//
//     { BODY }
//
// Output:
//
//     {
//         ::traced::private::call_at(
//             SITE,
//             move || -> RETURNS { let _ = &last; … let _ = &first; BODY },
//             ::traced::private::find::<RETURNS>().__traced_look(),
//         )
//     }
//
// With attributes, `call` and `::traced::private::start(SITE, |span| { … })`; with options about the returned value, `call_by` and
// a closure, `|ret, span| ::traced::private::failure!(find_in, ret, span, auto)`.
fn call(plan: &Plan) -> TokenStream {
    let returns = plan
        .returns
        .as_ref()
        .map_or_else(|| tokens!(!), ToTokens::to_token_stream);
    let body = captured_body(plan, &TokenStream::new());
    let Around {
        function,
        start,
        look,
    } = Around::of(plan, "call");
    let runtime = &plan.span.runtime;
    tokens!(#runtime::private::#function(#start, move || -> #returns #body, #look))
}

// Input:
//
//     { BODY }
//
// Output:
//
//     { let _span = ::traced::private::enter(::traced::private::start(…)); BODY }
fn in_place(plan: &Plan) -> TokenStream {
    let runtime = &plan.span.runtime;
    let start = start(&plan.span);
    let body = plan.function.body.stream();
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
//                 BODY
//             },
//             ::traced::private::find::<RETURNS>().__traced_look(),
//         )
//         .await
//     }
//
// The block's first statement tells the compiler its type, as the return type did for BODY.
fn async_fn(plan: &Plan) -> TokenStream {
    let runtime = &plan.span.runtime;
    let hint = plan
        .returns
        .as_ref()
        .map(|returns| tokens!(if false { return #runtime::private::unreachable::<#returns>(); }));
    let body = captured_body(plan, &hint.unwrap_or_default());
    let Around {
        function,
        start,
        look,
    } = Around::of(plan, "future");
    tokens!(#runtime::private::#function(#start, async move #body, #look).await)
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
    fn of(plan: &Plan, name: &str) -> Around {
        let bare = bare_site(&plan.span);
        let own = own_look(&plan.span, plan.returns.as_ref());
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

// Input:
//
//     { BODY }
//
// Output:
//
//     {
//         ::traced::private::settle(
//             ::traced::private::start(…),
//             move || -> RETURNS { … BODY },
//             |ret| ::traced::private::tag!(ret),
//             |ret, span| ::traced::private::failure!(find_in, ret, span, auto),
//             |ret, span| ::traced::private::failure!(find_in, ret, span, auto),
//         )
//     }
//
// The tag knows by the value's type whether it is a boxed future. The first failure is that of the value, the second that
// of what the future returns.
fn settle(plan: &Plan) -> TokenStream {
    let runtime = &plan.span.runtime;
    let start = start(&plan.span);
    let returns = &plan.returns;
    let body = captured_body(plan, &TokenStream::new());
    let (now, later) = (look(&plan.span), look(&plan.span));
    tokens!(#runtime::private::settle(
        #start, move || -> #returns #body, |ret| #runtime::private::tag!(ret),
        #now,
        #later
    ))
}

// Input:
//
//     { BODY }
//
// Output:
//
//     { ::traced::private::returned_future(::traced::private::start(…), move || { … BODY }, |ret, _| …) }
//
// What is opaque cannot be spelled, what is boxed must be for its coercion.
fn returned(plan: &Plan, function: &TokenStream, spelled: bool) -> TokenStream {
    let runtime = &plan.span.runtime;
    let start = start(&plan.span);
    let returns = plan.returns.as_ref().filter(|_| spelled);
    let returns = returns.map(|returns| tokens!(-> #returns));
    let body = captured_body(plan, &TokenStream::new());
    let look = look(&plan.span);
    tokens!(#runtime::private::#function(#start, move || #returns #body, #look))
}

/// `{ FIRST; captures; BODY }`, with the span of the user's braces.
fn captured_body(plan: &Plan, first: &TokenStream) -> TokenStream {
    let captures = &plan.captures;
    let body = plan.function.body.stream();
    with_span(
        tokens!(#first #(#captures)* #body),
        plan.function.body.span(),
    )
}

/// The tokens in braces that stand where the user's braces stand.
fn with_span(tokens: TokenStream, span: Span) -> TokenStream {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span);
    TokenStream::from(TokenTree::Group(group))
}
