//! `Plan` → tokens; nothing can go wrong here.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprReference, Token};

use crate::attributes::{Attribute, Format, Key};
use crate::plan::{Failure, Plan, Setup};
use crate::shape::Shape;

/// `quote!`, with names that neither the body nor the user's expressions can see.
macro_rules! tokens {
    ($($token:tt)*) => { quote_spanned!(Span::mixed_site()=> $($token)*) };
}

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
//         ::traced::private::call(
//             ::traced::private::start(SITE, |span| { … }),
//             move || -> RETURNS { let _ = &last; … let _ = &first; BODY },
//             |ret| ::traced::private::failure!(ret),
//         )
//     }
fn call(plan: &Plan) -> TokenStream {
    let runtime = &plan.runtime;
    let start = start(plan);
    let returns = plan
        .returns
        .as_ref()
        .map_or_else(|| tokens!(!), ToTokens::to_token_stream);
    let body = captured_body(plan, &TokenStream::new());
    let failure = failure(plan);
    tokens!(#runtime::private::call(#start, move || -> #returns #body, #failure))
}

// Input:
//
//     { BODY }
//
// Output:
//
//     { let _span = ::traced::private::enter(::traced::private::start(…)); BODY }
fn in_place(plan: &Plan) -> TokenStream {
    let runtime = &plan.runtime;
    let start = start(plan);
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
//         ::traced::private::future(
//             ::traced::private::start(…),
//             async move {
//                 if false { return ::traced::private::unreachable::<RETURNS>(); }
//                 let _ = &last; … let _ = &first;
//                 BODY
//             },
//             |ret| ::traced::private::failure!(ret),
//         )
//         .await
//     }
//
// The block's first statement tells the compiler its type, as the return type did for BODY.
fn async_fn(plan: &Plan) -> TokenStream {
    let runtime = &plan.runtime;
    let start = start(plan);
    let hint = plan
        .returns
        .as_ref()
        .map(|returns| tokens!(if false { return #runtime::private::unreachable::<#returns>(); }));
    let body = captured_body(plan, &hint.unwrap_or_default());
    let failure = failure(plan);
    tokens!(#runtime::private::future(#start, async move #body, #failure).await)
}

/// The started span, as an expression.
fn start(plan: &Plan) -> TokenStream {
    let runtime = &plan.runtime;
    let site = site(plan);
    let attributes = attributes(&plan.attributes);
    match setup(&plan.setup) {
        None => tokens!(#runtime::private::start(#site, #attributes)),
        Some(setup) => tokens!(#runtime::private::start_with(#site, #setup, #attributes)),
    }
}

/// A reference to the call site's static, whose location is that of the function's name.
fn site(plan: &Plan) -> TokenStream {
    let runtime = &plan.runtime;
    let name = &plan.site.name;
    let kind = plan
        .site
        .kind
        .as_ref()
        .map(|kind| tokens!(.kind(#runtime::private::SpanKind::#kind)));
    let ok = plan.site.ok.then(|| tokens!(.ok()));
    let scope = tokens!(#runtime::private::scope!());
    let here = quote_spanned!(plan.signature.ident.span()=> .here());
    let site = tokens!(#runtime::private::CallSite);
    tokens!({ static SITE: #site = #site::new(#name, #scope) #kind #ok #here; &SITE })
}

/// The closure that sets what the span starts with; `None` where nothing is to be set.
fn setup(setup: &Setup) -> Option<TokenStream> {
    let name = setup
        .name
        .as_ref()
        .map(|name| tokens!(setup.name(|| #name);));
    let parent = setup.parent.as_ref().map(|parent| {
        let parent = borrowed(parent);
        tokens!(setup.parent(#parent);)
    });
    (name.is_some() || parent.is_some()).then(|| tokens!(|setup| { #parent #name }))
}

/// The closure that records the attributes.
fn attributes(attributes: &[Attribute]) -> TokenStream {
    if attributes.is_empty() {
        return tokens!(|_| ());
    }
    let statements = attributes.iter().map(
        |Attribute {
             key, format, value, ..
         }| {
            let key = match key {
                Key::Text { text, span } => syn::LitStr::new(text, *span).into_token_stream(),
                Key::Const(path) => path.to_token_stream(),
            };
            let value = borrowed(value);
            match format {
                Format::Value => tokens!(span.value(#key, #value);),
                Format::Display => tokens!(span.display(#key, #value);),
                Format::Debug => tokens!(span.debug(#key, #value);),
            }
        },
    );
    tokens!(|span| { #(#statements)* })
}

/// The function that finds the failure in a returned value.
fn failure(plan: &Plan) -> TokenStream {
    let runtime = &plan.runtime;
    let (render, at) = match plan.failure {
        Failure::Never => return tokens!(#runtime::private::no_failure),
        Failure::Detected => return tokens!(|ret| #runtime::private::failure!(ret)),
        Failure::Display(at) => (tokens!(display), at),
        Failure::Debug(at) => (tokens!(debug), at),
    };
    let at = Span::mixed_site().located_at(at);
    quote_spanned!(at=> |ret| #runtime::private::failure!(ret, #render))
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
