//! The threads that call traced functions.

use std::future::poll_fn;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::thread;

use opentelemetry::trace::{Span as _, Tracer as _};
use opentelemetry::{Context, KeyValue};
use traced::sdk::Tracer;
use traced::traced;

use crate::others::{Others, Request, What};
use crate::plan::{BY_HAND, FUTURE, POLLS, Plan, Race, UNIT, checksum, fails};
use crate::seats::{Moving, Seat, THREADS, lock};

/// The number of units after which a call is made on a separate thread.
const RARELY: u64 = 64;

pub(crate) struct Worker<'env> {
    number: u64,
    seats: &'env [Seat],
    others: Others<'env>,
    tracer: Tracer,
    /// The number of its spans that others were asked to change as planned.
    asked: u64,
}

impl<'env> Worker<'env> {
    pub(crate) fn new(
        number: u64,
        seats: &'env [Seat],
        others: Others<'env>,
        tracer: Tracer,
    ) -> Worker<'env> {
        Worker {
            number,
            seats,
            others,
            tracer,
            asked: 0,
        }
    }

    fn seat(&self, number: u64) -> &'env Seat {
        &self.seats[usize::try_from(number % THREADS).expect("they are few")]
    }

    /// Makes the spans of this many units, and continues what others began until they are finished
    /// too.
    pub(crate) fn run(&mut self, units: u64) {
        let (seat, next) = (self.seat(self.number), self.seat(self.number + 1));
        for unit in 0..units {
            self.unit((unit * THREADS + self.number) * UNIT, next);
            seat.take_over(next);
        }
        self.leave();
        let is_over = |seat: &Seat| seat.is_over.load(Ordering::Relaxed);
        while !self.seats.iter().all(is_over) {
            seat.take_over(next);
            thread::yield_now();
        }
    }

    fn leave(&self) {
        self.seat(self.number)
            .is_over
            .store(true, Ordering::Relaxed);
    }

    fn unit(&mut self, first: u64, next: &Seat) {
        outer(first, self);
        next.hand(begin(first + FUTURE));
        let number = first + BY_HAND;
        let mut span = self.tracer.start("by_hand");
        span.set_attribute(KeyValue::new("n", number.cast_signed()));
        next.hand_span(number, span);
    }

    /// Hands the current span to another thread.
    fn ask(&self, other: usize, number: u64, what: What<'env>) {
        let context = Context::current();
        let request = Request {
            context,
            number,
            what,
        };
        assert!(self.others[other].send(request).is_ok(), "it serves all");
    }

    fn ask_as_planned(&mut self, number: u64) {
        for other in 0..Plan::of(number).others {
            self.asked += 1;
            let done = &self.seat(self.number).done;
            self.ask(other, number, What::Planned(done));
        }
    }

    fn wait_for_others(&self) {
        while self.seat(self.number).done.load(Ordering::Acquire) < self.asked {
            thread::yield_now();
        }
    }
}

/// Nobody waits for a thread that panicked.
impl Drop for Worker<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

#[traced(attributes(n))]
fn outer(n: u64, worker: &mut Worker<'_>) {
    worker.ask_as_planned(n);
    for number in n + 1..n + FUTURE {
        let is_apart = number % (RARELY * UNIT) == 2;
        if is_apart {
            thread::scope(|scope| drop(scope.spawn(|| inner(number, worker))));
        } else {
            let _ = inner(number, worker);
        }
    }
    worker.wait_for_others();
    if !Plan::of(n).is_silent {
        traced::set_attribute("own", checksum(n, 0));
    }
}

#[traced(attributes(n))]
fn inner(n: u64, worker: &Worker<'_>) -> Result<(), String> {
    match Race::of(n) {
        Race::None => {}
        Race::Change => worker.ask(0, n, What::Change),
        Race::End => worker.ask(1, n, What::End),
    }
    if fails(n) {
        return Err("failed".to_owned());
    }
    Ok(())
}

/// Each poll leaves the current context at this place.
#[traced(attributes(n))]
async fn moving(n: u64, place: Arc<Mutex<Context>>) {
    let mut polls = 0;
    poll_fn(|_| {
        polls += 1;
        *lock(&place) = Context::current();
        traced::set_attribute("polled", checksum(n, polls));
        if polls < POLLS {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}

/// Polls such a future once.
fn begin(number: u64) -> Moving {
    let context = Arc::default();
    let moving = Moving {
        number,
        future: Box::pin(moving(number, Arc::clone(&context))),
        context,
        polled: 0,
    };
    moving.poll().expect("it is ready with the last poll")
}
