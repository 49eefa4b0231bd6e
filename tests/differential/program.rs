//! Random programs that do with spans whatever can be done with them.

use opentelemetry::trace::Status;
use opentelemetry::{Array, KeyValue, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// One thing that a program does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Calls a traced function, which does the steps.
    Call(Shape, Vec<Step>, Outcome),
    /// Opens a span through OpenTelemetry's API.
    Api(ApiSpan, Vec<Step>),
    /// Changes the current span.
    Act(Act),
    /// Keeps the current context for later.
    Hold,
    /// Changes the span of a context that was kept, on this thread or on another.
    OnHeld(usize, Act, bool),
    /// Does the steps on another thread, in the current context.
    Thread(Vec<Step>),
    /// Does the steps in the empty context.
    Detached(Vec<Step>),
    /// Does the steps where telemetry is suppressed.
    Suppressed(Vec<Step>),
    /// Does the steps with baggage that is copied to spans.
    Baggage(u8, Vec<Step>),
    /// Polls two traced futures in turns.
    Join(Vec<Step>, Vec<Step>),
    /// Polls a traced future once and keeps it.
    Spawn(Vec<Step>, Vec<Step>, Outcome),
    /// Polls a future that was kept, on this thread or on another.
    Resume(usize, bool),
    /// Drops a future that was kept.
    Abandon(usize),
}

/// The kind of a traced function.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    Plain,
    One,
    Four,
    OverridesCode,
    Named,
    Root,
    Remote,
    RemoteUnsampled,
    Linked,
    Ret,
    Current,
    Block,
    InPlace,
    Async,
    AsyncElsewhere,
    BoxedFuture,
    Stream,
}

/// The way in which a traced function ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    Returns,
    Fails(u8),
    Panics,
}

/// A span of the API.
#[derive(Clone, Debug)]
pub(crate) struct ApiSpan {
    pub(crate) start: Option<u8>,
    pub(crate) end: Option<u8>,
    pub(crate) attributes: Vec<KeyValue>,
    /// `true` if the context is kept after its guard is dropped.
    pub(crate) is_held: bool,
}

/// A change to a span.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Set(KeyValue),
    Event(&'static str, Vec<KeyValue>, Option<u8>),
    Link(u8),
    Rename(&'static str),
    Status(Status),
    Error(u8),
    Ask,
    End,
    EndAt(u8),
}

pub(crate) fn program() -> impl Strategy<Value = Vec<Step>> {
    let step = leaf().prop_recursive(4, 48, 6, |step| {
        let steps = || vec(step.clone(), 0..6);
        prop_oneof![
            6 => (shape(), steps(), outcome()).prop_map(|(shape, steps, outcome)| Step::Call(shape, steps, outcome)),
            2 => (api_span(), steps()).prop_map(|(span, steps)| Step::Api(span, steps)),
            1 => steps().prop_map(Step::Thread),
            1 => steps().prop_map(Step::Detached),
            1 => steps().prop_map(Step::Suppressed),
            1 => (any::<u8>(), steps()).prop_map(|(value, steps)| Step::Baggage(value, steps)),
            1 => (steps(), steps()).prop_map(|(one, other)| Step::Join(one, other)),
            1 => (steps(), steps(), outcome()).prop_map(|(now, later, outcome)| Step::Spawn(now, later, outcome)),
        ]
    });
    vec(step, 1..8)
}

fn leaf() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => act().prop_map(Step::Act),
        2 => Just(Step::Hold),
        3 => (0_usize..8, act(), any::<bool>()).prop_map(|(which, act, elsewhere)| Step::OnHeld(which, act, elsewhere)),
        1 => (0_usize..4, any::<bool>()).prop_map(|(which, elsewhere)| Step::Resume(which, elsewhere)),
        1 => (0_usize..4).prop_map(Step::Abandon),
        2 => (shape(), outcome()).prop_map(|(shape, outcome)| Step::Call(shape, Vec::new(), outcome)),
    ]
}

fn shape() -> impl Strategy<Value = Shape> {
    select(vec![
        Shape::Plain,
        Shape::Plain,
        Shape::One,
        Shape::Four,
        Shape::Four,
        Shape::OverridesCode,
        Shape::Named,
        Shape::Root,
        Shape::Remote,
        Shape::RemoteUnsampled,
        Shape::Linked,
        Shape::Ret,
        Shape::Current,
        Shape::Block,
        Shape::InPlace,
        Shape::Async,
        Shape::AsyncElsewhere,
        Shape::BoxedFuture,
        Shape::Stream,
    ])
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        6 => Just(Outcome::Returns),
        3 => (0_u8..3).prop_map(Outcome::Fails),
        1 => Just(Outcome::Panics),
    ]
}

fn api_span() -> impl Strategy<Value = ApiSpan> {
    let time = || prop::option::of(any::<u8>());
    (time(), time(), attributes(), any::<bool>()).prop_map(|(start, end, attributes, is_held)| {
        ApiSpan {
            start,
            end,
            attributes,
            is_held,
        }
    })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => attribute().prop_map(Act::Set),
        4 => (select(vec!["hit", "miss", ""]), attributes(), prop::option::of(any::<u8>()))
            .prop_map(|(name, attributes, time)| Act::Event(name, attributes, time)),
        2 => any::<u8>().prop_map(Act::Link),
        2 => select(vec!["renamed", "renamed again", ""]).prop_map(Act::Rename),
        3 => select(vec![Status::Unset, Status::Ok, Status::error("")]).prop_map(Act::Status),
        2 => (0_u8..3).prop_map(Act::Error),
        2 => Just(Act::Ask),
        1 => Just(Act::End),
        1 => any::<u8>().prop_map(Act::EndAt),
    ]
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    vec(attribute(), 0..4)
}

fn attribute() -> impl Strategy<Value = KeyValue> {
    let keys = select(vec![
        "a",
        "b",
        "c",
        "id",
        "name",
        "code.line.number",
        "tenant",
        "",
    ]);
    (keys, value()).prop_map(|(key, value)| KeyValue::new(key, value))
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::I64),
        (-8_i32..8).prop_map(|number| Value::F64(f64::from(number) / 4.0)),
        any::<bool>().prop_map(Value::Bool),
        ".{0,12}".prop_map(Value::from),
        vec(any::<i64>(), 0..3).prop_map(|numbers| Value::Array(Array::I64(numbers))),
        vec(any::<bool>(), 0..3).prop_map(|truths| Value::Array(Array::Bool(truths))),
    ]
}
