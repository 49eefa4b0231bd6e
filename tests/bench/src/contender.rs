//! The parts of a contender.

use crate::child;
use crate::instructions;
use crate::situation::{Pace, Protocol, Sampling, Situation};
use crate::work::Declined;

/// The functions that are measured, annotated or with the necessary code in their bodies.
pub(crate) trait Functions {
    /// Opens the root span around the others.
    fn root(children: impl FnOnce());
    fn none();
    fn two(id: i64, name: &str);
    fn four(id: i64, name: &str, amount: i64, unit: &str);
    fn error(id: i64) -> Result<(), Declined>;
    fn waiting() -> impl Future<Output = ()>;
    /// Calls itself until this many spans are open.
    fn nested(depth: u32);
}

/// Exports what has ended so far.
pub(crate) type Flush = Box<dyn Fn() + Sync>;

pub(crate) trait Contender {
    type Functions: Functions;
    const NAME: &'static str;
    const RECORDS: bool = true;
    const ADAPTIVE: bool = false;
    /// `true` if it can be set up to send over OTLP.
    const SENDS: bool = false;

    /// Sets the process up for its functions, with the counting exporter at the end.
    fn install(sampling: Sampling) -> Flush;

    /// Sets the process up to send over OTLP to this URL, and to count what the collector took.
    fn install_otlp(_sampling: Sampling, _protocol: Protocol, _url: &str) -> Flush {
        unreachable!("only those that send are asked to")
    }
}

/// A contender in the list.
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    records: bool,
    adaptive: bool,
    sends: bool,
    /// Answers each line of standard input with a turn.
    pub(crate) serve: fn(&Situation) -> anyhow::Result<()>,
    /// Makes this many traces and nothing else.
    pub(crate) make: fn(&Situation, u32) -> anyhow::Result<()>,
}

impl Entry {
    pub(crate) const fn of<C: Contender>() -> Entry {
        Entry {
            name: C::NAME,
            records: C::RECORDS,
            adaptive: C::ADAPTIVE,
            sends: C::SENDS,
            serve: child::serve::<C>,
            make: instructions::make::<C>,
        }
    }

    /// Returns `true` if the contender can run in this situation.
    pub(crate) fn takes(&self, situation: &Situation) -> bool {
        let sends = self.sends || situation.otlp.is_none();
        sends
            && match (situation.sampling, situation.pace) {
                (Some(Sampling::Adaptive), _) => self.adaptive,
                (_, Pace::Saturated(_)) => self.records,
                _ => true,
            }
    }
}
