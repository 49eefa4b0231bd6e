//! The text of traces, for assertions.

use std::fmt;
use std::ops::Deref;

/// The text of traces, returned by [`Capture::tree`](super::Capture::tree). It dereferences to
/// `str`, and its `Debug` is the text itself, so that a failing assertion shows the lines.
#[derive(Clone, PartialEq, Eq)]
pub struct Tree(pub(super) String);

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Deref for Tree {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Tree {
    fn as_ref(&self) -> &str {
        self
    }
}

impl From<Tree> for String {
    fn from(tree: Tree) -> String {
        tree.0
    }
}

impl PartialEq<str> for Tree {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Tree {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<String> for Tree {
    fn eq(&self, other: &String) -> bool {
        self.0 == *other
    }
}

impl PartialEq<Tree> for str {
    fn eq(&self, other: &Tree) -> bool {
        other == self
    }
}

impl PartialEq<Tree> for &str {
    fn eq(&self, other: &Tree) -> bool {
        other == self
    }
}

impl PartialEq<Tree> for String {
    fn eq(&self, other: &Tree) -> bool {
        other == self
    }
}
