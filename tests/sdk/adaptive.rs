//! Tests of adaptive sampling: what it keeps, how much of it, and what it never exports.

use std::collections::HashSet;
use std::thread;
use std::time::{Duration, SystemTime};

use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
    Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, SpanData};
use traced::sdk::{AdaptiveSampling, SlowThreshold, TracerProvider};

use crate::exporters::{Counted, Kept};

fn provider(sampling: AdaptiveSampling) -> (TracerProvider, Kept) {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .with_adaptive_sampling(sampling)
        .build();
    (provider, kept)
}

/// Returns settings that keep nothing but what is rescued for an error or for being slow.
fn rescues_only() -> AdaptiveSampling {
    AdaptiveSampling {
        base_rate: 0.0,
        ..AdaptiveSampling::default()
    }
}

fn reason(span: &SpanData) -> Option<String> {
    let mut attributes = span.attributes.iter();
    let reason = attributes.find(|attribute| attribute.key.as_str() == "sampling.reason")?;
    Some(reason.value.to_string())
}

/// Makes a root and its children. The innermost fails if `fails` is `true`.
fn trace(tracer: &traced::sdk::Tracer, parent: &Context, fails: bool) {
    let root = parent.with_span(tracer.start_with_context("root", parent));
    let middle = root.with_span(tracer.start_with_context("middle", &root));
    let mut leaf = tracer.start_with_context("leaf", &middle);
    if fails {
        leaf.set_status(Status::error("failed"));
    }
    leaf.end();
    middle.span().end();
    root.span().end();
}

#[test]
fn an_error_deep_below_keeps_the_trace_and_nothing_else_is_kept() {
    let (provider, kept) = provider(rescues_only());
    let tracer = provider.tracer("t");
    trace(&tracer, &Context::new(), false);
    trace(&tracer, &Context::new(), true);
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(kept.names(), ["leaf", "middle", "root"]);
    let spans = kept.spans();
    assert!(spans.iter().all(|span| span.span_context.is_sampled()));
    let reasons: Vec<_> = spans.iter().map(reason).collect();
    assert_eq!(reasons, [None, None, Some("error".to_owned())]);
    let stats = provider.stats();
    assert_eq!((stats.exported, stats.sampled_out), (3, 3));
}

#[test]
fn an_error_on_another_thread_keeps_the_trace() {
    let (provider, kept) = provider(rescues_only());
    let tracer = provider.tracer("t");
    for _ in 0..100 {
        let context = Context::new().with_span(tracer.start("root"));
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut span = tracer.start_with_context("elsewhere", &context);
                span.set_status(Status::error("failed"));
            });
        });
        context.span().end();
    }
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(kept.names().len(), 200);
}

fn remote(flags: TraceFlags, state: &str) -> Context {
    Context::new().with_remote_span_context(SpanContext::new(
        TraceId::from(0x7000_0000_0000_0000_0001),
        SpanId::from(8),
        flags,
        true,
        state.parse::<TraceState>().expect("it is valid"),
    ))
}

#[test]
fn an_error_below_a_remote_parent_that_is_not_sampled_is_kept() {
    let (provider, kept) = provider(rescues_only());
    let tracer = provider.tracer("t");
    let parent = remote(TraceFlags::default(), "ot=th:c;rv:1,vendor=1");
    trace(&tracer, &parent, false);
    provider.force_flush().expect("the exporter takes all");
    assert_eq!(kept.names(), [""; 0]);
    // The same trace comes by again, and fails this time.
    trace(&tracer, &parent, true);
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(kept.names(), ["leaf", "middle", "root"]);
    let state = kept.spans()[2].span_context.trace_state().header();
    assert_eq!(state, "ot=th:0;rv:1,vendor=1");
}

#[test]
fn a_sampled_parent_is_always_kept() {
    let (provider, kept) = provider(rescues_only());
    let parent = remote(TraceFlags::SAMPLED, "ot=th:c");
    trace(&provider.tracer("t"), &parent, false);
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(kept.names(), ["leaf", "middle", "root"]);
    assert_eq!(reason(&kept.spans()[2]).as_deref(), Some("parent"));
    let state = kept.spans()[2].span_context.trace_state().header();
    assert_eq!(state, "ot=th:c");
}

#[test]
fn what_the_base_rate_keeps_says_so_downstream() {
    let (provider, kept) = provider(AdaptiveSampling {
        base_rate: 1.0,
        ..AdaptiveSampling::default()
    });
    let tracer = provider.tracer("t");
    let context = Context::new().with_span(tracer.start("root"));
    let span = context.span();
    assert!(span.span_context().is_sampled());
    assert_eq!(span.span_context().trace_state().header(), "ot=th:0");
    span.end();
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(reason(&kept.spans()[0]).as_deref(), Some("base"));
}

#[test]
fn slow_traces_are_kept_by_a_fixed_threshold() {
    let (provider, kept) = provider(AdaptiveSampling {
        slow_rate: 1.0,
        slow_threshold: Duration::from_millis(20).into(),
        ..rescues_only()
    });
    let tracer = provider.tracer("t");
    drop(tracer.start("quick"));
    let slow = tracer.start("slow");
    thread::sleep(Duration::from_millis(25));
    drop(slow);
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(kept.names(), ["slow"]);
    assert_eq!(reason(&kept.spans()[0]).as_deref(), Some("slow"));
}

