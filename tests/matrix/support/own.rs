//! A trait that is named `Stream`, but is not one.

/// The user's own trait.
pub trait Stream {
    /// The type of its items.
    type Item;

    /// Returns the first item.
    fn first(&self) -> Self::Item;
}

impl<T: Clone> Stream for [T; 1] {
    type Item = T;

    fn first(&self) -> T {
        self[0].clone()
    }
}
