//! Runs a program.

use std::collections::HashSet;
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::pin::{Pin, pin};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context as TaskContext, Poll, Waker};
use std::thread;
use std::time::{Duration, SystemTime};

use futures::stream::{self, Stream};
use opentelemetry::global;
use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, SpanRef, TraceContextExt, TraceFlags, TraceId, TraceState,
    Tracer,
};
use opentelemetry::{Context, KeyValue};
use traced::{span, traced};

use crate::program::{Act, ApiSpan, Outcome, Shape, Step};

/// The things that a program keeps while it runs.
#[derive(Default)]
pub(crate) struct World {
    has_own_keys: bool,
    labels: AtomicI64,
    labeled: Mutex<HashSet<Option<SpanId>>>,
    contexts: Mutex<Vec<Context>>,
    futures: Mutex<Vec<Pin<Box<dyn Future<Output = ()> + Send>>>>,
    said: Mutex<Vec<String>>,
}

impl World {
    /// Marks the span that was just opened, so that it can be found among those that were exported.
    fn enter(&self) {
        let label = self.labels.fetch_add(1, Ordering::Relaxed);
        let mut labeled = self.labeled.lock().expect("nobody panics here");
        if labeled.insert(traced::span_id()) {
            traced::set_attribute("label", label);
        }
        self.say(format!(
            "{label} records: {}",
            Context::current().span().is_recording()
        ));
    }

    fn attribute(&self, given: &KeyValue) -> KeyValue {
        if !self.has_own_keys {
            return given.clone();
        }
        let number = self.labels.fetch_add(1, Ordering::Relaxed);
        KeyValue::new(format!("{} {number}", given.key), given.value.clone())
    }

    fn say(&self, text: String) {
        self.said.lock().expect("nobody panics here").push(text);
    }

    fn held(&self, which: usize) -> Option<Context> {
        let contexts = self.contexts.lock().expect("nobody panics here");
        (!contexts.is_empty()).then(|| contexts[which % contexts.len()].clone())
    }

    fn future(&self, which: usize) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        let mut futures = self.futures.lock().expect("nobody panics here");
        (!futures.is_empty()).then(|| {
            let which = which % futures.len();
            futures.remove(which)
        })
    }
}

/// Runs the program, and returns what it saw of its spans.
///
/// With `has_own_keys`, no key is set twice, because at a limit the SDK counts such a key twice.
pub(crate) fn run(program: &[Step], has_own_keys: bool) -> Vec<String> {
    let world: &'static World = Box::leak(Box::new(World {
        has_own_keys,
        ..World::default()
    }));
    for step in program {
        do_step(world, step);
    }
    while let Some(future) = world.future(0) {
        drop(future);
    }
    world.contexts.lock().expect("nobody panics here").clear();
    std::mem::take(&mut world.said.lock().expect("nobody panics here"))
}

fn do_all(world: &'static World, steps: &[Step]) {
    for step in steps {
        do_step(world, step);
    }
}

fn do_step(world: &'static World, step: &Step) {
    match step {
        Step::Call(shape, steps, outcome) => {
            let call = || call(world, *shape, steps, *outcome);
            let returned = panic::catch_unwind(AssertUnwindSafe(call));
            world.say(format!("{shape:?} {outcome:?}: {}", returned.is_ok()));
        }
        Step::Api(span, steps) => open(world, span, steps),
        Step::Act(change) => act(world, &Context::current().span(), change),
        Step::Hold => {
            let mut contexts = world.contexts.lock().expect("nobody panics here");
            contexts.push(Context::current());
        }
        Step::OnHeld(which, change, elsewhere) => {
            if let Some(context) = world.held(*which) {
                maybe_elsewhere(*elsewhere, || act(world, &context.span(), change));
            }
        }
        Step::Thread(steps) => {
            let context = Context::current();
            elsewhere(|| {
                let _guard = context.attach();
                do_all(world, steps);
            });
        }
        Step::Detached(steps) => {
            let _guard = Context::new().attach();
            do_all(world, steps);
        }
        Step::Suppressed(steps) => {
            let _guard = Context::enter_telemetry_suppressed_scope();
            do_all(world, steps);
        }
        Step::Baggage(value, steps) => {
            let _guard = traced::baggage::set("tenant", value.to_string()).attach();
            do_all(world, steps);
        }
        Step::Join(one, other) => join(world, one, other),
        Step::Spawn(now, later, outcome) => {
            let (now, later, outcome) = (now.clone(), later.clone(), *outcome);
            let mut future: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
                let _ = two_parts(world, &now, &later, outcome).await;
            });
            if poll(&mut future).is_pending() {
                let mut futures = world.futures.lock().expect("nobody panics here");
                futures.push(future);
            }
        }
        Step::Resume(which, elsewhere) => {
            if let Some(mut future) = world.future(*which) {
                maybe_elsewhere(*elsewhere, || assert!(poll(&mut future).is_ready()));
            }
        }
        Step::Abandon(which) => drop(world.future(*which)),
    }
}

