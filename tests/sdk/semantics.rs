//! What a span of this provider is, is what a span of the SDK's is.

use std::borrow::Cow;
use std::thread;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{
    Event, Link, Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags,
    TraceId, TraceState, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Array, Context, InstrumentationScope, KeyValue, StringValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{IdGenerator, Sampler, SdkTracerProvider, SpanData, SpanLimits};
use traced::sdk::TracerProvider;

use crate::exporters::Kept;

/// Ids that are the same in each run.
#[derive(Debug, Default)]
struct Counting(std::sync::atomic::AtomicU64);

impl Counting {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1
    }
}

impl IdGenerator for Counting {
    fn new_trace_id(&self) -> TraceId {
        TraceId::from(u128::from(self.next()))
    }

    fn new_span_id(&self) -> SpanId {
        SpanId::from(self.next())
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
}

fn everything(
    tracer: &impl opentelemetry::trace::Tracer<
        Span = impl opentelemetry::trace::Span + Send + Sync + 'static,
    >,
) {
    let state = TraceState::from_key_value([("a", "1"), ("b", "2")]).expect("it is valid");
    let remote = SpanContext::new(
        TraceId::from(7),
        SpanId::from(8),
        TraceFlags::SAMPLED,
        true,
        state,
    );
    let parent = Context::new().with_remote_span_context(remote.clone());
    let mut span = tracer
        .span_builder("first name")
        .with_kind(SpanKind::Server)
        .with_start_time(at(0))
        .with_attributes([
            KeyValue::new("bool", true),
            KeyValue::new("i64", -5),
            KeyValue::new("f64", 0.5),
            KeyValue::new("text", "grüße"),
            KeyValue::new("bools", Value::Array(Array::Bool(vec![true, false]))),
            KeyValue::new("i64s", Value::Array(Array::I64(vec![1, i64::MIN]))),
            KeyValue::new("f64s", Value::Array(Array::F64(vec![0.25, f64::MAX]))),
            KeyValue::new(
                "texts",
                Value::Array(Array::String(vec![StringValue::from("x"), "".into()])),
            ),
        ])
        .with_events(vec![Event::new(
            "made",
            at(1),
            vec![KeyValue::new("n", 1)],
            0,
        )])
        .with_links(vec![Link::new(
            remote.clone(),
            vec![KeyValue::new("l", "x")],
            0,
        )])
        .start_with_context(tracer, &parent);
    span.update_name(Cow::Borrowed("name"));
    span.add_event_with_timestamp("later", at(2), vec![KeyValue::new("m", 2.5)]);
    span.add_link(remote, Vec::new());
    span.set_status(Status::error("went wrong"));
    span.end_with_timestamp(at(3));
    // Nothing counts any more.
    span.set_attribute(KeyValue::new("late", true));
    span.set_status(Status::Ok);
    span.end();
}

fn sdk_spans(record: impl FnOnce(&SdkTracerProvider)) -> Vec<SpanData> {
    let kept = Kept::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(kept.clone())
        .with_id_generator(Counting::default())
        .with_resource(Resource::builder_empty().build())
        .build();
    record(&provider);
    kept.spans()
}

fn our_spans(record: impl FnOnce(&TracerProvider)) -> Vec<SpanData> {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .with_id_generator(Counting::default())
        .build();
    record(&provider);
    provider.force_flush().expect("the exporter takes all");
    kept.spans()
}

#[test]
fn everything_of_the_api_is_exported_as_by_the_sdk() {
    let scope = InstrumentationScope::builder("lib")
        .with_version("1.2")
        .build();
    let ours = our_spans(|provider| everything(&provider.tracer_with_scope(scope.clone())));
    let theirs = sdk_spans(|provider| everything(&provider.tracer_with_scope(scope)));
    assert_eq!(ours, theirs);
}

#[test]
fn what_events_and_links_had_lost_before_is_counted() {
    let spans = our_spans(|provider| {
        let event = Event::new("event", at(1), vec![KeyValue::new("n", 1)], 2);
        let tracer = provider.tracer("lib");
        let to = tracer.start("linked").span_context().clone();
        let link = Link::new(to, Vec::new(), 3);
        let builder = tracer.span_builder("span").with_events(vec![event]);
        drop(builder.with_links(vec![link]).start(&tracer));
    });
    let dropped = spans.iter().skip(1).map(|span| {
        let (event, link) = (&span.events.events[0], &span.links.links[0]);
        [
            event.dropped_attributes_count,
            link.dropped_attributes_count,
        ]
    });
    assert_eq!(dropped.collect::<Vec<_>>(), [[2, 3]]);
}

#[test]
fn a_context_hands_on_parent_and_mutations() {
    fn record(
        tracer: &impl opentelemetry::trace::Tracer<
            Span = impl opentelemetry::trace::Span + Send + Sync + 'static,
        >,
    ) {
        let root = tracer
            .span_builder("root")
            .with_start_time(at(0))
            .start_with_context(tracer, &Context::new());
        let context = Context::new().with_span(root);
        let other = context.clone();
        thread::spawn(move || other.span().set_attribute(KeyValue::new("thread", "other")))
            .join()
            .expect("it does not panic");
        let mut child = tracer
            .span_builder("child")
            .with_start_time(at(1))
            .start_with_context(tracer, &context);
        child.end_with_timestamp(at(2));
        assert!(context.span().is_recording());
        context.span().end_with_timestamp(at(3));
        assert!(!context.span().is_recording());
    }
    let ours = our_spans(|provider| record(&provider.tracer("t")));
    let theirs = sdk_spans(|provider| record(&provider.tracer("t")));
    assert_eq!(ours, theirs);
}

#[test]
fn a_key_that_is_set_again_holds_its_last_value() {
    let spans = our_spans(|provider| {
        let mut span = provider.tracer("t").start("a");
        for n in 0..1_000 {
            span.set_attribute(KeyValue::new("n", n));
        }
        span.set_attribute(KeyValue::new("other", true));
    });
    let expected = [KeyValue::new("n", 999), KeyValue::new("other", true)];
    assert_eq!(spans[0].attributes, expected);
    assert_eq!(spans[0].dropped_attributes_count, 0);
}

#[test]
fn keys_in_any_order_and_number_are_those_that_were_set() {
    // The provider guesses the keys of a span from those of the spans before it.
    let sequences: Vec<Vec<&str>> = (0..256)
        .map(|number| {
            let key =
                |place: i32| ["a", "b", "c", ""][number / 4_usize.pow(place.cast_unsigned()) % 4];
            (0..4).map(key).filter(|key| !key.is_empty()).collect()
        })
        .collect();
    let spans = our_spans(|provider| {
        let tracer = provider.tracer("t");
        for keys in &sequences {
            let mut span = tracer.start("span");
            for (number, key) in (0_i64..).zip(keys) {
                span.set_attribute(KeyValue::new(*key, number));
            }
        }
    });
    assert_eq!(spans.len(), sequences.len());
    for (span, keys) in spans.iter().zip(&sequences) {
        let mut expected: Vec<KeyValue> = Vec::new();
        for (number, key) in (0_i64..).zip(keys) {
            match expected.iter_mut().find(|known| known.key.as_str() == *key) {
                Some(known) => known.value = number.into(),
                None => expected.push(KeyValue::new(*key, number)),
            }
        }
        assert_eq!(span.attributes, expected, "set were {keys:?}");
    }
}

#[test]
fn limits_hold_and_are_counted() {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .with_span_limits(SpanLimits {
            max_attributes_per_span: 2,
            max_events_per_span: 1,
            max_links_per_span: 1,
            max_attributes_per_event: 1,
            max_attributes_per_link: 0,
        })
        .with_max_value_length(3)
        .build();
    let mut span = provider.tracer("t").start("a");
    let link = SpanContext::new(
        TraceId::from(7),
        SpanId::from(8),
        TraceFlags::SAMPLED,
        true,
        TraceState::NONE,
    );
    for key in ["a", "b", "c", "d", "b"] {
        span.set_attribute(KeyValue::new(key, format!("{key}üüüü")));
    }
    for _ in 0..3 {
        span.add_event("e", vec![KeyValue::new("x", 1), KeyValue::new("y", 2)]);
        span.add_link(link.clone(), vec![KeyValue::new("x", 1)]);
    }
    span.end();
    provider.force_flush().expect("the exporter takes all");
    let span = &kept.spans()[0];
    let expected = [KeyValue::new("a", "aüü"), KeyValue::new("b", "büü")];
    assert_eq!(span.attributes, expected);
    assert_eq!(span.dropped_attributes_count, 2);
    assert_eq!((span.events.len(), span.events.dropped_count), (1, 2));
    assert_eq!(span.events[0].dropped_attributes_count, 1);
    assert_eq!((span.links.len(), span.links.dropped_count), (1, 2));
    assert_eq!(span.links[0].dropped_attributes_count, 1);
}

#[test]
fn a_huge_attribute_is_dropped_and_counted() {
    let spans = our_spans(|provider| {
        let mut span = provider.tracer("t").start("a");
        span.set_attribute(KeyValue::new("huge", "x".repeat(10_000_000)));
        span.set_attribute(KeyValue::new("small", 1));
    });
    assert_eq!(spans[0].attributes, [KeyValue::new("small", 1)]);
    assert_eq!(spans[0].dropped_attributes_count, 1);
}

#[test]
fn ok_is_final_and_unset_changes_nothing() {
    let spans = our_spans(|provider| {
        let tracer = provider.tracer("t");
        let mut span = tracer.start("a");
        span.set_status(Status::error("first"));
        span.set_status(Status::error("second"));
        span.set_status(Status::Unset);
        span.end();
        let mut span = tracer.start("b");
        span.set_status(Status::error("first"));
        span.set_status(Status::Ok);
        span.set_status(Status::error("later"));
    });
    assert_eq!(spans[0].status, Status::error("second"));
    assert_eq!(spans[1].status, Status::Ok);
}

#[test]
fn samplers_of_the_sdk_decide() {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOff)))
        .build();
    let tracer = provider.tracer("t");
    let span = tracer.start("root");
    assert!(!span.is_recording());
    assert!(span.span_context().is_valid());
    let remote = SpanContext::new(
        TraceId::from(7),
        SpanId::from(8),
        TraceFlags::SAMPLED,
        true,
        TraceState::NONE,
    );
    let parent = Context::new().with_remote_span_context(remote);
    drop(tracer.start_with_context("below", &parent));
    provider.force_flush().expect("the exporter takes all");
    assert_eq!(kept.names(), ["below"]);
}

