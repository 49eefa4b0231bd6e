//! What is made of the returned value.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Type;
use syn::spanned::Spanned;

use crate::expand::fragments::attributes::record;
use crate::parse::attributes::{Attribute, Key};
use crate::parse::option_values::Ret;
use crate::plan::return_type::has_inferred;
use crate::plan::span_plan::{Asking, Failure, Outcome, SpanPlan};
use crate::tokens::{located, tokens};

/// The look at the returned value, if its type alone decides that; `find` asks the type, by the function of this name.
pub(crate) fn own_look(
    plan: &SpanPlan,
    returns: Option<&Type>,
    find: impl FnOnce(&Ident) -> TokenStream,
) -> Option<TokenStream> {
    let runtime = &plan.runtime;
    let outcome = &plan.outcome;
    if outcome.ret.is_some() || outcome.error_if.is_some() || outcome.error_type.is_some() {
        return None;
    }
    match outcome.failure {
        Failure::Never => Some(tokens!(#runtime::private::LookNowhere)),
        Failure::Detected => {
            returns.filter(|returns| !has_inferred(returns))?;
            let name = match outcome.asking {
                Asking::All => "find",
                Asking::Text => "find_text",
                Asking::KnownText => return None,
            };
            let found = find(&Ident::new(name, Span::mixed_site()));
            Some(tokens!(#found.__traced_look()))
        }
        Failure::Display(_) | Failure::Debug(_) => None,
    }
}

/// The function that looks at the returned value: records it if it is to be, and finds its failure.
pub(crate) fn look(plan: &SpanPlan) -> TokenStream {
    let runtime = &plan.runtime;
    let Outcome {
        ret,
        failure,
        asking,
        error_type,
        error_if,
    } = &plan.outcome;
    let error_type = error_type.as_ref().map(|closure| tokens!(, #closure));
    let find = match asking {
        Asking::All => tokens!(find_in),
        Asking::Text => tokens!(find_text_in),
        Asking::KnownText => tokens!(known),
    };
    let found = match *failure {
        Failure::Never => tokens!(#runtime::private::None),
        Failure::Detected => {
            tokens!(#runtime::private::failure!(#find, ret, span, auto #error_type))
        }
        Failure::Display(at) => {
            let at = Span::mixed_site().located_at(at);
            quote_spanned!(at=> #runtime::private::failure!(#find, ret, span, display #error_type))
        }
        Failure::Debug(at) => {
            let at = Span::mixed_site().located_at(at);
            quote_spanned!(at=> #runtime::private::failure!(#find, ret, span, debug #error_type))
        }
    };
    let found = match error_if {
        None if plan.outcome.is_unseen() => {
            return tokens!(#runtime::private::no_failure);
        }
        None => found,
        Some(decide) => tokens!(#runtime::private::failure_if(ret, #decide, #found)),
    };
    match ret.as_ref().map(|ret| record_returned(plan, ret)) {
        None if matches!(failure, Failure::Never) => tokens!(|ret, _| #found),
        None => tokens!(|ret, span| #found),
        Some(record) => tokens!(|ret, span| { #record #found }),
    }
}

/// The statement that records the returned value.
fn record_returned(plan: &SpanPlan, ret: &Ret) -> TokenStream {
    let runtime = &plan.runtime;
    let statements: TokenStream = match ret {
        Ret::Whole(format, span) => {
            let key = Key::Text {
                text: "return".to_owned(),
                span: Span::mixed_site(),
            };
            let at = Span::mixed_site().located_at(*span);
            let call = record(&key, *format, &quote_spanned!(at=> value));
            tokens!(span.#call;)
        }
        Ret::Parts(parts) => {
            let parts = parts.iter().map(
                |Attribute {
                     key,
                     format,
                     value: closure,
                     ..
                 }| {
                    let value = located!(closure, &#runtime::private::map(value, #closure));
                    let call = record(key, *format, &value);
                    tokens!(span.#call;)
                },
            );
            parts.collect()
        }
    };
    tokens!(
        if let #runtime::private::Some(value) = #runtime::private::value!(ret) { #statements }
    )
}