fn elsewhere(f: impl FnOnce() + Send) {
    thread::scope(|scope| {
        let ended = scope.spawn(f).join();
        ended.expect("it does not panic");
    });
}

fn maybe_elsewhere(is_elsewhere: bool, f: impl FnOnce() + Send) {
    if is_elsewhere { elsewhere(f) } else { f() }
}

/// Polls once. A panic counts as the end.
fn poll<F: Future<Output: Default> + ?Sized>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    let mut task = TaskContext::from_waker(Waker::noop());
    let polled = || future.as_mut().poll(&mut task);
    panic::catch_unwind(AssertUnwindSafe(polled)).unwrap_or(Poll::Ready(Default::default()))
}

fn join(world: &'static World, one: &[Step], other: &[Step]) {
    let half = |steps: &[Step]| {
        (
            steps[..steps.len() / 2].to_vec(),
            steps[steps.len() / 2..].to_vec(),
        )
    };
    let futures = [one, other].map(half).map(|(now, later)| {
        let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
            let _ = two_parts(world, &now, &later, Outcome::Returns).await;
        });
        future
    });
    let mut waiting = Vec::from(futures);
    while !waiting.is_empty() {
        waiting.retain_mut(|future| poll(future).is_pending());
    }
}

fn time(at: u8) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(at))
}

const REMOTE_TRACES: u128 = 0xabc0_0000;
const REMOTE_SPANS: u64 = 0xdef0_0000;

/// Returns `true` for the id of a trace or span of another program.
pub(crate) fn is_remote(id: u128) -> bool {
    let ids = u128::from(u8::MAX);
    (REMOTE_TRACES..=REMOTE_TRACES + ids).contains(&id)
        || (u128::from(REMOTE_SPANS)..=u128::from(REMOTE_SPANS) + ids).contains(&id)
}

fn remote(id: u8, flags: TraceFlags) -> SpanContext {
    let state = TraceState::from_key_value([("vendor", id.to_string())]).expect("it is valid");
    SpanContext::new(
        TraceId::from(REMOTE_TRACES + u128::from(id)),
        SpanId::from(REMOTE_SPANS + u64::from(id)),
        flags,
        true,
        state,
    )
}

fn open(world: &'static World, span: &ApiSpan, steps: &[Step]) {
    let tracer = global::tracer("api");
    let mut builder = tracer
        .span_builder("api")
        .with_kind(SpanKind::Client)
        .with_attributes(span.attributes.iter().map(|given| world.attribute(given)));
    if let Some(at) = span.start {
        builder = builder.with_start_time(time(at));
    }
    let context = Context::current_with_span(builder.start(&tracer));
    let guard = context.clone().attach();
    world.enter();
    do_all(world, steps);
    drop(guard);
    match span.end {
        Some(at) => context.span().end_with_timestamp(time(at)),
        None if span.is_held => world
            .contexts
            .lock()
            .expect("nobody panics here")
            .push(context),
        None => {}
    }
}

