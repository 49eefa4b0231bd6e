//! `#[traced]`, on the standard SDK.

use traced::traced;

use crate::contender::{Contender, Flush, Functions};
use crate::sdk;
use crate::situation::Sampling;
use crate::work::{self, Declined};

pub(crate) struct TracedSdk;

impl Contender for TracedSdk {
    type Functions = Annotated;
    const NAME: &'static str = "traced-sdk";

    fn install(sampling: Sampling) -> Flush {
        let provider = sdk::provider(sampling);
        traced::set_tracer_provider(provider.clone());
        sdk::flush(provider)
    }
}

/// The annotated functions, which the contender on our own provider uses too.
pub(crate) struct Annotated;

impl Functions for Annotated {
    #[traced]
    fn root(children: impl FnOnce()) {
        children();
    }

    #[traced]
    fn none() {
        work::look(());
    }

    #[traced(attributes(id, name))]
    fn two(id: i64, name: &str) {
        work::look((id, name));
    }

    #[traced(attributes(id, name, amount, unit))]
    fn four(id: i64, name: &str, amount: i64, unit: &str) {
        work::look((id, name, amount, unit));
    }

    #[traced]
    fn error(id: i64) -> Result<(), Declined> {
        work::fail(id)
    }

    #[traced]
    async fn waiting() {
        work::yield_once().await;
    }

    #[traced]
    fn nested(depth: u32) {
        if depth > 1 {
            Self::nested(depth - 1);
        }
        work::look(depth);
    }
}
