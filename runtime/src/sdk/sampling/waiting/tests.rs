//! Tests how many traces are looked at, and how much memory they take, when many of them wait.

use std::cell::Cell;

use opentelemetry::trace::{SpanId, TraceFlags};

use super::super::base_rate::BaseRate;
use super::super::{AdaptiveSampling, Keep, Kept, Pending};
use super::*;
use crate::sdk::clock::Time;
use crate::sdk::record::layout::{at, bits, status};
use crate::sdk::record::{Record, Start};

thread_local! {
    /// The number of traces that were looked at in search of the oldest one.
    pub(super) static LOOKS: Cell<u128> = const { Cell::new(0) };
}

struct Nothing;

impl Keep for Nothing {
    fn keep(&mut self, _span: Ended<'_>, _kept: Kept) {}
}

fn record(trace: u128, bits: u8) -> Vec<u8> {
    let start = Start {
        trace_id: TraceId::from(trace),
        span_id: SpanId::from(1),
        flags: TraceFlags::default(),
        parent: SpanId::INVALID,
        bits,
        kind: 0,
        time: Time::Ticks(1),
        site: 0,
        scope: 0,
    };
    let mut record = Record::default();
    record.begin(&start);
    record.end(Time::Ticks(2)).to_vec()
}

#[test]
fn an_old_trace_holds_up_no_others() {
    let now = Instant::now();
    let config = AdaptiveSampling::default();
    let mut pending = Pending::new(config, BaseRate::new(0.0));
    let waiting = record(1, 0);
    let ended: Vec<u8> = (2..10_000)
        .flat_map(|trace| record(trace, bits::LOCAL_ROOT))
        .collect();
    for span in spans(&waiting).chain(spans(&ended)) {
        pending.add(span, now, &mut Nothing);
        let ended = pending.ended();
        pending.decide(ended, now, &mut Nothing);
    }
    assert_eq!(pending.waiting.traces.len(), 1);
    assert!(pending.waiting.by_age.len() < 100);
}

/// Every second trace is decided, and its memory, of nearly 64 KiB, is taken for the next one,
/// which stays small.
#[test]
fn the_memory_of_traces_is_bounded_and_their_free_room_is_used() {
    let now = Instant::now();
    let config = AdaptiveSampling::default();
    let (most, traces) = (config.max_bytes, 5_000);
    let mut pending = Pending::new(config, BaseRate::new(0.0));
    let taken = |pending: &Pending| {
        let traces = pending.waiting.traces.values();
        traces.map(|trace| trace.spans.capacity()).sum::<usize>()
    };
    let mut largest = 0;
    for trace in 0..traces {
        for _ in 0..if trace % 2 == 0 { 500 } else { 1 } {
            for span in spans(&record(trace, 0)) {
                pending.add(span, now, &mut Nothing);
            }
        }
        largest = largest.max(taken(&pending));
        if trace % 2 == 0 {
            pending.decide(vec![TraceId::from(trace)], now, &mut Nothing);
        }
    }
    assert!(largest > most / 2 && largest <= most, "{largest}");
    assert_eq!(pending.dropped, 0);
    assert_eq!(pending.waiting.len() as u128, traces / 2);
    pending.decide_all(now, &mut Nothing);
    assert_eq!((pending.bytes(), pending.waiting.memory), (0, 0));
}

#[test]
fn room_is_made_without_a_look_at_all_traces() {
    let now = Instant::now();
    let mut pending = Pending::new(AdaptiveSampling::default(), BaseRate::new(0.0));
    let most = AdaptiveSampling::default().max_traces as u128;
    let mut add = |traces: std::ops::Range<u128>, is_error: bool| {
        LOOKS.set(0);
        for trace in traces {
            let mut record = record(trace, 0);
            record[at::STATUS] = if is_error { status::ERROR } else { 0 };
            for span in spans(&record) {
                pending.add(span, now, &mut Nothing);
            }
        }
        (LOOKS.get(), pending.waiting.len() as u128, pending.dropped)
    };
    assert_eq!(add(0..most, true), (0, most, 0));
    // Each of these is dropped at once, since all the others have an error.
    let (looks, waiting, dropped) = add(most..most + 1_000, false);
    assert_eq!((waiting, dropped), (most, 1_000));
    // Those that have an error are looked at once.
    assert!(looks <= most + 2_000, "{looks}");
    // For each of these, the oldest one is decided.
    let (looks, waiting, dropped) = add(most + 1_000..most + 2_000, true);
    assert_eq!((waiting, dropped), (most, 1_000));
    assert!(looks <= 2_000, "{looks}");
}