#[test]
fn times_that_are_given_say_how_slow_a_trace_was() {
    let (provider, kept) = provider(AdaptiveSampling {
        slow_rate: 1.0,
        slow_threshold: Duration::from_secs(600).into(),
        ..rescues_only()
    });
    let tracer = provider.tracer("t");
    let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3_600));
    let now = SystemTime::now();
    let started_at = |name, start| {
        let span = tracer.span_builder(name).with_start_time(start);
        span.start(&tracer)
    };
    let year_ago = now - 8_760 * hour;
    started_at("quick, a year ago", year_ago).end_with_timestamp(year_ago + minute);
    started_at("slow, a year ago", year_ago).end_with_timestamp(year_ago + hour);
    drop(started_at("quick until now", now - minute));
    drop(started_at("slow until now", now - hour));
    drop(started_at("from the future", now + hour));
    tracer
        .start("quick from now")
        .end_with_timestamp(now + minute);
    tracer.start("slow from now").end_with_timestamp(now + hour);
    tracer.start("to the past").end_with_timestamp(now - hour);
    provider.shutdown().expect("the exporter takes all");
    let slow = ["slow, a year ago", "slow until now", "slow from now"];
    assert_eq!(kept.names(), slow);
}

#[test]
fn slow_traces_are_kept_by_a_quantile_of_their_name() {
    let (provider, kept) = provider(AdaptiveSampling {
        slow_rate: 1.0,
        slow_threshold: SlowThreshold::Quantile(0.99),
        ..rescues_only()
    });
    let tracer = provider.tracer("t");
    for _ in 0..200 {
        let mut span = tracer.start("usual");
        span.end();
    }
    let names = kept.names().len();
    let slow = tracer.start("usual");
    thread::sleep(Duration::from_millis(200));
    drop(slow);
    drop(tracer.start("seen for the first time"));
    provider.shutdown().expect("the exporter takes all");
    let spans = kept.spans();
    let slowest = spans.iter().map(|span| {
        let duration = span.end_time.duration_since(span.start_time);
        duration.expect("a span does not end before it starts")
    });
    assert!(slowest.max() >= Some(Duration::from_millis(200)));
    assert!(names < 200 && spans.iter().all(|span| span.name == "usual"));
}

/// Generates random ids that are the same in each run (by `SplitMix64`), so that what holds with
/// some probability holds always or never.
#[derive(Debug, Default)]
pub(crate) struct Seeded(std::sync::atomic::AtomicU64);

impl Seeded {
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.0.fetch_add(STEP, std::sync::atomic::Ordering::Relaxed);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).max(1)
    }
}

impl IdGenerator for Seeded {
    fn new_trace_id(&self) -> TraceId {
        TraceId::from(u128::from(self.next()) << 64 | u128::from(self.next()))
    }

    fn new_span_id(&self) -> SpanId {
        SpanId::from(self.next())
    }
}

/// Returns how many of `n` traces are kept. Either all of them fail, or none.
fn kept_of(sampling: AdaptiveSampling, n: u32, fails: bool) -> f64 {
    let counted = Counted::default();
    let provider = TracerProvider::builder()
        .with_exporter(counted.clone())
        .with_adaptive_sampling(AdaptiveSampling {
            max_traces: 1_000_000,
            ..sampling
        })
        .with_max_queue_size(4_096)
        .with_id_generator(Seeded::default())
        .build();
    let tracer = provider.tracer("t");
    for index in 0..n {
        let mut span = tracer.start("root");
        if fails {
            span.set_status(Status::error("failed"));
        }
        span.end();
        if index % 1_000 == 0 {
            provider.force_flush().expect("the exporter takes all");
        }
    }
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(provider.stats().dropped.total(), 0);
    f64::from(u32::try_from(counted.count()).expect("it is at most n"))
}

/// Returns `true` if `count` of `n` is within three standard errors of `rate`.
fn is_near(count: f64, n: f64, rate: f64) -> bool {
    (count - n * rate).abs() <= 3.0 * (n * rate * (1.0 - rate)).sqrt()
}

#[test]
fn rates_hold() {
    let n = 100_000;
    let base = AdaptiveSampling {
        base_rate: 0.1,
        error_rate: 0.3,
        ..AdaptiveSampling::default()
    };
    let usual = kept_of(base.clone(), n, false);
    assert!(is_near(usual, f64::from(n), 0.1), "{usual}");
    let failed = kept_of(base, n, true);
    assert!(is_near(failed, f64::from(n), 0.3), "{failed}");
}

/// Generates the same trace ids, one after the other, for each of its clones.
#[derive(Debug)]
struct Given {
    ids: Vec<TraceId>,
    next: std::sync::atomic::AtomicUsize,
}

impl IdGenerator for Given {
    fn new_trace_id(&self) -> TraceId {
        let next = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.ids[next]
    }

