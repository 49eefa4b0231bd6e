//! The attribute macro of the `traced` crate, which re-exports it: depend on `traced`, not on this crate.

mod args;
mod attributes;
mod body;
mod errors;
mod expand;
mod fallback;
mod function;
mod parameters;
mod plan;
mod returns;
mod shape;
#[cfg(test)]
mod snapshots;
mod suggest;
mod traced;

use proc_macro::TokenStream;

/// Opens an OpenTelemetry span around a function; documented in full at `traced::traced`.
#[proc_macro_attribute]
pub fn traced(args: TokenStream, item: TokenStream) -> TokenStream {
    traced::traced(args.into(), item.into()).into()
}
