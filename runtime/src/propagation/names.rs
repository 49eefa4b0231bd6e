//! Creates propagators by the names that OpenTelemetry gives them.

use std::error::Error;
use std::fmt;

use opentelemetry::propagation::{TextMapCompositePropagator, TextMapPropagator};

use super::{B3, Baggage, Jaeger, TraceContext};

/// Creates the propagators that a list names, in the form of the variable
/// [`OTEL_PROPAGATORS`](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration):
/// `tracecontext`, `baggage`, `b3` (the single header), `b3multi`, `jaeger`, `none`.
///
/// An empty list means `tracecontext,baggage`, and a repeated name counts once. All formats are
/// sent. If an incoming request has several of them, the last one in the list wins.
///
/// # Errors
///
/// Returns an error if a name is not one of these.
///
/// # Example
///
/// ```
/// use traced::propagation::from_names;
///
/// let error = from_names("tracecontext,b4").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "unknown propagator `b4`: expected `tracecontext`, `baggage`, `b3`, `b3multi`, `jaeger`, or `none`, separated by commas",
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

/// An error that [`from_names`] returns for a name that it does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownPropagator(String);

impl UnknownPropagator {
    /// A description of what [`from_names`] accepts.
    pub const ACCEPTED: &str =
        "`tracecontext`, `baggage`, `b3`, `b3multi`, `jaeger`, or `none`, separated by commas";
}

impl fmt::Display for UnknownPropagator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accepted = Self::ACCEPTED;
        write!(f, "unknown propagator `{}`: expected {accepted}", self.0)
    }
}

impl Error for UnknownPropagator {}