    fn new_span_id(&self) -> SpanId {
        RandomIdGenerator::default().new_span_id()
    }
}

#[test]
fn two_providers_of_the_same_rate_keep_the_same_traces() {
    let random = RandomIdGenerator::default();
    let ids: Vec<TraceId> = (0..1_000).map(|_| random.new_trace_id()).collect();
    let keep = || -> HashSet<TraceId> {
        let kept = Kept::default();
        let provider = TracerProvider::builder()
            .with_exporter(kept.clone())
            .with_id_generator(Given {
                ids: ids.clone(),
                next: 0.into(),
            })
            .with_adaptive_sampling(AdaptiveSampling {
                base_rate: 0.2,
                ..AdaptiveSampling::default()
            })
            .build();
        for _ in 0..ids.len() {
            drop(provider.tracer("t").start("root"));
        }
        provider.shutdown().expect("the exporter takes all");
        let spans = kept.spans().into_iter();
        spans.map(|span| span.span_context.trace_id()).collect()
    };
    let kept = keep();
    assert!(kept.len() > 100);
    assert_eq!(kept, keep());
}

#[test]
fn at_a_bound_what_has_no_error_goes_first() {
    let (provider, kept) = provider(AdaptiveSampling {
        max_traces: 10,
        ..rescues_only()
    });
    let tracer = provider.tracer("t");
    // The roots are open until all are there.
    let roots: Vec<Context> = (0..100)
        .map(|n| {
            let context = Context::new().with_span(tracer.start("root"));
            let mut child = tracer.start_with_context("child", &context);
            if n < 5 {
                child.set_status(Status::error("failed"));
            }
            child.end();
            context
        })
        .collect();
    provider.force_flush().expect("the exporter takes all");
    for context in roots {
        context.span().end();
    }
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(
        kept.names().iter().filter(|name| *name == "child").count(),
        5
    );
    let stats = provider.stats();
    assert!(stats.dropped.sampling_bounds >= 90, "{stats:?}");
    assert_eq!(
        stats.recorded,
        stats.exported + stats.sampled_out + stats.dropped.total()
    );
}

#[test]
fn a_long_trace_keeps_its_first_spans_and_its_root() {
    let (provider, kept) = provider(AdaptiveSampling {
        max_spans_per_trace: 3,
        ..rescues_only()
    });
    let tracer = provider.tracer("t");
    let context = Context::new().with_span(tracer.start("root"));
    for n in 0..10 {
        drop(tracer.start_with_context(format!("{n}"), &context));
    }
    context.span().set_status(Status::error("failed"));
    context.span().end();
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(kept.names(), ["0", "1", "2", "root"]);
    assert_eq!(provider.stats().dropped.sampling_bounds, 7);
}

#[test]
fn late_spans_follow_the_decision() {
    let (provider, kept) = provider(rescues_only());
    let tracer = provider.tracer("t");
    for fails in [true, false] {
        let context = Context::new().with_span(tracer.start("root"));
        let late = tracer.start_with_context("late", &context);
        if fails {
            context.span().set_status(Status::error("failed"));
        }
        context.span().end();
        provider.force_flush().expect("the exporter takes all");
        drop(late);
    }
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(kept.names(), ["root", "late"]);
}

#[test]
fn a_trace_that_is_too_old_is_decided_on_what_there_is() {
    let (provider, kept) = provider(AdaptiveSampling {
        max_age: Duration::from_millis(1),
        ..rescues_only()
    });
    let tracer = provider.tracer("t");
    let context = Context::new().with_span(tracer.start("root"));
    let mut child = tracer.start_with_context("child", &context);
    child.set_status(Status::error("failed"));
    child.end();
    provider.force_flush().expect("the exporter takes all");
    thread::sleep(Duration::from_millis(5));
    provider.force_flush().expect("the exporter takes all");
    assert_eq!(kept.names(), ["child"]);
    context.span().end();
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(kept.names(), ["child", "root"]);
}

#[test]
fn a_budget_lowers_the_base_rate_and_has_a_share_for_errors() {
    let (provider, kept) = provider(AdaptiveSampling {
        base_rate: 1.0,
        max_traces_per_second: Some(5.0),
        ..AdaptiveSampling::default()
    });
    let tracer = provider.tracer("t");
    // The first second shows how many there are.
    for _ in 0..1_000 {
        drop(tracer.start("measured"));
    }
    provider.force_flush().expect("the exporter takes all");
    thread::sleep(Duration::from_millis(1_100));
    drop(tracer.start("measured"));
    provider.force_flush().expect("the exporter takes all");
    for _ in 0..200 {
        let mut span = tracer.start("failed");
        span.set_status(Status::error("failed"));
        span.set_attribute(KeyValue::new("n", 1));
        span.end();
        drop(tracer.start("usual"));
    }
    provider.shutdown().expect("the exporter takes all");
    let names = kept.names();
    let count = |name: &str| names.iter().filter(|known| *known == name).count();
    assert!(count("usual") < 20, "{}", count("usual"));
    assert!((5..30).contains(&count("failed")), "{}", count("failed"));
}
