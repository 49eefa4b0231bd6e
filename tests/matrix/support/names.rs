//! Names that a body brings into scope, equal to those of its signature.

/// Each variant is named like a type that signatures spell.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the names are all there is")]
pub enum Shadows {
    Arc,
    BoxFuture,
    Debug,
    Failure,
    Noisy,
    Nothing,
    OnlyDebug,
    Option,
    Outcome,
    Pin,
    Point,
    Result,
    String,
    Vec,
}
