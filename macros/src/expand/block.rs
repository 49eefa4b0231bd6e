//! `SpanPlan` and a block → tokens.

use proc_macro2::TokenStream;

use crate::expand::fragments::outcome::look;
use crate::expand::fragments::start::start;
use crate::plan::block::{asyncness, never_ends};
use crate::plan::span_plan::SpanPlan;
use crate::tokens::tokens;

// Output:
//
//     ::traced::private::leave(
//         ::traced::private::enter(::traced::private::start(…)),
//         match () { () => BODY },
//         |ret, _| …,
//     )
//
// The `match` is there because braces around an argument are found unnecessary.
// What leaves BODY on another way drops the guard that `enter` made. Where nothing is to be seen of BODY, or it never comes to its end,
// that is all there is to do, and the call of `leave` would be found unreachable:
//
//     { let _span = ::traced::private::enter(::traced::private::start(…)); (BODY) }
//
// For `async move BLOCK`:
//
//     async move { ::traced::private::future_by(::traced::private::start(…), async move BLOCK, |ret, _| …).await }
pub(crate) fn expand(plan: &SpanPlan, body: &TokenStream) -> TokenStream {
    let runtime = &plan.runtime;
    let (start, look) = (start(plan), look(plan));
    let is_guarded = never_ends(body) || plan.outcome.is_unseen() && !plan.site.ok;
    match asyncness(body) {
        None if is_guarded => {
            tokens!({ let _span = #runtime::private::enter(#start); (#body) })
        }
        None => tokens!(
            #runtime::private::leave(
                #runtime::private::enter(#start),
                match () { () => #body },
                #look,
            )
        ),
        Some(asyncness) => tokens!(
            #asyncness { #runtime::private::future_by(#start, #body, #look).await }
        ),
    }
}
