//! A trait that is named `Stream` and is none.

/// The user's own.
pub trait Stream {
    /// What it yields.
    type Item;

    /// The first item.
    fn first(&self) -> Self::Item;
}

impl<T: Clone> Stream for [T; 1] {
    type Item = T;

    fn first(&self) -> T {
        self[0].clone()
    }
}
