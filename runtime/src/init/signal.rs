//! What is exported, and what each kind of it is called.

use crate::warning::{Warning, counted};

/// What is exported.
#[derive(Clone, Copy, Debug)]
pub(super) enum Signal {
    Traces,
    #[cfg(feature = "logs")]
    Logs,
}

impl Signal {
    /// So many of what it consists of.
    pub(super) fn counted(self, count: usize) -> String {
        let one = match self {
            Signal::Traces => "span",
            #[cfg(feature = "logs")]
            Signal::Logs => "log record",
        };
        counted(count as u64, one)
    }

    /// Says that not all was exported, if so.
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

    /// Whether it gets through.
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
