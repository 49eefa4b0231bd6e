//! The macros of the crate `traced`, which re-exports them. Depend on `traced`, not on this crate.

mod container;
mod errors;
mod expand;
mod parse;
mod plan;
#[cfg(test)]
mod snapshots;
mod span_macro;
mod tokens;
mod traced;

use proc_macro::TokenStream;

/// Opens an OpenTelemetry span around a block; documented in full at `traced::span`.
#[proc_macro]
pub fn span(input: TokenStream) -> TokenStream {
    span_macro::span(input.into()).into()
}

/// Opens an OpenTelemetry span around a function; documented in full at `traced::traced`.
#[proc_macro_attribute]
pub fn traced(args: TokenStream, item: TokenStream) -> TokenStream {
    traced::traced(args.into(), item.into()).into()
}
