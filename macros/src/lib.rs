//! The attribute macro of the `traced` crate, which re-exports it: depend on `traced`, not on this crate.

mod args;
mod attributes;
mod awaits;
mod block;
mod body;
mod checks;
mod errors;
mod expand;
mod expectations;
mod fallback;
mod function;
mod item;
mod parameters;
mod pieces;
mod plan;
mod recursion;
mod regions;
mod renamed;
mod returns;
mod shape;
#[cfg(test)]
mod snapshots;
mod suggest;
mod torn;
mod traced;
mod values;
mod variables;

use proc_macro::TokenStream;

/// Opens an OpenTelemetry span around a block; documented in full at `traced::span`.
#[proc_macro]
pub fn span(input: TokenStream) -> TokenStream {
    block::span(input.into()).into()
}

/// Opens an OpenTelemetry span around a function; documented in full at `traced::traced`.
#[proc_macro_attribute]
pub fn traced(args: TokenStream, item: TokenStream) -> TokenStream {
    traced::traced(args.into(), item.into()).into()
}
