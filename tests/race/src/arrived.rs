//! The exporter, which notes which spans arrived, and checks each of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use opentelemetry::trace::Event;
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use crate::others::KEYS;
use crate::plan::{POLLS, Plan, Race, checksum, polls};
use crate::seats::lock;

/// The spans that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// A bit for each span.
    seen: Box<[AtomicU64]>,
    count: AtomicU64,
    faults: Mutex<Vec<String>>,
}

impl Arrived {
    pub(crate) fn room_for(spans: u64) -> Arrived {
        let seen = (0..spans.div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Arrived(Arc::new(Inner {
            seen,
            count: AtomicU64::new(0),
            faults: Mutex::default(),
        }))
    }

    pub(crate) fn assert_whole(&self, exported: u64) {
        let faults = lock(&self.0.faults);
        let some = &faults[..faults.len().min(10)];
        assert!(faults.is_empty(), "{} spans: {some:#?}", faults.len());
        assert_eq!(self.0.count.load(Ordering::Relaxed), exported);
    }

    fn note(&self, span: &SpanData) {
        let fault = match number(&span.attributes) {
            Some(number) if !self.is_first(number) => "it arrived before",
            Some(number) if !is_whole(span, number) => "it is not whole",
            Some(_) => return,
            None => "it has no number",
        };
        lock(&self.0.faults).push(format!("{fault}: {span:?}"));
    }

    fn is_first(&self, number: u64) -> bool {
        let Some(bits) = self
            .0
            .seen
            .get(usize::try_from(number / 64).unwrap_or(usize::MAX))
        else {
            return false;
        };
        let bit = 1 << (number % 64);
        bits.fetch_or(bit, Ordering::Relaxed) & bit == 0
    }
}

impl SpanExporter for Arrived {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        for span in &batch {
            self.note(span);
        }
        let count = batch.len() as u64;
        self.0.count.fetch_add(count, Ordering::Relaxed);
        Ok(())
    }
}

fn number(attributes: &[KeyValue]) -> Option<u64> {
    integer(attributes, "n").map(i64::cast_unsigned)
}

fn integer(attributes: &[KeyValue], key: &str) -> Option<i64> {
    let mut found = attributes.iter().filter(|one| one.key.as_str() == key);
    match (found.next().map(|one| &one.value), found.next()) {
        (Some(Value::I64(integer)), None) => Some(*integer),
        _ => None,
    }
}

/// The expected contents of a span, which follow from its name and number.
#[derive(Default)]
struct Expected {
    /// The function's own attribute, and the number of the change that it shows.
    own: Option<(&'static str, u64)>,
    /// The number of changes by each of the other threads.
    others: [u64; 2],
    /// `true` if it was changed once more, before or after its end.
    is_raced: bool,
    is_cancelled: bool,
}

impl Expected {
    fn of(name: &str, number: u64) -> Option<Expected> {
        match name {
            "outer" => Some(Expected::outer(&Plan::of(number))),
            "inner" => Some(Expected {
                is_raced: Race::of(number) == Race::Change,
                ..Expected::default()
            }),
            "moving" => Some(Expected::moving(polls(number))),
            "by_hand" => Some(Expected {
                own: Some(("own", 0)),
                ..Expected::default()
            }),
            _ => None,
        }
    }

    fn outer(plan: &Plan) -> Expected {
        let second = if plan.others > 1 { plan.changes } else { 0 };
        Expected {
            own: (!plan.is_ended && !plan.is_silent).then_some(("own", 0)),
            others: [plan.changes, second],
            ..Expected::default()
        }
    }

    fn moving(polls: u64) -> Expected {
        let is_ready = polls == POLLS;
        Expected {
            own: Some(("polled", polls)),
            others: [if is_ready { polls - 1 } else { polls }, 0],
            is_cancelled: !is_ready,
            ..Expected::default()
        }
    }

    /// Returns the last change of this key.
    fn last(&self, key: &str) -> Option<u64> {
        let own = self.own.filter(|(own, _)| *own == key);
        let other = KEYS.iter().position(|other| *other == key);
        let other = other.map(|index| self.others[index]);
        own.map(|(_, last)| last).or(other.filter(|last| *last > 0))
    }
}

/// Returns `true` if everything is there that was done to the span before its end, and nothing
/// else.
fn is_whole(span: &SpanData, number: u64) -> bool {
    let Some(expected) = Expected::of(&span.name, number) else {
        return false;
    };
    let of = |key| integer(&span.attributes, key);
    let is_last = |key| of(key) == expected.last(key).map(|last| checksum(number, last));
    let raced = of("racing");
    let is_race_right = raced.is_none() || expected.is_raced && raced == Some(checksum(number, 1));
    let cancelled = KeyValue::new("traced.cancelled", true);
    ["own", "polled", KEYS[0], KEYS[1], "late"]
        .into_iter()
        .all(is_last)
        && is_race_right
        && span.attributes.contains(&cancelled) == expected.is_cancelled
        && has_events(span, number, &expected)
}

/// Returns `true` if there is an event for each change by other threads.
fn has_events(span: &SpanData, number: u64, expected: &Expected) -> bool {
    let events = || span.events.iter().filter(|event| event.name == "changed");
    let is_own = |event: &Event| self::number(&event.attributes) == Some(number);
    let (count, least) = (events().count() as u64, expected.others.iter().sum::<u64>());
    let is_count_right = count == least || expected.is_raced && count == least + 1;
    is_count_right && events().all(is_own)
}
