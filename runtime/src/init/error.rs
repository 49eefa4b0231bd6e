//! Why tracing could not be set up.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// Why [`init`](crate::init()) set up nothing.
///
/// A variable with a value that is not valid is named with the value and what is accepted instead. Of a header list only the
/// name of the header in question is told, since values of headers are secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitError(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Variable {
        name: &'static str,
        value: String,
        accepted: Cow<'static, str>,
    },
    Twice,
    #[cfg(feature = "otlp")]
    Failed {
        step: &'static str,
        reason: String,
    },
}

impl InitError {
    pub(super) fn variable(
        name: &'static str,
        value: impl Into<String>,
        accepted: impl Into<Cow<'static, str>>,
    ) -> InitError {
        InitError(Kind::Variable {
            name,
            value: value.into(),
            accepted: accepted.into(),
        })
    }

    pub(super) fn twice() -> InitError {
        InitError(Kind::Twice)
    }

    /// Something outside the configuration failed.
    #[cfg(feature = "otlp")]
    pub(super) fn failed(step: &'static str, reason: &impl ToString) -> InitError {
        InitError(Kind::Failed {
            step,
            reason: reason.to_string(),
        })
    }
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Variable {
                name,
                value,
                accepted,
            } => write!(f, "{name} is {value:?}: write {accepted}, or unset it"),
            Kind::Twice => f.write_str(
                "tracing is set up already in this process: keep the first guard, and call `init` once",
            ),
            #[cfg(feature = "otlp")]
            Kind::Failed { step, reason } => write!(f, "{step}: {reason}"),
        }
    }
}

impl Error for InitError {}
