//! The macros of `otel`, on the standard SDK. They name `opentelemetry` as their caller does, so they take this version.

use opentelemetry::trace::{FutureExt, Status, TraceContextExt};

use crate::contender::{Contender, Flush, Functions};
use crate::contenders::raw::Raw;
use crate::situation::Sampling;
use crate::work::{self, Declined};

otel::tracer!();

pub(crate) struct Otel;

impl Contender for Otel {
    type Functions = Self;
    const NAME: &'static str = "otel";

    fn install(sampling: Sampling) -> Flush {
        Raw::install(sampling)
    }
}

impl Functions for Otel {
    fn root(children: impl FnOnce()) {
        otel::span!("root", in |_cx| children());
    }

    fn none() {
        otel::span!("none", in |_cx| work::look(()));
    }

    fn two(id: i64, name: &str) {
        otel::span!("two", "id" = id, "name" = name.to_owned(), in |_cx| work::look((id, name)));
    }

    fn four(id: i64, name: &str, amount: i64, unit: &str) {
        otel::span!(
            "four",
            "id" = id,
            "name" = name.to_owned(),
            "amount" = amount,
            "unit" = unit.to_owned(),
            in |_cx| work::look((id, name, amount, unit))
        );
    }

    fn error(id: i64) -> Result<(), Declined> {
        otel::span!("error", in |cx| {
            let result = work::fail(id);
            if let Err(error) = &result {
                cx.span().record_error(error);
                cx.span().set_status(Status::error(error.to_string()));
            }
            result
        })
    }

    async fn waiting() {
        let context = otel::span!(^ "waiting");
        work::yield_once().with_context(context).await;
    }

    fn nested(depth: u32) {
        otel::span!("nested", in |_cx| {
            if depth > 1 {
                Self::nested(depth - 1);
            }
            work::look(depth);
        });
    }
}
