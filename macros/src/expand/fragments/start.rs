//! Expands to the start of a span.

use proc_macro2::TokenStream;
use syn::spanned::Spanned;

use crate::expand::fragments::attributes::{attributes, borrowed};
use crate::expand::fragments::call_site::site;
use crate::parse::option_values::Root;
use crate::plan::span_plan::{Setup, SpanPlan, Start};
use crate::tokens::{located, tokens};

/// Returns the expression that starts the span.
pub(crate) fn start(plan: &SpanPlan) -> TokenStream {
    let runtime = &plan.runtime;
    let site = site(plan);
    let attributes = attributes(&plan.attributes);
    match &plan.start {
        Start::Current => tokens!(#runtime::private::current(#site, #attributes)),
        Start::Opened(found) => match setup(found) {
            None => tokens!(#runtime::private::start(#site, #attributes)),
            Some(setup) if found.is_elsewhere() => {
                tokens!(#runtime::private::start_elsewhere(#site, #setup, #attributes))
            }
            Some(setup) => tokens!(#runtime::private::start_with(#site, #setup, #attributes)),
        },
    }
}

/// Returns the call site if the start needs nothing else, or `None`.
pub(crate) fn bare_site(plan: &SpanPlan) -> Option<TokenStream> {
    match &plan.start {
        Start::Opened(found) if plan.attributes.is_empty() && setup(found).is_none() => {
            Some(site(plan))
        }
        _ => None,
    }
}

/// Returns the closure that sets the parent, root, links and name, or `None` if none of them is
/// given.
fn setup(setup: &Setup) -> Option<TokenStream> {
    let parent = setup.parent.as_ref().map(|parent| {
        let parent = borrowed(parent);
        tokens!(setup.parent(#parent);)
    });
    let root = setup.root.map(|root| match root {
        Root::Unlinked => tokens!(setup.root();),
        Root::Linked => tokens!(setup.linked_root();),
    });
    let links = setup
        .links
        .as_ref()
        .map(|links| located!(links, setup.links(|| #links);));
    let name = setup
        .name
        .as_ref()
        .map(|name| located!(name, setup.name(|| #name);));
    let is_needed = parent.is_some() || root.is_some() || links.is_some() || name.is_some();
    is_needed.then(|| tokens!(|setup| { #parent #root #links #name }))
}
