//! Why tracing could not be set up.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// Why [`init`](crate::init()) set up nothing.
///
/// It names the variable, or the method of [`Builder`](crate::Builder), and what is accepted. A value is shown only where it cannot be
/// a secret: never one of headers, endpoints, certificates, keys and resource attributes. `Debug` is the same sentence as
/// `Display`, since that is what a `main` that returns it prints.
#[derive(Clone, PartialEq, Eq)]
pub struct InitError(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Setting {
        name: &'static str,
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
    /// A variable or a method got something that is not accepted; `problem` is what goes between its name and that.
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
            Kind::Setting {
                name,
                problem,
                accepted,
            } => write!(f, "{name} {problem}: write {accepted}, or unset it"),
            Kind::Twice => f.write_str(
                "tracing is set up already in this process: keep the first guard, and call `init` once",
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
