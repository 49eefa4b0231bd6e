//! What is measured: the work, and what becomes of its spans.

use std::time::Duration;

use anyhow::{Result, bail};

/// The functions a trace calls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    NoAttribute,
    /// An int and a string.
    TwoAttributes,
    /// Two of each.
    FourAttributes,
    Error,
    /// Pending once.
    Async,
    /// As many deep.
    Nested(u32),
}

/// What a provider does with the spans.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sampling {
    All,
    Nothing,
    /// One trace of a hundred, chosen when it is over.
    Adaptive,
}

/// How spans are sent to a collector.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    Grpc,
}

impl Protocol {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Protocol::Http => "http",
            Protocol::Grpc => "grpc",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Protocol> {
        Ok(match name {
            "http" => Protocol::Http,
            "grpc" => Protocol::Grpc,
            other => bail!("`{other}` is no protocol"),
        })
    }
}

/// When the spans are flushed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// After each piece, and so many pieces make a turn.
    Pieces(u32),
    /// After a turn of so long, in which the producer does not wait.
    Saturated(Duration),
}

pub(crate) struct Situation {
    pub(crate) name: &'static str,
    /// Without it, nothing is installed.
    pub(crate) sampling: Option<Sampling>,
    /// How the spans are sent over OTLP; without it, they are counted and dropped.
    pub(crate) otlp: Option<Protocol>,
    pub(crate) work: Work,
    /// Children of each trace.
    pub(crate) children: u32,
    /// Traces of each piece.
    pub(crate) traces: u32,
    pub(crate) threads: u32,
    pub(crate) pace: Pace,
}

impl Situation {
    /// The spans of one trace, the root among them.
    pub(crate) fn spans_of_trace(&self) -> u32 {
        1 + self.children
    }

    /// How often each contender has its turn in a round: short ones, so that all meet the same noise.
    pub(crate) fn turns(&self) -> usize {
        match self.pace {
            Pace::Pieces(_) => 10,
            Pace::Saturated(_) => 1,
        }
    }

    /// Returns whether spans are recorded in it.
    pub(crate) fn is_recorded(&self) -> bool {
        matches!(self.sampling, Some(Sampling::All | Sampling::Adaptive))
    }

    pub(crate) fn is_saturated(&self) -> bool {
        matches!(self.pace, Pace::Saturated(_))
    }

    /// Whether its instructions say something that those of no other do.
    pub(crate) fn is_counted(&self) -> bool {
        self.threads == 1 && self.otlp.is_none() && matches!(self.pace, Pace::Pieces(_))
    }
}

/// Small enough for the smallest queue, which has 2,048 places, also with two threads.
const TRACES: u32 = 8;
const RECORDED: Situation = Situation {
    name: "recorded-2",
    sampling: Some(Sampling::All),
    otlp: None,
    work: Work::TwoAttributes,
    children: 100,
    traces: TRACES,
    threads: 1,
    pace: Pace::Pieces(5),
};
const SENT: Situation = Situation {
    name: "otlp",
    otlp: Some(Protocol::Http),
    ..RECORDED
};
/// Of what records nothing more is made, as it is fast, with more children, as only its root is not.
const UNRECORDED: Situation = Situation {
    children: 1_000,
    pace: Pace::Pieces(3),
    ..RECORDED
};

/// Situations that are compared with each other: all their contenders take turns.
pub(crate) const COMPARED: &[&[&str]] = &[
    &["recorded-2", "two-threads", "adaptive"],
    &["otlp", "otlp-adaptive"],
];

pub(crate) const SITUATIONS: &[Situation] = &[
    Situation {
        name: "off",
        sampling: None,
        ..UNRECORDED
    },
    Situation {
        name: "unsampled",
        sampling: Some(Sampling::Nothing),
        ..UNRECORDED
    },
    Situation {
        name: "unsampled-async",
        sampling: Some(Sampling::Nothing),
        work: Work::Async,
        ..UNRECORDED
    },
    Situation {
        name: "recorded-0",
        work: Work::NoAttribute,
        ..RECORDED
    },
    RECORDED,
    Situation {
        name: "recorded-4",
        work: Work::FourAttributes,
        ..RECORDED
    },
    Situation {
        name: "error",
        work: Work::Error,
        ..RECORDED
    },
    Situation {
        name: "async",
        work: Work::Async,
        ..RECORDED
    },
    Situation {
        name: "nested",
        work: Work::Nested(20),
        ..RECORDED
    },
    Situation {
        name: "two-threads",
        threads: 2,
        ..RECORDED
    },
    Situation {
        name: "saturated",
        pace: Pace::Saturated(Duration::from_millis(400)),
        ..RECORDED
    },
    Situation {
        name: "adaptive",
        sampling: Some(Sampling::Adaptive),
        ..RECORDED
    },
    SENT,
    Situation {
        name: "otlp-error",
        work: Work::Error,
        ..SENT
    },
    Situation {
        name: "otlp-grpc",
        otlp: Some(Protocol::Grpc),
        ..SENT
    },
    Situation {
        name: "otlp-adaptive",
        sampling: Some(Sampling::Adaptive),
        ..SENT
    },
];