#[test]
fn nothing_is_recorded_while_suppressed_or_after_the_shutdown() {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .build();
    let tracer = provider.tracer("t");
    let late = tracer.start("late");
    let suppressed = Context::enter_telemetry_suppressed_scope();
    assert!(!tracer.start("suppressed").span_context().is_valid());
    drop(suppressed);
    provider.shutdown().expect("the exporter takes all");
    assert!(!tracer.start("after").span_context().is_valid());
    drop(late);
    assert_eq!(kept.names(), [""; 0]);
    assert_eq!(provider.stats().dropped.after_shutdown, 1);
    assert!(provider.shutdown().is_err());
    assert!(provider.force_flush().is_err());
}

#[test]
fn a_span_never_ends_before_it_starts() {
    let spans = our_spans(|provider| {
        let tracer = provider.tracer("t");
        let mut span = tracer
            .span_builder("given")
            .with_start_time(at(10))
            .start(&tracer);
        span.end_with_timestamp(at(5));
        let mut span = tracer.start("epoch");
        span.end_with_timestamp(SystemTime::UNIX_EPOCH);
        drop(tracer.start("own"));
    });
    for span in &spans[..2] {
        assert_eq!(span.end_time, span.start_time, "{span:?}");
    }
    assert!(spans[2].end_time >= spans[2].start_time);
    assert_eq!(spans[0].start_time, at(10));
    let age = SystemTime::now().duration_since(spans[2].start_time);
    assert!(age.expect("it is in the past") < Duration::from_secs(3_600));
}

