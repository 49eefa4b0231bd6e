//! What is emitted if something is wrong.

use proc_macro2::TokenStream;

/// Returns the item as the user wrote it, with the errors beside it. The rest of the crate can use
/// the item as before, and editors keep working.
pub(crate) fn fallback(item: TokenStream, errors: Option<TokenStream>) -> TokenStream {
    let mut tokens = item;
    tokens.extend(errors);
    tokens
}
