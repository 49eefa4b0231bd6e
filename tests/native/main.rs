//! Tests of traced functions on our own provider, which keeps their spans with their threads. The
//! other tests of what `#[traced]` does use the SDK's provider.

mod changes;
mod keys;
mod roots;
mod scopes;
mod traces;
