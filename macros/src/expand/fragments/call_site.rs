//! Expands to the static of the call site.

use std::env;

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;

use crate::expand::fragments::attributes::keys;
use crate::plan::span_plan::{Naming, Site, SpanPlan};
use crate::tokens::{located, tokens};

/// Returns a reference to the static. The location that it records is that of the function's name.
pub(crate) fn site(plan: &SpanPlan) -> TokenStream {
    let runtime = &plan.runtime;
    let Site {
        name,
        naming,
        kind,
        level,
        scope,
        ok,
        ..
    } = &plan.site;
    let kind = kind
        .as_ref()
        .map(|kind| tokens!(.kind(#runtime::private::SpanKind::#kind)));
    let level = level
        .as_ref()
        .map(|level| tokens!(.at_level(#runtime::private::Level::#level)));
    let ok = ok.then(|| tokens!(.ok()));
    let scope = scope
        .as_ref()
        .map(|scope| located!(scope, .scope(|| #runtime::private::IntoScope::into_scope(#scope))));
    let package = package();
    let site = tokens!(#runtime::private::CallSite);
    let new = match naming {
        Naming::Span => "named",
        Naming::Method => "method",
        Naming::Function => "new",
    };
    let new = Ident::new(new, plan.site.place);
    let new = quote_spanned!(plan.site.place=> <#site>::#new(#name, #package));
    let keys = keys(&plan.attributes);
    tokens!({ static SITE: #site = #new #scope #kind #level #ok #keys; &SITE })
}

/// Returns `NAME VERSION` of the crate that is being compiled, if cargo compiles it.
///
/// `env!` in the expansion would do the same, but cost two more macro calls for each function.
fn package() -> String {
    let [name, version] = ["CARGO_PKG_NAME", "CARGO_PKG_VERSION"]
        .map(|variable| env::var(variable).unwrap_or_default());
    format!("{name} {version}")
}
