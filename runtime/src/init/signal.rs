//! The signals, traces and logs, with their wording in warnings.

use crate::warning::{Warning, counted};

/// A signal that is exported.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signal {
    Traces,
    #[cfg(feature = "logs")]
    Logs,
}

impl Signal {
    /// Returns a count in words, such as `1 span` or `2 log records`.
    pub(super) fn counted(self, count: usize) -> String {
        let one = match self {
            Signal::Traces => "span",
            #[cfg(feature = "logs")]
            Signal::Logs => "log record",
        };
        counted(count as u64, one)
    }

    /// Warns if not everything was exported. `when` is the end of the sentence.
    pub(super) fn check(self, is_exported: bool, when: &str) {
        let all = match self {
            Signal::Traces => "spans",
            #[cfg(feature = "logs")]
            Signal::Logs => "logs",
        };
        if !is_exported {
            let outage = self.outage();
            outage.say(format_args!("{all} were not exported {when}"));
        }
    }

    /// Returns the warning about failed exports, which is given once until an export succeeds.
    pub(super) fn outage(self) -> &'static Warning {
        static SPANS: Warning = Warning::new();
        #[cfg(feature = "logs")]
        static LOGS: Warning = Warning::new();
        match self {
            Signal::Traces => &SPANS,
            #[cfg(feature = "logs")]
            Signal::Logs => &LOGS,
        }
    }
}
