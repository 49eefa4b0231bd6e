//! What `#[traced]` does, as whole traces: one file per option or promise.

mod smoke;
