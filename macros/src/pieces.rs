//! The parts of an expansion that functions and blocks share.

use std::env;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprReference, LitStr, Token, Type};

use crate::args::{Ret, Root};
use crate::attributes::{Attribute, Format, Key};
use crate::plan::{Asking, Failure, Naming, Outcome, Setup, Site, SpanPlan, Start};
use crate::returns::has_inferred;

/// `quote!`, with names that neither the body nor the user's expressions can see.
macro_rules! tokens {
    ($($token:tt)*) => { ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($token)*) };
}
pub(crate) use tokens;

/// The same, for errors that are to be shown at `$at`.
macro_rules! located {
    ($at:ident, $($token:tt)*) => {{
        let at = Span::mixed_site().located_at($at.span());
        quote_spanned!(at=> $($token)*)
    }};
}

/// The started span, as an expression.
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

/// The call site, if nothing more is to be said of the span's start.
pub(crate) fn bare_site(plan: &SpanPlan) -> Option<TokenStream> {
    match &plan.start {
        Start::Opened(found) if plan.attributes.is_empty() && setup(found).is_none() => {
            Some(site(plan))
        }
        _ => None,
    }
}

/// A reference to the call site's static, whose location is that of the function's name.
fn site(plan: &SpanPlan) -> TokenStream {
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

/// The most keys that a call site has; their index is a byte.
const MAX_KEYS: usize = 1 << 8;

/// The attributes whose keys the call site has.
fn indexed(attributes: &[Attribute]) -> impl Iterator<Item = (&str, Span)> {
    let keys = attributes
        .iter()
        .filter_map(|attribute| match &attribute.key {
            Key::Text { text, span } if is_indexed(attribute) => Some((text.as_str(), *span)),
            _ => None,
        });
    keys.take(MAX_KEYS)
}

fn is_indexed(attribute: &Attribute) -> bool {
    matches!(attribute.key, Key::Text { .. }) && matches!(attribute.format, Format::Value)
}

/// The keys of the call site.
fn keys(attributes: &[Attribute]) -> Option<TokenStream> {
    let keys: Vec<_> = indexed(attributes)
        .map(|(text, span)| literal(text, span))
        .collect();
    (!keys.is_empty()).then(|| tokens!(.keys(&[#(#keys),*])))
}

/// `NAME VERSION` of the crate that the function is in, where cargo builds it.
///
/// `env!` in the expansion would say the same, and cost each function two macros more.
fn package() -> String {
    let [name, version] = ["CARGO_PKG_NAME", "CARGO_PKG_VERSION"]
        .map(|variable| env::var(variable).unwrap_or_default());
    format!("{name} {version}")
}

/// The closure that sets what the span starts with; `None` where nothing is to be set.
fn setup(setup: &Setup) -> Option<TokenStream> {
    let parent = setup.parent.as_ref().map(|parent| {
        let parent = borrowed(parent);
        tokens!(setup.parent(#parent);)
    });
    let root = setup.root.map(|root| match root {
        Root::Alone => tokens!(setup.root();),
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

/// The closure that records the attributes.
fn attributes(attributes: &[Attribute]) -> TokenStream {
    if attributes.is_empty() {
        return tokens!(|_| ());
    }
    let mut next_index = 0..MAX_KEYS;
    let calls = attributes.iter().map(|attribute| {
        let value = borrowed(&attribute.value);
        match is_indexed(attribute).then(|| next_index.next()).flatten() {
            Some(index) => {
                let index = Literal::usize_unsuffixed(index);
                tokens!(at(#index, #value))
            }
            None => record(&attribute.key, attribute.format, &value),
        }
    });
    tokens!(|set| { #(set.#calls;)* })
}

/// The call that records one attribute.
fn record(key: &Key, format: Format, value: &impl ToTokens) -> TokenStream {
    let key = match key {
        Key::Text { text, span } => literal(text, *span).into_token_stream(),
        Key::Const(path) => path.to_token_stream(),
    };
    match format {
        Format::Value => tokens!(value(#key, #value)),
        Format::Display => tokens!(display(#key, #value)),
        Format::Debug => tokens!(debug(#key, #value)),
    }
}

/// A key as a literal of ours, which no lint of the user's looks into.
fn literal(text: &str, at: Span) -> LitStr {
    LitStr::new(text, Span::mixed_site().located_at(at))
}

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

/// `&VALUE`, in parentheses where it needs them.
fn borrowed(value: &Expr) -> Expr {
    Expr::Reference(ExprReference {
        attrs: Vec::new(),
        and_token: Token![&](Span::mixed_site().located_at(value.span())),
        mutability: None,
        expr: Box::new(value.clone()),
    })
}
