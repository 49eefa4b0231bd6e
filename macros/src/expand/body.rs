//! The body and what stands right around it.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;

use crate::plan::Plan;
use crate::tokens::tokens;

/// A closure or block around the body as if it were the user's own: lints that end at code of other crates go on looking into it,
/// and the compiler names the variables that it captures.
pub(crate) fn users(plan: &Plan, block: impl FnOnce(Span) -> TokenStream) -> TokenStream {
    block(plan.function.body.span())
}

/// `return`, for those who want it written out (`clippy::implicit_return`), where there is a value.
pub(crate) fn returning(plan: &Plan) -> Option<TokenStream> {
    let is_unit = |returns: &&Type| matches!(returns, Type::Tuple(tuple) if tuple.elems.is_empty());
    let returns = plan.returns.as_ref();
    returns
        .filter(|returns| !is_unit(returns))
        .map(|_| tokens!(return))
}

/// `{ captures; ({ BODY }) }`, or `{ BODY }` alone.
pub(crate) fn captured_body(plan: &Plan) -> TokenStream {
    let body = &plan.function.body;
    if plan.captures.is_empty() {
        return body.to_token_stream();
    }
    behind_captures(plan, &TokenStream::new(), &inner_block(body))
}

/// `{ FIRST; captures; BODY }`, with the span of the user's braces.
pub(crate) fn behind_captures(plan: &Plan, first: &TokenStream, body: &TokenStream) -> TokenStream {
    let captures = &plan.captures;
    with_span(
        tokens!(#first #(#captures)* #body),
        plan.function.body.span(),
    )
}

/// The body in a block that begins with other statements.
///
/// It is a block of its own, so that what it brings into scope is not seen by what stands before it. And its braces are the user's
/// own: what they hold keeps the groups that macro variables stand for, which the compiler forgets where a macro emits them anew.
/// The parentheses are there because braces at the end of a block are found unnecessary where they fit on a line (`unused_braces`).
pub(crate) fn inner_block(body: &Group) -> TokenStream {
    tokens!((#body))
}

/// The tokens in braces that stand where the user's braces stand.
pub(crate) fn with_span(tokens: TokenStream, span: Span) -> TokenStream {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span);
    TokenStream::from(TokenTree::Group(group))
}
