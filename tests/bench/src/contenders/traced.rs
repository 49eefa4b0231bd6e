//! `#[traced]`, on our own provider.

use traced::sdk::{AdaptiveSampling, TracerProvider, TracerProviderBuilder};

use crate::contender::{Contender, Flush};
use crate::contenders::traced_sdk::Annotated;
use crate::sdk::{self, Counter};
use crate::situation::{Protocol, Sampling};

/// `#[traced]` with the provider's default sampler, if that samples.
pub(crate) struct Traced;

impl Contender for Traced {
    type Functions = Annotated;
    const NAME: &'static str = "traced";
    const ADAPTIVE: bool = true;
    const SENDS: bool = true;

    fn install(sampling: Sampling) -> Flush {
        let builder = TracerProvider::builder().with_exporter(Counter);
        set(match sampling {
            Sampling::All => builder,
            Sampling::Nothing => builder.with_sampler(sdk::sampler(sampling)),
            Sampling::Adaptive => builder.with_adaptive_sampling(adaptive()),
        })
    }

    fn install_otlp(sampling: Sampling, protocol: Protocol, url: &str) -> Flush {
        let builder = traced::builder()
            .with_endpoint(url)
            .with_protocol(match protocol {
                Protocol::Http => traced::Protocol::Http,
                Protocol::Grpc => traced::Protocol::Grpc,
            });
        let builder = match sampling {
            Sampling::All => builder,
            Sampling::Nothing => builder.with_sampling(sdk::sampler(sampling)),
            Sampling::Adaptive => builder.with_sampling(adaptive()),
        };
        let guard = builder.init().expect("a collector");
        Box::new(move || {
            guard.flush();
            sdk::count_up_to(guard.stats().exported);
        })
    }
}

fn adaptive() -> AdaptiveSampling {
    AdaptiveSampling {
        base_rate: 0.01,
        ..AdaptiveSampling::default()
    }
}

/// `#[traced]` with the user's sampler: it is one of the SDK, which the provider cannot distinguish
/// from any other.
pub(crate) struct TracedOwnSampler;

impl Contender for TracedOwnSampler {
    type Functions = Annotated;
    const NAME: &'static str = "traced-own-sampler";

    fn install(sampling: Sampling) -> Flush {
        let builder = TracerProvider::builder().with_exporter(Counter);
        set(builder.with_sampler(sdk::sampler(sampling)))
    }
}

fn set(builder: TracerProviderBuilder<Counter>) -> Flush {
    let provider = builder.build();
    traced::set_tracer_provider(provider.clone());
    Box::new(move || provider.force_flush().expect("the provider flushes"))
}
