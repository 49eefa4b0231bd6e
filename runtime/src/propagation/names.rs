//! Propagators by the names that OpenTelemetry gave them.

use std::error::Error;
use std::fmt;

use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};

use super::{B3, Baggage, Jaeger, TraceContext};

/// The propagators of a list as in the variable
/// [`OTEL_PROPAGATORS`](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration):
/// `tracecontext`, `baggage`, `b3` (the single header), `b3multi`, `jaeger`, `none`.
///
/// An empty list is `tracecontext,baggage`. A name that comes twice counts once. All formats are sent; of several that
/// come in with one request, the last in the list holds.
///
/// # Errors
///
/// A name is none of these.
///
/// # Example
///
/// ```
/// use traced::propagation::from_names;
///
/// let error = from_names("tracecontext,b4").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`b4` is no propagator: write `tracecontext`, `baggage`, `b3`, `b3multi`, `jaeger`, or `none`, separated by commas",
/// );
/// ```
pub fn from_names(names: &str) -> Result<TextMapCompositePropagator, UnknownPropagator> {
    let mut names: Vec<&str> = names.split(',').map(str::trim).collect();
    names.retain(|name| !name.is_empty());
    if names.is_empty() {
        names = vec!["tracecontext", "baggage"];
    }
    let mut propagators = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let propagator = from_name(name)?;
        if !names[..index].contains(name) {
            propagators.extend(propagator);
        }
    }
    Ok(TextMapCompositePropagator::new(propagators))
}

type Boxed = Box<dyn TextMapPropagator + Send + Sync>;

fn from_name(name: &str) -> Result<Option<Boxed>, UnknownPropagator> {
    Ok(match name {
        "tracecontext" => Some(Box::new(TraceContext)),
        "baggage" => Some(Box::new(Baggage)),
        "b3" => Some(Box::new(B3::single())),
        "b3multi" => Some(Box::new(B3::multi())),
        "jaeger" => Some(Box::new(Jaeger)),
        "none" => None,
        _ => return Err(UnknownPropagator(name.to_owned())),
    })
}

/// A name that [`from_names`] does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPropagator(String);

impl UnknownPropagator {
    /// What [`from_names`] takes, in words.
    pub const ACCEPTED: &str =
        "`tracecontext`, `baggage`, `b3`, `b3multi`, `jaeger`, or `none`, separated by commas";
}

impl fmt::Display for UnknownPropagator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no propagator: write {}", self.0, Self::ACCEPTED)
    }
}

impl Error for UnknownPropagator {}
