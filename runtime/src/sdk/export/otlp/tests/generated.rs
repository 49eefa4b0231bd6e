//! Generates spans of all kinds.

use std::iter;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fastrand::Rng;
use opentelemetry::trace::{
    Event, Link, Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt as _,
    TraceFlags, TraceId, TraceState, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, Value};

use crate::sdk::{Tracer, TracerProvider};
use traced::traced;

/// Records `count` traces.
pub(super) fn spans(seed: u64, provider: &TracerProvider, count: usize) {
    let mut rng = Rng::with_seed(seed);
    let scopes = scopes();
    for _ in 0..count {
        let scope = rng.choice(&scopes).cloned().unwrap_or_default();
        let tracer = provider.tracer_with_scope(scope);
        let parent = Context::new();
        let parent = if rng.bool() {
            parent.with_remote_span_context(context(&mut rng, true))
        } else {
            parent
        };
        let root = span(&mut rng, &tracer, &parent);
        let _attached = parent.with_span(root).attach();
        for _ in 0..rng.usize(..3) {
            drop(span(&mut rng, &tracer, &Context::current()));
            called(&mut rng);
        }
        change_current(&mut rng);
    }
}

/// Returns a few values of each type, including numbers and lengths on both sides of the points
/// where the encoding grows by a byte.
pub(super) fn values() -> impl Iterator<Item = Value> {
    let numbers = [0, 1, -1, 127, 128, 16_383, 16_384, i64::MAX, i64::MIN];
    let floats = [0.0, -0.5, f64::MAX, f64::NAN, f64::INFINITY];
    let lengths = [
        0, 1, 100, 119, 120, 127, 128, 16_375, 16_383, 16_384, 20_000,
    ];
    let texts = lengths.map(|length| "x".repeat(length));
    let texts = texts.into_iter().chain(["ü".repeat(64)]);
    let lists = [0, 1, 2, 3, 40].into_iter().flat_map(move |length| {
        [
            Array::Bool(iter::repeat_n(true, length).collect()),
            Array::I64(numbers.into_iter().cycle().take(length).collect()),
            Array::F64(floats.into_iter().cycle().take(length).collect()),
            Array::String((0..length).map(|n| "x".repeat(n * n).into()).collect()),
        ]
    });
    let scalars = [Value::from(true), Value::from(false)].into_iter();
    let scalars = scalars.chain(numbers.map(Value::from));
    let scalars = scalars.chain(floats.map(Value::from));
    let scalars = scalars.chain(texts.map(Value::from));
    scalars.chain(lists.map(Value::Array))
}

fn scopes() -> Vec<InstrumentationScope> {
    let named = InstrumentationScope::builder;
    vec![
        named("").build(),
        named("plain").build(),
        named("versioned").with_version("1.2.3").build(),
        named("with a schema")
            .with_schema_url("https://a.b/1.0")
            .build(),
        named("with all")
            .with_version("2")
            .with_schema_url("https://a.b/2.0")
            .with_attributes(scope_attributes())
            .build(),
    ]
}

/// Returns the attributes of scopes. NaN is left out, since a scope with it would be a new one each
/// time.
fn scope_attributes() -> impl Iterator<Item = KeyValue> {
    let values = values().filter(|value| !format!("{value:?}").contains("NaN"));
    values.map(|value| KeyValue::new("key", value))
}

fn value(rng: &mut Rng) -> Value {
    static ALL: LazyLock<Vec<Value>> = LazyLock::new(|| values().collect());
    rng.choice(&*ALL).cloned().expect("there are some")
}

/// Returns one of a few keys, so that some come twice.
fn key(rng: &mut Rng) -> String {
    let index = rng.usize(..14);
    match index {
        0 => String::new(),
        1 => "code.function.name".to_owned(),
        2 => "code.line.number".to_owned(),
        3 => "error.type".to_owned(),
        4 => "ü".repeat(100),
        5 => "k".repeat(127),
        6 => "k".repeat(128),
        _ => format!("key.{index}"),
    }
}

fn attributes(rng: &mut Rng) -> Vec<KeyValue> {
    let count = rng.usize(..5);
    let attribute = |_| KeyValue::new(key(rng), value(rng));
    (0..count).map(attribute).collect()
}

fn text(rng: &mut Rng) -> String {
    "name ".repeat(rng.usize(..40))
}