fn act(world: &World, span: &SpanRef<'_>, change: &Act) {
    match change {
        Act::Set(attribute) => span.set_attribute(world.attribute(attribute)),
        Act::Event(name, attributes, None) => span.add_event(*name, attributes.clone()),
        Act::Event(name, attributes, Some(at)) => {
            span.add_event_with_timestamp(*name, time(*at), attributes.clone());
        }
        Act::Link(id) => span.add_link(remote(*id, TraceFlags::SAMPLED), Vec::new()),
        Act::Rename(name) => span.update_name(*name),
        Act::Status(status) => span.set_status(status.clone()),
        Act::Error(kind) => traced::record_error(&failure(*kind)),
        Act::Ask => {
            let own = span.span_context();
            let said = (
                span.is_recording(),
                own.is_valid(),
                own.is_sampled(),
                own.is_remote(),
            );
            world.say(format!("{said:?}"));
        }
        Act::End => span.end(),
        Act::EndAt(at) => span.end_with_timestamp(time(*at)),
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("nothing was found")]
    NotFound,
    #[error("the input is wrong")]
    Input(#[source] std::num::ParseIntError),
    #[error("inner: {0}")]
    Inner(Box<Failure>),
}

fn failure(kind: u8) -> Failure {
    match kind {
        0 => Failure::NotFound,
        1 => Failure::Input("x".parse::<u8>().expect_err("it is no number")),
        _ => Failure::Inner(Box::new(Failure::NotFound)),
    }
}

fn body(world: &'static World, steps: &[Step], outcome: Outcome) -> Result<u64, Failure> {
    world.enter();
    do_all(world, steps);
    finish(outcome)
}

fn finish(outcome: Outcome) -> Result<u64, Failure> {
    match outcome {
        Outcome::Returns => Ok(7),
        Outcome::Fails(kind) => Err(failure(kind)),
        // Not `panic!`, which would print.
        Outcome::Panics => panic::resume_unwind(Box::new("it panicked")),
    }
}

#[traced]
fn plain(world: &'static World, steps: &[Step], outcome: Outcome) -> Result<u64, Failure> {
    body(world, steps, outcome)
}

#[traced(attributes(id = 7), ok)]
fn one(world: &'static World, steps: &[Step], outcome: Outcome) -> Result<u64, Failure> {
    body(world, steps, outcome)
}

#[traced(kind = server, attributes(id, name, a = id > 2, b = ?outcome))]
fn four(
    id: u8,
    name: &str,
    world: &'static World,
    steps: &[Step],
    outcome: Outcome,
) -> Result<u64, Failure> {
    body(world, steps, outcome)
}

#[traced("overridden", attributes("code.line.number" = 1, "code.function.name" = "mine"))]
fn overrides_code(world: &'static World, steps: &[Step], outcome: Outcome) -> Result<u64, Failure> {
    body(world, steps, outcome)
}

#[traced(name = format!("named {}", steps.len()), attributes(id = steps.len()))]
fn named(world: &'static World, steps: &[Step], outcome: Outcome) -> Result<u64, Failure> {
    body(world, steps, outcome)
}

#[traced(root(link))]
fn root(world: &'static World, steps: &[Step], outcome: Outcome) -> Result<u64, Failure> {
    body(world, steps, outcome)
}

#[traced(parent = remote(1, flags), kind = consumer)]
fn below_remote(
    flags: TraceFlags,
    world: &'static World,
    steps: &[Step],
    outcome: Outcome,
) -> Result<u64, Failure> {
    body(world, steps, outcome)
}

#[traced(links = [remote(2, TraceFlags::SAMPLED), remote(3, TraceFlags::default())])]
fn linked(world: &'static World, steps: &[Step], outcome: Outcome) -> Result<u64, Failure> {
    body(world, steps, outcome)
}

#[traced(ret, err = ?, error_type = |_| "mine")]
fn ret(world: &'static World, steps: &[Step], outcome: Outcome) -> Result<u64, Failure> {
    body(world, steps, outcome)
}

#[traced(current, attributes(id = 9), ret("c" = |_| 1))]
fn current(world: &'static World, steps: &[Step]) -> Result<u64, Failure> {
    do_all(world, steps);
    // It does not fail: of two descriptions of errors the SDK keeps the one that sorts behind the other.
    Ok(8)
}

fn block(world: &'static World, steps: &[Step], outcome: Outcome) -> Result<u64, Failure> {
    span!("block", attributes("id" = 3) => { body(world, steps, outcome) })
}

#[traced(attributes(id = 4))]
fn in_place(world: &'static World, steps: &[Step], outcome: Outcome) -> impl Iterator<Item = u64> {
    body(world, steps, outcome).into_iter()
}

async fn next_turn() {
    let mut was_polled = false;
    std::future::poll_fn(|_| {
        if std::mem::replace(&mut was_polled, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[traced(attributes(id = now.len()))]
async fn two_parts(
    world: &'static World,
    now: &[Step],
    later: &[Step],
    outcome: Outcome,
) -> Result<u64, Failure> {
    world.enter();
    do_all(world, now);
    next_turn().await;
    do_all(world, later);
    finish(outcome)
}

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[traced]
fn boxed<'a>(
    world: &'static World,
    steps: &'a [Step],
    outcome: Outcome,
) -> BoxFuture<'a, Result<u64, Failure>> {
    Box::pin(async move {
        let result = body(world, steps, outcome);
        next_turn().await;
        result
    })
}

#[traced(attributes(id = 5))]
fn items(
    world: &'static World,
    steps: &[Step],
    outcome: Outcome,
) -> impl Stream<Item = Result<u64, Failure>> {
    let mut result = Some((steps.to_vec(), outcome));
    stream::poll_fn(move |_| {
        let body = |(steps, outcome): (Vec<Step>, _)| body(world, &steps, outcome);
        Poll::Ready(result.take().map(body))
    })
}

fn call(
    world: &'static World,
    shape: Shape,
    steps: &[Step],
    outcome: Outcome,
) -> Result<u64, Failure> {
    let (now, later) = steps.split_at(steps.len() / 2);
    match shape {
        Shape::OverridesCode | Shape::Current if world.has_own_keys => body(world, steps, outcome),
        Shape::Plain => plain(world, steps, outcome),
        Shape::One => one(world, steps, outcome),
        Shape::Four => four(3, "four", world, steps, outcome),
        Shape::OverridesCode => overrides_code(world, steps, outcome),
        Shape::Named => named(world, steps, outcome),
        Shape::Root => root(world, steps, outcome),
        Shape::Remote => below_remote(TraceFlags::SAMPLED, world, steps, outcome),
        Shape::RemoteUnsampled => below_remote(TraceFlags::default(), world, steps, outcome),
        Shape::Linked => linked(world, steps, outcome),
        Shape::Ret => ret(world, steps, outcome),
        Shape::Current => current(world, steps),
        Shape::Block => block(world, steps, outcome),
        Shape::InPlace => in_place(world, steps, outcome)
            .next()
            .ok_or(Failure::NotFound),
        Shape::Async => drive(two_parts(world, now, later, outcome)),
        Shape::AsyncElsewhere => drive_elsewhere(two_parts(world, now, later, outcome)),
        Shape::BoxedFuture => drive(boxed(world, steps, outcome)),
        Shape::Stream => {
            let mut items = pin!(items(world, steps, outcome));
            let mut task = TaskContext::from_waker(Waker::noop());
            match items.as_mut().poll_next(&mut task) {
                Poll::Ready(Some(item)) => item,
                _ => Err(Failure::NotFound),
            }
        }
    }
}

fn drive<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut task = TaskContext::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut task) {
            return value;
        }
    }
}

/// Polls on another thread each time, which ends before the next one starts.
fn drive_elsewhere<T: Send>(future: impl Future<Output = T> + Send) -> T {
    let mut future = pin!(future);
    loop {
        let polled = thread::scope(|scope| {
            let poll = || {
                future
                    .as_mut()
                    .poll(&mut TaskContext::from_waker(Waker::noop()))
            };
            scope.spawn(poll).join()
        });
        match polled {
            Ok(Poll::Ready(value)) => return value,
            Ok(Poll::Pending) => {}
            Err(panic) => panic::resume_unwind(panic),
        }
    }
}
