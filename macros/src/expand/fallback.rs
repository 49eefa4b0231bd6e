//! What is emitted when something is wrong: the errors, and the item unchanged beside them.

use proc_macro2::TokenStream;

/// The item as the user wrote it beside the errors, so that nothing else in the crate breaks and editors keep working.
pub(crate) fn fallback(item: TokenStream, errors: Option<TokenStream>) -> TokenStream {
    let mut tokens = item;
    tokens.extend(errors);
    tokens
}
