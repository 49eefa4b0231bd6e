//! Traced functions on our own provider, which keeps their spans with their threads. The other tests of what `#[traced]` does
//! run on the SDK's.

mod changes;
mod keys;
mod roots;
mod scopes;
mod traces;