#[test]
fn the_epoch_is_a_time_like_any_other_and_the_first_one() {
    let epoch = SystemTime::UNIX_EPOCH;
    let [long_before, before] = [5, 1].map(|seconds| epoch - Duration::from_secs(seconds));
    let spans = our_spans(|provider| {
        let tracer = provider.tracer("t");
        let started_at = |start| {
            let span = tracer.span_builder("span").with_start_time(start);
            span.start(&tracer)
        };
        for (start, end) in [
            (epoch, epoch),
            (before, epoch),
            (long_before, before),
            (epoch, at(5)),
        ] {
            let mut span = started_at(start);
            for time in [epoch, before] {
                span.add_event_with_timestamp("event", time, Vec::new());
            }
            span.end_with_timestamp(end);
        }
        drop(started_at(before));
    });
    let times: Vec<_> = spans
        .iter()
        .map(|span| (span.start_time, span.end_time))
        .collect();
    assert_eq!(times[..3], [(epoch, epoch); 3]);
    assert_eq!(times[3], (epoch, at(5)));
    assert_eq!(times[4].0, epoch);
    // This one ended by itself, which is now.
    assert!(times[4].1 > at(0));
    for span in &spans[..4] {
        let events: Vec<_> = span.events.iter().map(|event| event.timestamp).collect();
        assert_eq!(events, [epoch; 2]);
    }
}
