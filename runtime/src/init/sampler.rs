//! Head sampling: `OTEL_TRACES_SAMPLER` and its argument.

use opentelemetry_sdk::trace::Sampler;

use super::environment::{self, Variable};
use super::error::InitError;

const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";

type Make = fn() -> Result<Sampler, InitError>;

const SAMPLERS: &[(&str, Make)] = &[
    ("always_on", || Ok(Sampler::AlwaysOn)),
    ("always_off", || Ok(Sampler::AlwaysOff)),
    ("traceidratio", ratio),
    ("parentbased_always_on", || {
        Ok(below_parent(Sampler::AlwaysOn))
    }),
    ("parentbased_always_off", || {
        Ok(below_parent(Sampler::AlwaysOff))
    }),
    ("parentbased_traceidratio", || Ok(below_parent(ratio()?))),
];

/// The sampler that the environment chooses, `parentbased_always_on` if it says nothing.
pub(super) fn from_environment() -> Result<Sampler, InitError> {
    match Variable::find(&[SAMPLER])? {
        Some(variable) => variable.choose(SAMPLERS)?(),
        None => Ok(below_parent(Sampler::AlwaysOn)),
    }
}

fn below_parent(root: Sampler) -> Sampler {
    Sampler::ParentBased(Box::new(root))
}

fn ratio() -> Result<Sampler, InitError> {
    let ratio = environment::read(&[ARGUMENT], "a number from 0 to 1", |value| {
        let ratio: f64 = value.parse().ok()?;
        (0.0..=1.0).contains(&ratio).then_some(ratio)
    })?;
    Ok(Sampler::TraceIdRatioBased(ratio.unwrap_or(1.0)))
}
