//! The loads, each of which tries to fill the memory in another way.

use std::thread;

use opentelemetry::global::{self, BoxedSpan};
use opentelemetry::trace::{Span as _, SpanBuilder, TraceContextExt as _, Tracer as _};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, StringValue, Value};

use crate::door::Door;
use crate::fill::{end_error, fill, text};
use crate::output::Output;

pub(crate) type Load = (&'static str, fn(Output));

/// The loads under which nothing is ever exported.
pub(crate) const CLOSED: &[Load] = &[
    ("nothing is exported", nothing_is_exported),
    ("a long trace is not decided", a_long_trace_is_not_decided),
    ("many traces are not decided", many_traces_are_not_decided),
    ("spans are tiny", spans_are_tiny),
    ("values are large", values_are_large),
    ("one scope is large", one_scope_is_large),
    ("events have tiny attributes", events_have_tiny_attributes),
    ("events are tiny", events_are_tiny),
    ("links are tiny", links_are_tiny),
    ("lists are tiny", lists_are_tiny),
];

/// The loads under which everything is exported at first.
pub(crate) const OPEN: &[Load] = &[
    ("keys are large", keys_are_large),
    ("names are large", names_are_large),
    ("scopes are made up", scopes_are_made_up),
    ("scopes have long names", scopes_have_long_names),
    ("scopes have many attributes", scopes_have_many_attributes),
    ("a span is renamed", a_span_is_renamed),
    ("a span is renamed elsewhere", a_span_is_renamed_elsewhere),
];

fn nothing_is_exported(output: Output) {
    fill(&output.open(&Door::closed()));
}

fn a_long_trace_is_not_decided(output: Output) {
    undecided(output, 1);
}

fn many_traces_are_not_decided(output: Output) {
    undecided(output, 1_000);
}

/// Fills the memory for traces that wait, until the oldest of them has to be exported.
fn undecided(output: Output, traces: usize) {
    let door = Door::closed();
    let guard = output.open_for_errors(&door);
    let root = |_| Context::new().with_span(global::tracer("t").start("root"));
    let roots: Vec<Context> = (0..traces).map(root).collect();
    let small = text(3_000);
    for root in roots.iter().cycle() {
        let _entered = root.clone().attach();
        end_error(&small);
        if door.holds_a_batch() {
            break;
        }
    }
    fill(&guard);
}

/// Their records are hardly larger than what is needed to keep each of them.
fn spans_are_tiny(output: Output) {
    let guard = output.open(&Door::closed());
    let tracer = global::tracer("t");
    while guard.stats().dropped.total() == 0 {
        (0..1_000).for_each(|_| tracer.start("").end());
    }
    fill(&guard);
}

fn values_are_large(output: Output) {
    let guard = output.open(&Door::closed());
    let large = text(240_000);
    (0..300).for_each(|_| end_error(&large));
    fill(&guard);
}

/// Each span of a batch has a scope of its own in memory.
fn one_scope_is_large(output: Output) {
    let guard = output.open(&Door::closed());
    let tracer = global::tracer(text(1_000_000));
    (0..2_000).for_each(|_| tracer.start("a").end());
    fill(&guard);
}

/// Ends spans that `add` has written to, while nothing is exported.
fn tiny(output: Output, add: impl Fn(&mut BoxedSpan)) {
    let guard = output.open(&Door::closed());
    let tracer = global::tracer("t");
    for _ in 0..50 {
        let mut span = tracer.start("a");
        add(&mut span);
    }
    fill(&guard);
}

fn tiny_attributes() -> Vec<KeyValue> {
    vec![KeyValue::new("a", true); 128]
}

fn events_have_tiny_attributes(output: Output) {
    tiny(output, |span| {
        (0..128).for_each(|_| span.add_event("e", tiny_attributes()));
    });
}

fn events_are_tiny(output: Output) {
    tiny(output, |span| {
        (0..128).for_each(|_| span.add_event("", Vec::new()));
    });
}

fn links_are_tiny(output: Output) {
    tiny(output, |span| {
        let linked = span.span_context().clone();
        (0..128).for_each(|_| span.add_link(linked.clone(), tiny_attributes()));
    });
}

fn lists_are_tiny(output: Output) {
    tiny(output, |span| {
        for index in 0..100 {
            let texts = Array::String(vec![StringValue::from("x"); 1_000]);
            span.set_attribute(KeyValue::new(index.to_string(), Value::Array(texts)));
        }
    });
}

fn keys_are_large(output: Output) {
    let door = Door::default();
    let guard = output.open(&door);
    for index in 0..1_000 {
        let key = format!("{index} {}", "x".repeat(100_000));
        let span = SpanBuilder::from_name("a").with_attributes([KeyValue::new(key, 1)]);
        span.start(&global::tracer("t")).end();
        if index % 40 == 0 {
            guard.flush();
        }
    }
    door.close();
    fill(&guard);
}

/// Adaptive sampling remembers how long spans of a name took.
fn names_are_large(output: Output) {
    let guard = output.open_for_errors(&Door::default());
    for index in 0..1_000 {
        let name = format!("{index} {}", "x".repeat(100_000));
        global::tracer("t").start(name).end();
        if index % 40 == 0 {
            guard.flush();
        }
    }
}

/// Ends a span of each of these scopes, and then nothing is exported any more.
fn made_up(output: Output, scopes: impl Iterator<Item = InstrumentationScope>) {
    let door = Door::default();
    let guard = output.open(&door);
    for (index, scope) in scopes.enumerate() {
        global::tracer_with_scope(scope).start("a").end();
        if index % 200 == 0 {
            guard.flush();
        }
    }
    guard.flush();
    door.close();
    fill(&guard);
}

fn scopes_are_made_up(output: Output) {
    let names = (0..10_000).map(|index: u32| index.to_string());
    made_up(
        output,
        names.map(|name| InstrumentationScope::builder(name).build()),
    );
}

fn scopes_have_long_names(output: Output) {
    let names = (0..8_000).map(|index: u32| format!("{index} {}", "x".repeat(10_000)));
    made_up(
        output,
        names.map(|name| InstrumentationScope::builder(name).build()),
    );
}

fn scopes_have_many_attributes(output: Output) {
    let names = (0..1_000).map(|index: u32| index.to_string());
    let scopes = names.map(|name| {
        let attributes = vec![KeyValue::new("a", true); 1_000];
        let scope = InstrumentationScope::builder(name);
        scope.with_attributes(attributes).build()
    });
    made_up(output, scopes);
}

fn a_span_is_renamed(output: Output) {
    let _guard = output.open(&Door::default());
    let mut span = global::tracer("t").start("a");
    for round in 0..100_000 {
        span.update_name(format!("{round} {}", "x".repeat(1_000)));
    }
}

fn a_span_is_renamed_elsewhere(output: Output) {
    let _guard = output.open(&Door::default());
    let context = Context::new().with_span(global::tracer("t").start("a"));
    let elsewhere = context.clone();
    let renaming = thread::spawn(move || {
        for round in 0..100_000 {
            let name = format!("{round} {}", "x".repeat(1_000));
            elsewhere.span().update_name(name);
        }
    });
    renaming.join().expect("it only renames");
    drop(context);
}
