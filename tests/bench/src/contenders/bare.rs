//! The functions without any tracing.

use crate::contender::{Contender, Flush, Functions};
use crate::situation::Sampling;
use crate::work::{self, Declined};

pub(crate) struct Bare;

impl Contender for Bare {
    type Functions = Self;
    const NAME: &'static str = "bare";
    const RECORDS: bool = false;

    fn install(_sampling: Sampling) -> Flush {
        Box::new(|| ())
    }
}

impl Functions for Bare {
    fn root(children: impl FnOnce()) {
        children();
    }

    #[inline(never)]
    fn none() {
        work::look(());
    }

    #[inline(never)]
    fn two(id: i64, name: &str) {
        work::look((id, name));
    }

    #[inline(never)]
    fn four(id: i64, name: &str, amount: i64, unit: &str) {
        work::look((id, name, amount, unit));
    }

    #[inline(never)]
    fn error(id: i64) -> Result<(), Declined> {
        work::fail(id)
    }

    async fn waiting() {
        work::yield_once().await;
    }

    #[inline(never)]
    fn nested(depth: u32) {
        if depth > 1 {
            Self::nested(depth - 1);
        }
        work::look(depth);
    }
}
