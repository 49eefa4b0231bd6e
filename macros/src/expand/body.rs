//! The body of a function in an expansion, and the braces around it.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;

use crate::plan::Plan;
use crate::tokens::tokens;

/// Creates a closure or block around the body with the span of the body, so that it looks as if the
/// user had written it.
///
/// Lints that skip code from the macros of other crates then look into it, and the compiler names
/// the variables that it captures.
pub(crate) fn as_users_own(plan: &Plan, wrap: impl FnOnce(Span) -> TokenStream) -> TokenStream {
    wrap(plan.function.body.span())
}

/// Returns `return` if there is a value to return. `clippy::implicit_return` asks for it.
pub(crate) fn explicit_return(plan: &Plan) -> Option<TokenStream> {
    let is_unit = |ty: &&Type| matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty());
    let return_type = plan.return_type.as_ref();
    return_type
        .filter(|ty| !is_unit(ty))
        .map(|_| tokens!(return))
}

/// Returns `{ CAPTURES; ({ BODY }) }`, or the user's `{ BODY }` if nothing has to be captured.
pub(crate) fn captured_body(plan: &Plan) -> TokenStream {
    let body = &plan.function.body;
    if plan.captures.is_empty() {
        return body.to_token_stream();
    }
    after_captures(plan, &TokenStream::new(), &inner_block(body))
}

/// Returns `{ FIRST; CAPTURES; BODY }`, with the span of the user's braces.
pub(crate) fn after_captures(plan: &Plan, first: &TokenStream, body: &TokenStream) -> TokenStream {
    let captures = &plan.captures;
    with_span(
        tokens!(#first #(#captures)* #body),
        plan.function.body.span(),
    )
}

/// Returns the body for a place where other statements come before it.
///
/// It stays a separate block, so that its items are not in scope for those statements. The braces
/// are the user's, since the tokens in them must not be emitted again: that would lose the groups
/// that macro variables stand for. The parentheses silence `unused_braces`, which would complain
/// about braces at the end of a block if they fit on one line.
pub(crate) fn inner_block(body: &Group) -> TokenStream {
    tokens!((#body))
}

/// Returns the tokens in braces, which get this span.
pub(crate) fn with_span(tokens: TokenStream, span: Span) -> TokenStream {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span);
    TokenStream::from(TokenTree::Group(group))
}
