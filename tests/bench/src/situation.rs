//! The situations that are measured: the work, and what becomes of its spans.

use std::time::Duration;

use anyhow::{Result, bail};

/// The functions that a trace calls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    NoAttribute,
    /// Functions with an integer and a string.
    TwoAttributes,
    /// Functions with two integers and two strings.
    FourAttributes,
    Error,
    /// Asynchronous functions, which are pending once.
    Async,
    /// Functions that are nested this deep.
    Nested(u32),
}

/// The sampling of the spans.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sampling {
    All,
    Nothing,
    /// One trace in a hundred is kept, chosen when it has ended.
    Adaptive,
}

/// The protocol with which spans are sent to a collector.
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

/// The time at which the spans are flushed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// They are flushed after each piece. This many pieces make a turn.
    Pieces(u32),
    /// They are flushed after a turn of this length, in which the producer does not wait.
    Saturated(Duration),
}

pub(crate) struct Situation {
    pub(crate) name: &'static str,
    /// The sampling, or `None` if nothing is installed.
    pub(crate) sampling: Option<Sampling>,
    /// The protocol with which the spans are sent over OTLP, or `None` if they are counted and
    /// dropped.
    pub(crate) otlp: Option<Protocol>,
    pub(crate) work: Work,
    /// The number of children in each trace.
    pub(crate) children: u32,
    /// The number of traces in each piece.
    pub(crate) traces: u32,
    pub(crate) threads: u32,
    pub(crate) pace: Pace,
}

impl Situation {
    /// Returns the number of spans in one trace, including the root.
    pub(crate) fn spans_of_trace(&self) -> u32 {
        1 + self.children
    }

    /// Returns how often each contender has a turn in a round. Turns are short, so that all
    /// contenders meet the same noise.
    pub(crate) fn turns(&self) -> usize {
        match self.pace {
            Pace::Pieces(_) => 10,
            Pace::Saturated(_) => 1,
        }
    }

    /// Returns `true` if spans are recorded in this situation.
    pub(crate) fn is_recorded(&self) -> bool {
        matches!(self.sampling, Some(Sampling::All | Sampling::Adaptive))
    }

    pub(crate) fn is_saturated(&self) -> bool {
        matches!(self.pace, Pace::Saturated(_))
    }

    /// Returns `true` if counting instructions tells more here than in other situations.
    pub(crate) fn is_counted(&self) -> bool {
        self.threads == 1 && self.otlp.is_none() && matches!(self.pace, Pace::Pieces(_))
    }
}

/// The number of traces in a piece, which is small enough for the smallest queue of 2,048 places,
/// even with two threads.
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
/// The base of situations that record nothing. They make more traces, since that is fast, with more
/// children, since only the root is slow.
const UNRECORDED: Situation = Situation {
    children: 1_000,
    pace: Pace::Pieces(3),
    ..RECORDED
};

/// The situations that are compared with each other. All their contenders take turns.
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
