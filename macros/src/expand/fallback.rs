//! Expands to the unchanged item, if something is wrong.

use proc_macro2::TokenStream;

/// Returns the item as the user wrote it, followed by the errors. The rest of the crate can use the
/// item as before, and editors keep working.
pub(crate) fn fallback(item: TokenStream, errors: Option<TokenStream>) -> TokenStream {
    let mut tokens = item;
    tokens.extend(errors);
    tokens
}
