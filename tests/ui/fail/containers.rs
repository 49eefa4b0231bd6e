//! What is wrong in an annotated `impl`, `trait` or `mod`.

use traced::traced;

struct Type;

#[traced(kid = client)]
impl Type {
    fn method(&self) {}
}

#[traced(attributes(order))]
impl Type {
    fn has_it(order: u8) {}

    fn has_it_not(&self) {}
}

#[traced(kind = client)]
trait Trait {
    #[traced(kind = sever)]
    fn own_mistake(&self) {}

    fn fine(&self) -> u8 {
        "text"
    }
}


/// Under another name it cannot be told from other macros.
mod renamed {
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
}

fn main() {}
