//! Chooses which traces are kept, by `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`.

use std::time::Duration;

use opentelemetry_sdk::trace::{Sampler, ShouldSample};

use super::environment::{self, Variable};
use super::error::InitError;
use crate::sdk::{AdaptiveSampling, SlowThreshold};

const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
const ADAPTIVE_ARGUMENT: &str = "`base=`, `error=`, `slow=` with a number from 0 to 1, `slow_threshold=` with a time such as `500ms` or `2s` or a quantile such as `p99`, `traces_per_second=` with a number, separated by commas";

/// The choice of the traces that are kept, for
/// [`Builder::with_sampling`](crate::Builder::with_sampling).
///
/// A sampler and [`AdaptiveSampling`] convert into it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Sampling {
    /// A sampler decides on each span when it starts.
    Head(Box<dyn ShouldSample>),
    /// The decision on a trace is made when it ends.
    Adaptive(AdaptiveSampling),
}

impl<S: ShouldSample + 'static> From<S> for Sampling {
    fn from(sampler: S) -> Sampling {
        Sampling::Head(Box::new(sampler))
    }
}

impl From<AdaptiveSampling> for Sampling {
    fn from(sampling: AdaptiveSampling) -> Sampling {
        Sampling::Adaptive(sampling)
    }
}

type Make = fn() -> Result<Option<Sampling>, InitError>;

/// The samplers, by name. `None` means the provider's default.
const SAMPLERS: &[(&str, Make)] = &[
    ("always_on", || head(Sampler::AlwaysOn)),
    ("always_off", || head(Sampler::AlwaysOff)),
    ("traceidratio", || head(ratio()?)),
    ("parentbased_always_on", || Ok(None)),
    ("parentbased_always_off", || {
        head(below_parent(Sampler::AlwaysOff))
    }),
    ("parentbased_traceidratio", || head(below_parent(ratio()?))),
    ("traced_adaptive", adaptive),
];

/// Samplers that the specification names but only other languages have.
const OF_OTHERS: [&str; 3] = ["parentbased_jaeger_remote", "jaeger_remote", "xray"];

/// Returns the sampling that the environment chooses, or `None` for `parentbased_always_on`, the
/// provider's default. It replaces samplers that only other languages have, with a warning.
pub(super) fn from_environment() -> Result<Option<Sampling>, InitError> {
    let Some(variable) = Variable::find(&[SAMPLER])? else {
        return Ok(None);
    };
    let is_named = |name: &str| name.eq_ignore_ascii_case(&variable.value);
    if OF_OTHERS.into_iter().any(is_named) {
        variable.warn(format_args!("not supported, using `parentbased_always_on`"));
        return Ok(None);
    }
    variable.choose(SAMPLERS)?()
}

#[expect(clippy::unnecessary_wraps, reason = "a row of the table")]
fn head(sampler: Sampler) -> Result<Option<Sampling>, InitError> {
    Ok(Some(sampler.into()))
}

fn below_parent(root: Sampler) -> Sampler {
    Sampler::ParentBased(Box::new(root))
}

fn ratio() -> Result<Sampler, InitError> {
    let ratio = environment::read(&[ARGUMENT], "a number from 0 to 1", rate)?;
    Ok(Sampler::TraceIdRatioBased(ratio.unwrap_or(1.0)))
}

fn adaptive() -> Result<Option<Sampling>, InitError> {
    let sampling = environment::read(&[ARGUMENT], ADAPTIVE_ARGUMENT, adaptive_argument)?;
    Ok(Some(Sampling::Adaptive(sampling.unwrap_or_default())))
}

/// Parses settings such as `base=0.01,error=1,slow=0.5,slow_threshold=500ms`. Returns `None` if one
/// of them is not valid.
fn adaptive_argument(value: &str) -> Option<AdaptiveSampling> {
    let mut sampling = AdaptiveSampling::default();
    for setting in value.split(',') {
        let (key, value) = setting.split_once('=')?;
        let value = value.trim();
        match key.trim() {
            "base" => sampling.base_rate = rate(value)?,
            "error" => sampling.error_rate = rate(value)?,
            "slow" => sampling.slow_rate = rate(value)?,
            "slow_threshold" => sampling.slow_threshold = slow_threshold(value)?,
            "traces_per_second" => sampling.max_traces_per_second = Some(positive(value)?),
            _ => return None,
        }
    }
    Some(sampling)
}

fn rate(value: &str) -> Option<f64> {
    let rate: f64 = value.parse().ok()?;
    (0.0..=1.0).contains(&rate).then_some(rate)
}

fn positive(value: &str) -> Option<f64> {
    let number: f64 = value.parse().ok()?;
    (number.is_finite() && number > 0.0).then_some(number)
}

fn slow_threshold(value: &str) -> Option<SlowThreshold> {
    if let Some(percent) = value.strip_prefix('p') {
        let quantile = rate(&format!("0.{percent}"))?;
        return Some(SlowThreshold::Quantile(quantile));
    }
    let (number, seconds) = match value.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (value.strip_suffix('s')?, 1.0),
    };
    let duration = Duration::try_from_secs_f64(positive(number)? * seconds).ok()?;
    Some(SlowThreshold::Fixed(duration))
}
