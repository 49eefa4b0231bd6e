//! Runs one turn of a contender in a situation, in this process.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::clock::ProcessorTime;
use crate::contender::{Contender, Flush, Functions};
use crate::figures::Figures;
use crate::sdk;
use crate::situation::{Pace, Sampling, Situation, Work};
use crate::work;

/// The processor time of the calling threads, and the number of spans that they made.
struct Made {
    time: Duration,
    spans: u32,
}

/// Makes the spans of a turn and flushes them.
pub(crate) fn turn<C: Contender>(situation: &Situation, flush: &Flush) -> Figures {
    let (before, start, process) = (sdk::arrived(), Instant::now(), ProcessorTime::of_process());
    let made = match situation.pace {
        Pace::Pieces(pieces) => pieces_of_threads::<C::Functions>(situation, pieces, flush),
        Pace::Saturated(time) => saturate::<C::Functions>(situation, time, flush),
    };
    let (process, wall) = (process.elapsed(), start.elapsed());
    let arrived = sdk::arrived() - before;
    let is_saturated = matches!(situation.pace, Pace::Saturated(_));
    Figures {
        ns: nanoseconds(made.time, made.spans),
        process_ns: nanoseconds(process, made.spans),
        ns_range: [0.0; 2],
        process_range: [0.0; 2],
        bytes: None,
        instructions: None,
        allocations: None,
        locked: None,
        background: None,
        made: made.spans,
        arrived,
        expected: expected::<C>(situation, made.spans),
        arrived_per_second: is_saturated.then(|| f64::from(arrived) / wall.as_secs_f64()),
    }
}

/// Returns how many of the spans are expected to arrive, if that is known.
fn expected<C: Contender>(situation: &Situation, made: u32) -> Option<u32> {
    match (situation.sampling, situation.pace) {
        (Some(Sampling::Adaptive), _) | (_, Pace::Saturated(_)) => None,
        (Some(Sampling::All), _) if C::RECORDS => Some(made),
        _ => Some(0),
    }
}

/// Makes spans for this time, and only then waits for them.
fn saturate<F: Functions>(situation: &Situation, limit: Duration, flush: &Flush) -> Made {
    let (start, thread) = (Instant::now(), ProcessorTime::of_thread());
    let mut spans = 0;
    while start.elapsed() < limit {
        trace::<F>(situation);
        spans += situation.spans_of_trace();
    }
    let time = thread.elapsed();
    flush();
    Made { time, spans }
}

/// Makes `pieces` pieces on each thread. Each is flushed before the next one begins.
fn pieces_of_threads<F: Functions>(situation: &Situation, pieces: u32, flush: &Flush) -> Made {
    let all = Barrier::new(situation.threads as usize);
    let time = thread::scope(|scope| {
        let others: Vec<_> = (1..situation.threads)
            .map(|_| scope.spawn(|| pieces_of_thread::<F>(situation, pieces, flush, &all)))
            .collect();
        let own = pieces_of_thread::<F>(situation, pieces, flush, &all);
        let others = others
            .into_iter()
            .map(|other| other.join().expect("no panic"));
        own + others.sum::<Duration>()
    });
    let traces = situation.threads * pieces * situation.traces;
    Made {
        time,
        spans: traces * situation.spans_of_trace(),
    }
}

fn pieces_of_thread<F: Functions>(
    situation: &Situation,
    pieces: u32,
    flush: &Flush,
    all: &Barrier,
) -> Duration {
    let mut time = Duration::ZERO;
    for _ in 0..pieces {
        all.wait();
        let thread = ProcessorTime::of_thread();
        for _ in 0..situation.traces {
            trace::<F>(situation);
        }
        time += thread.elapsed();
        if all.wait().is_leader() {
            flush();
        }
    }
    time
}

/// Makes a root with its children, which do the work of the situation.
pub(crate) fn trace<F: Functions>(situation: &Situation) {
    let children = situation.children;
    F::root(|| match situation.work {
        Work::NoAttribute => repeat(children, F::none),
        Work::TwoAttributes => repeat(children, || F::two(black_box(7), black_box("mouse"))),
        Work::FourAttributes => repeat(children, || {
            F::four(
                black_box(7),
                black_box("mouse"),
                black_box(49),
                black_box("EUR"),
            );
        }),
        Work::Error => repeat(children, || {
            let _ = black_box(F::error(black_box(7)));
        }),
        Work::Async => repeat(children, || work::drive(F::waiting())),
        Work::Nested(depth) => repeat(children / depth, || F::nested(black_box(depth))),
    });
}

fn repeat(times: u32, call: impl Fn()) {
    for _ in 0..times {
        call();
    }
}

fn nanoseconds(time: Duration, spans: u32) -> f64 {
    time.as_secs_f64() * 1e9 / f64::from(spans)
}
