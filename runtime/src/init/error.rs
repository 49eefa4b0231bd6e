//! The error that a failed set-up returns.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// The error that [`init`](crate::init()) returns if tracing was not set up.
///
/// For an invalid setting, it names the variable, or the method of [`Builder`](crate::Builder), and
/// says what is accepted. A value is shown only if it cannot be a secret: values of headers,
/// endpoints, certificates, keys and resource attributes are never shown. `Debug` prints the same
/// sentence as `Display`, since a `main` that returns the error prints `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct InitError(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Setting {
        name: &'static str,
        problem: String,
        accepted: Cow<'static, str>,
    },
    Argument {
        method: &'static str,
        problem: String,
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
    /// Returns the error for a variable with a value that is not accepted. The message consists of
    /// `name`, `problem`, and what is `accepted`.
    pub(super) fn setting(
        name: &'static str,
        problem: impl Into<String>,
        accepted: impl Into<Cow<'static, str>>,
    ) -> InitError {
        InitError(Kind::Setting {
            name,
            problem: problem.into(),
            accepted: accepted.into(),
        })
    }

    /// Returns the error for a method of the builder that got a value that is not accepted.
    pub(super) fn argument(
        method: &'static str,
        problem: impl Into<String>,
        accepted: impl Into<Cow<'static, str>>,
    ) -> InitError {
        InitError(Kind::Argument {
            method,
            problem: problem.into(),
            accepted: accepted.into(),
        })
    }

    pub(super) fn twice() -> InitError {
        InitError(Kind::Twice)
    }

    /// Returns the error for a step that failed for a reason other than an invalid setting.
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
            Kind::Setting {
                name,
                problem,
                accepted,
            } => write!(f, "{name} {problem}: write {accepted}, or unset it"),
            Kind::Argument {
                method,
                problem,
                accepted,
            } => write!(f, "the value passed to `{method}` {problem}: pass {accepted}"),
            Kind::Twice => f.write_str(
                "tracing is already set up in this process: keep the first guard, and call `init` once",
            ),
            #[cfg(feature = "otlp")]
            Kind::Failed { step, reason } => write!(f, "{step}: {reason}"),
        }
    }
}

impl fmt::Debug for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for InitError {}
