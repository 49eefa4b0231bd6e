//! Expands to the code that looks at the returned value.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Type;
use syn::spanned::Spanned;

use crate::expand::fragments::attributes::record;
use crate::parse::attributes::{Attribute, Key};
use crate::parse::option_values::Ret;
use crate::plan::return_type::has_inferred;
use crate::plan::span_plan::{Detection, Probe, SpanPlan};
use crate::tokens::{located, tokens};

/// Returns the detector that the returned value's type decides, or `None` if more than the type is
/// needed. `find` returns the code that asks the type, by the runtime's function of the given name.
pub(crate) fn detector_of_type(
    plan: &SpanPlan,
    return_type: Option<&Type>,
    find: impl FnOnce(&Ident) -> TokenStream,
) -> Option<TokenStream> {
    let runtime = &plan.runtime;
    let outcome = &plan.outcome;
    if outcome.ret.is_some() || outcome.error_if.is_some() || outcome.error_type.is_some() {
        return None;
    }
    match outcome.detection {
        Detection::Off => Some(tokens!(#runtime::private::NoDetector)),
        Detection::Automatic => {
            return_type.filter(|return_type| !has_inferred(return_type))?;
            let name = match outcome.probe {
                Probe::Error => "find",
                Probe::Text => "find_text",
                Probe::KnownText => return None,
            };
            let found = find(&Ident::new(name, Span::mixed_site()));
            Some(tokens!(#found.__traced_pick()))
        }
        Detection::Display(_) | Detection::Debug(_) => None,
    }
}

/// Returns the detector as a function: it records the returned value, if that is asked for, and
/// returns its failure.
pub(crate) fn detector(plan: &SpanPlan) -> TokenStream {
    let runtime = &plan.runtime;
    let outcome = &plan.outcome;
    let found = match &outcome.error_if {
        None if outcome.is_ignored() => return tokens!(#runtime::private::no_failure),
        None => failure(plan),
        Some(decide) => {
            let found = failure(plan);
            tokens!(#runtime::private::failure_if(ret, #decide, #found))
        }
    };
    match outcome.ret.as_ref().map(|ret| record_returned(plan, ret)) {
        None if matches!(outcome.detection, Detection::Off) => tokens!(|ret, _| #found),
        None => tokens!(|ret, span| #found),
        Some(record) => tokens!(|ret, span| { #record #found }),
    }
}

/// Returns the expression for the failure in the returned value.
fn failure(plan: &SpanPlan) -> TokenStream {
    let runtime = &plan.runtime;
    let outcome = &plan.outcome;
    let (at, format) = match outcome.detection {
        Detection::Off => return tokens!(#runtime::private::None),
        Detection::Automatic => (Span::mixed_site(), "auto"),
        Detection::Display(at) => (at, "display"),
        Detection::Debug(at) => (at, "debug"),
    };
    let find = match outcome.probe {
        Probe::Error => tokens!(find_in),
        Probe::Text => tokens!(find_text_in),
        Probe::KnownText => tokens!(known),
    };
    let error_type = outcome.error_type.as_ref();
    let error_type = error_type.map(|closure| tokens!(, #closure));
    let at = Span::mixed_site().located_at(at);
    let format = Ident::new(format, at);
    quote_spanned!(at=> #runtime::private::failure!(#find, ret, span, #format #error_type))
}

/// Returns the statement that records the returned value.
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
