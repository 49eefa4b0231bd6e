//! `#[traced]`, on our own provider.

use traced::sdk::{AdaptiveSampling, TracerProvider};

use crate::contender::{Contender, Flush};
use crate::contenders::traced_sdk::Annotated;
use crate::sdk::{self, Counter};
use crate::situation::Sampling;

pub(crate) struct Traced;

impl Contender for Traced {
    type Functions = Annotated;
    const NAME: &'static str = "traced";
    const ADAPTIVE: bool = true;

    fn install(sampling: Sampling) -> Flush {
        let builder = TracerProvider::builder().with_exporter(Counter);
        let builder = match sampling {
            Sampling::Adaptive => builder.with_adaptive_sampling(AdaptiveSampling {
                base_rate: 0.01,
                ..AdaptiveSampling::default()
            }),
            Sampling::All | Sampling::Nothing => builder.with_sampler(sdk::sampler(sampling)),
        };
        let provider = builder.build();
        traced::set_tracer_provider(provider.clone());
        Box::new(move || provider.force_flush().expect("the provider flushes"))
    }
}
