//! The expansion of a block.
//!
//! ```text
//! leave(enter(START), match () { () => BODY }, |ret, _| …)
//! ```
//!
//! `enter` returns a guard. If control leaves `BODY` by `?` or `return`, the guard is dropped and
//! ends the span. Otherwise `leave` ends it, after it has looked at the value. The `match` is there
//! because `unused_braces` would complain about braces around an argument.
//!
//! If there is nothing to look at, or if control never reaches the end of `BODY`, the guard is
//! enough. In the latter case, a call of `leave` would be unreachable code:
//!
//! ```text
//! { let _span = enter(START); (BODY) }
//! ```
//!
//! A block that is a future stays one:
//!
//! ```text
//! async move { future_by(START, async move BODY, |ret, _| …).await }
//! ```

use proc_macro2::TokenStream;

use crate::expand::fragments::outcome::detector;
use crate::expand::fragments::start::start;
use crate::plan::block::BlockPlan;
use crate::tokens::tokens;

/// Returns the block with its span around it.
pub(crate) fn expand(plan: &BlockPlan) -> TokenStream {
    let BlockPlan {
        body,
        asyncness,
        never_ends,
        span,
    } = plan;
    let runtime = &span.runtime;
    let (start, detector) = (start(span), detector(span));
    let is_guarded = *never_ends || span.outcome.is_ignored() && !span.site.ok;
    match asyncness {
        None if is_guarded => {
            tokens!({ let _span = #runtime::private::enter(#start); (#body) })
        }
        None => tokens!(
            #runtime::private::leave(
                #runtime::private::enter(#start),
                match () { () => #body },
                #detector,
            )
        ),
        Some(asyncness) => tokens!(
            #asyncness { #runtime::private::future_by(#start, #body, #detector).await }
        ),
    }
}
