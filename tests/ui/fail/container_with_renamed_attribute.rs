//! A container cannot recognize an attribute that has another name.

use traced::traced as instrument;

struct Type;

#[instrument(kind = client)]
impl Type {
    #[instrument("own")]
    fn own(&self) {}

    #[instrument(skip)]
    async fn skipped(&self) -> u8 {
        1
    }

    #[must_use]
    fn others(&self) -> u8 {
        1
    }
}

#[instrument]
mod inner {
    #[super::instrument("own")]
    fn free() {}
}

fn main() {}