fn time(rng: &mut Rng) -> SystemTime {
    match rng.u8(..4) {
        0 => UNIX_EPOCH,
        1 => UNIX_EPOCH - Duration::from_secs(1),
        _ => UNIX_EPOCH + Duration::from_nanos(rng.u64(..)),
    }
}

fn state(rng: &mut Rng) -> TraceState {
    let all = [
        "",
        "a=b",
        "ot=th:8",
        "ot=th:8;rv:0123456789abcd,c=d",
        "x=y,z=1",
    ];
    let state = rng.choice(all).unwrap_or_default();
    state.parse().unwrap_or_default()
}

fn context(rng: &mut Rng, is_remote: bool) -> SpanContext {
    SpanContext::new(
        TraceId::from(rng.u128(1..)),
        SpanId::from(rng.u64(1..)),
        TraceFlags::new(rng.u8(..4)),
        is_remote,
        state(rng),
    )
}

fn status(rng: &mut Rng) -> Status {
    match rng.u8(..4) {
        0 => Status::Unset,
        1 => Status::Ok,
        _ => Status::error(text(rng)),
    }
}

/// Starts a span, and changes it in many ways.
fn span(rng: &mut Rng, tracer: &Tracer, parent: &Context) -> crate::sdk::Span {
    use SpanKind::{Client, Consumer, Internal, Producer, Server};
    let kinds = [Client, Consumer, Internal, Producer, Server];
    let mut builder = tracer.span_builder(text(rng));
    builder = builder.with_kind(rng.choice(kinds).expect("there are some"));
    if rng.bool() {
        builder = builder.with_attributes(attributes(rng));
    }
    if rng.u8(..4) == 0 {
        builder = builder.with_start_time(time(rng));
    }
    if rng.u8(..4) == 0 {
        let event = Event::new(text(rng), time(rng), attributes(rng), rng.u32(..3));
        builder = builder.with_events(vec![event]);
    }
    if rng.u8(..4) == 0 {
        let is_remote = rng.bool();
        let to = context(rng, is_remote);
        builder = builder.with_links(vec![Link::new(to, attributes(rng), rng.u32(..3))]);
    }
    let mut span = builder.start_with_context(tracer, parent);
    for _ in 0..rng.usize(..12) {
        change(rng, &mut span);
    }
    if rng.u8(..4) == 0 {
        span.end_with_timestamp(time(rng));
    }
    span
}

fn change(rng: &mut Rng, span: &mut crate::sdk::Span) {
    match rng.u8(..10) {
        0 => span.add_event(text(rng), attributes(rng)),
        1 => span.add_event_with_timestamp(text(rng), time(rng), attributes(rng)),
        2 => {
            let is_remote = rng.bool();
            span.add_link(context(rng, is_remote), attributes(rng));
        }
        3 => span.update_name(text(rng)),
        4 => span.set_status(status(rng)),
        _ => span.set_attribute(KeyValue::new(key(rng), value(rng))),
    }
}

/// Changes the current span in many ways.
fn change_current(rng: &mut Rng) {
    let context = Context::current();
    let span = context.span();
    for _ in 0..rng.usize(..6) {
        match rng.u8(..10) {
            0 => span.add_event(text(rng), attributes(rng)),
            1 => span.add_link(self::context(rng, false), attributes(rng)),
            2 => span.update_name(text(rng)),
            3 => span.set_status(status(rng)),
            _ => span.set_attribute(KeyValue::new(key(rng), value(rng))),
        }
    }
}

fn called(rng: &mut Rng) {
    match rng.u8(..4) {
        0 => plain(rng),
        1 => with_attributes(rng, 7, "text"),
        2 => drop(failing(rng)),
        _ => renamed(rng),
    }
}

#[traced]
fn plain(rng: &mut Rng) {
    change_current(rng);
}

#[traced("a name", kind = server, attributes(number, text, rest = number > 99, more = 2.5))]
fn with_attributes(rng: &mut Rng, number: i64, text: &str) {
    if rng.bool() {
        change_current(rng);
        with_attributes(
            &mut rng.fork(),
            number << 9,
            &text[..text.len() / 2].repeat(3),
        );
    }
}

#[traced]
fn failing(rng: &mut Rng) -> Result<(), std::num::ParseIntError> {
    change_current(rng);
    text(rng).parse::<u8>().map(drop)
}

#[traced]
fn renamed(rng: &mut Rng) {
    crate::update_name(text(rng));
    crate::set_attribute(key(rng), rng.i64(..));
    crate::update_name(text(rng));
}
