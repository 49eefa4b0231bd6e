//! Tests of counts that are derived from exported spans: each stands for as many as its threshold
//! says.

use std::time::{Duration, SystemTime};

use opentelemetry::Context;
use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
    Tracer as _, TracerProvider as _,
};
use opentelemetry_sdk::trace::SpanData;
use traced::sdk::{AdaptiveSampling, Tracer, TracerProvider};

use crate::adaptive::Seeded;
use crate::exporters::Kept;

fn provider(sampling: AdaptiveSampling) -> (TracerProvider, Kept) {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .with_adaptive_sampling(sampling)
        .with_id_generator(Seeded::default())
        .build();
    (provider, kept)
}

/// Returns a remote parent whose trace id has the randomness `8…`: half of all traces are below it.
fn remote(flags: TraceFlags, state: &str) -> Context {
    Context::new().with_remote_span_context(SpanContext::new(
        TraceId::from(0x7000_0080_0000_0000_0001),
        SpanId::from(8),
        flags,
        true,
        state.parse::<TraceState>().expect("it is valid"),
    ))
}

/// The things that happen in a trace.
#[derive(Clone, Copy, Default)]
struct Happens {
    error: bool,
    slow: bool,
}

/// Makes a trace of three spans, or the part of one that this process has.
fn trace(tracer: &Tracer, parent: &Context, happens: Happens) {
    let start = SystemTime::now();
    let took = Duration::from_secs(u64::from(happens.slow));
    let root = tracer.span_builder("root").with_start_time(start);
    let root = parent.with_span(root.start_with_context(tracer, parent));
    drop(tracer.start_with_context("first", &root));
    let mut second = tracer.start_with_context("second", &root);
    if happens.error {
        second.set_status(Status::error("failed"));
    }
    second.end();
    root.span().end_with_timestamp(start + took);
}

/// Returns `reason name state` for each span.
fn shown(spans: &[SpanData]) -> Vec<String> {
    let show = |span: &SpanData| {
        let mut attributes = span.attributes.iter();
        let reason = attributes.find(|attribute| attribute.key.as_str() == "sampling.reason");
        let reason = reason.map_or_else(String::new, |reason| format!("{} ", reason.value));
        let state = span.span_context.trace_state().header();
        format!("{reason}{} {state}", span.name)
    };
    spans.iter().map(show).collect()
}

fn kept_below(parent: &Context, sampling: AdaptiveSampling, happens: Happens) -> Vec<String> {
    let (provider, kept) = provider(sampling);
    trace(&provider.tracer("t"), parent, happens);
    provider.shutdown().expect("the exporter takes all");
    shown(&kept.spans())
}

/// Returns settings with these rates, and with no other way to keep a trace.
fn rates(base_rate: f64, error_rate: f64, slow_rate: f64) -> AdaptiveSampling {
    AdaptiveSampling {
        base_rate,
        error_rate,
        slow_rate,
        ..AdaptiveSampling::default()
    }
}

const ERROR: Happens = Happens {
    error: true,
    slow: false,
};
const SLOW: Happens = Happens {
    error: false,
    slow: true,
};
const BOTH: Happens = Happens {
    error: true,
    slow: true,
};

#[test]
fn all_spans_of_a_trace_carry_the_largest_rate_that_applied() {
    let root = Context::new();
    let unsampled = remote(TraceFlags::default(), "vendor=1");
    let by_base = remote(TraceFlags::SAMPLED, "vendor=1,ot=th:4;x:1");
    let by_what = remote(TraceFlags::SAMPLED, "vendor=1");
    let usual = Happens::default();
    let cases = [
        // A trace of our own, kept by the base rate, also if it fails.
        (&root, rates(1.0, 1.0, 1.0), usual, "base", "ot=th:0"),
        (&root, rates(1.0, 0.5, 0.5), BOTH, "base", "ot=th:0"),
        // Kept in spite of the base rate.
        (&root, rates(0.0, 1.0, 0.5), ERROR, "error", "ot=th:0"),
        (
            &unsampled,
            rates(0.0, 0.5, 1.0),
            BOTH,
            "error",
            "ot=th:0,vendor=1",
        ),
        (
            &unsampled,
            rates(0.0, 0.5, 0.0),
            ERROR,
            "error",
            "ot=th:8,vendor=1",
        ),
        (
            &unsampled,
            rates(0.0, 0.5, 0.75),
            BOTH,
            "error",
            "ot=th:4,vendor=1",
        ),
        (
            &unsampled,
            rates(0.0, 0.25, 0.5),
            BOTH,
            "slow",
            "ot=th:8,vendor=1",
        ),
        // Kept since the parent is: by its rate, or by ours if that is larger.
        (
            &by_base,
            rates(0.0, 1.0, 1.0),
            usual,
            "parent",
            "vendor=1,ot=th:4;x:1",
        ),
        (
            &by_base,
            rates(0.0, 1.0, 1.0),
            ERROR,
            "parent",
            "ot=th:0;x:1,vendor=1",
        ),
        (
            &by_base,
            rates(0.0, 0.5, 0.5),
            ERROR,
            "parent",
            "vendor=1,ot=th:4;x:1",
        ),
        // The parent does not say its rate, so only what is certain is known.
        (&by_what, rates(0.0, 1.0, 1.0), usual, "parent", "vendor=1"),
        (&by_what, rates(0.0, 0.5, 0.5), ERROR, "parent", "vendor=1"),
        (
            &by_what,
            rates(0.0, 1.0, 1.0),
            SLOW,
            "parent",
            "ot=th:0,vendor=1",
        ),
    ];
    for (parent, sampling, happens, reason, state) in cases {
        let expected = [
            format!("first {state}"),
            format!("second {state}"),
            format!("{reason} root {state}"),
        ];
        assert_eq!(kept_below(parent, sampling, happens), expected);
    }
}

#[test]
fn the_randomness_that_a_trace_state_gives_counts() {
    let low = remote(TraceFlags::default(), "ot=rv:00000000000001");
    assert_eq!(kept_below(&low, rates(0.0, 0.5, 0.0), ERROR), [""; 0]);
    let high = remote(TraceFlags::default(), "ot=rv:ffffffffffffff");
    let state = "ot=th:f;rv:ffffffffffffff";
    assert_eq!(
        kept_below(&high, rates(0.0, 0.0625, 0.0), ERROR),
        [
            format!("first {state}"),
            format!("second {state}"),
            format!("error root {state}")
        ]
    );
}

/// A budget drops traces that come too fast, so nobody knows the rate of those that it lets
/// through.
#[test]
fn a_limited_rescue_claims_no_rate() {
    let sampling = AdaptiveSampling {
        max_traces_per_second: Some(1_000.0),
        ..rates(1.0, 1.0, 1.0)
    };
    let kept = kept_below(&Context::new(), sampling.clone(), Happens::default());
    assert_eq!(
        kept,
        ["first ot=th:0", "second ot=th:0", "base root ot=th:0"]
    );
    let by_base = remote(TraceFlags::SAMPLED, "ot=th:4");
    let kept = kept_below(&by_base, sampling, ERROR);
    assert_eq!(kept, ["first ", "second ", "parent root "]);
}

/// A process often serves several requests of one trace. Those that fail are always kept, whatever
/// became of the others.
#[test]
fn each_part_of_a_trace_counts_by_itself() {
    let (provider, kept) = provider(rates(0.0, 1.0, 1.0));
    let tracer = provider.tracer("t");
    let parent = remote(TraceFlags::SAMPLED, "ot=th:4");
    for happens in [Happens::default(), ERROR, Happens::default()] {
        trace(&tracer, &parent, happens);
        provider.force_flush().expect("the exporter takes all");
    }
    provider.shutdown().expect("the exporter takes all");
    let states = shown(&kept.spans()).into_iter();
    let roots: Vec<_> = states.filter(|line| line.contains("root")).collect();
    assert_eq!(
        roots,
        [
            "parent root ot=th:4",
            "parent root ot=th:0",
            "parent root ot=th:4"
        ]
    );
}

#[test]
fn a_flush_exports_what_is_sampled_before_its_root_has_ended() {
    let (provider, kept) = provider(rates(1.0, 1.0, 1.0));
    let tracer = provider.tracer("t");
    let root = Context::new().with_span(tracer.start("root"));
    drop(tracer.start_with_context("child", &root));
    provider.force_flush().expect("the exporter takes all");
    assert_eq!(shown(&kept.spans()), ["child ot=th:0"]);
    root.span().end();
    provider.force_flush().expect("the exporter takes all");
    assert_eq!(shown(&kept.spans())[1..], ["base root ot=th:0"]);
    provider.shutdown().expect("nothing is left");
}

#[test]
fn a_sampled_trace_loses_no_span_at_a_bound() {
    let (provider, kept) = provider(AdaptiveSampling {
        max_traces: 10,
        max_spans_per_trace: 3,
        ..rates(1.0, 1.0, 1.0)
    });
    let tracer = provider.tracer("t");
    let roots: Vec<Context> = (0..100)
        .map(|_| {
            let root = Context::new().with_span(tracer.start("root"));
            for _ in 0..8 {
                drop(tracer.start_with_context("child", &root));
            }
            root
        })
        .collect();
    for root in roots {
        root.span().end();
    }
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(
        (kept.names().len(), provider.stats().dropped.total()),
        (900, 0)
    );
}

/// The numbers of spans, with an error and without one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    error: f64,
    usual: f64,
}

impl Counts {
    fn add(&mut self, is_error: bool, count: f64) {
        if is_error {
            self.error += count;
        } else {
            self.usual += count;
        }
    }
}

/// Returns how many spans an exported span stands for.
fn adjusted_count(span: &SpanData) -> f64 {
    let state = span.span_context.trace_state();
    let threshold = state.get("ot").and_then(|ot| ot.strip_prefix("th:"));
    let digits = format!("{:0<14}", threshold.expect("each span has a threshold"));
    let dropped = u64::from_str_radix(&digits, 16).expect("it is hexadecimal");
    #[expect(
        clippy::cast_precision_loss,
        reason = "it has 56 bits, of which 53 are enough"
    )]
    let rate = 1.0 - dropped as f64 / 72_057_594_037_927_936.0;
    1.0 / rate
}

/// Counts 1,000,000 spans, 1 % of which have an error, by those that are exported.
fn counts_are_right(base: f64, error: f64, slow: f64) {
    let (provider, kept) = provider(rates(base, error, slow));
    let tracer = provider.tracer("t");
    let (mut truth, mut variance) = (Counts::default(), Counts::default());
    for index in 0..333_334_u32 {
        // Of 100 spans one has an error: of 100 traces three, one of which is slow as well.
        let happens = Happens {
            error: index % 100 < 3,
            slow: index % 50 == 0,
        };
        trace(&tracer, &Context::new(), happens);
        let (error, slow) = (
            f64::from(happens.error) * error,
            f64::from(happens.slow) * slow,
        );
        let rate = base.max(error).max(slow);
        let (failed, usual) = if happens.error {
            (1.0, 2.0)
        } else {
            (0.0, 3.0)
        };
        for (is_error, count) in [(true, failed), (false, usual)] {
            truth.add(is_error, count);
            variance.add(is_error, count * count * (1.0 - rate) / rate);
        }
        if index % 2_000 == 0 {
            provider.force_flush().expect("the exporter takes all");
        }
    }
    provider.shutdown().expect("the exporter takes all");
    assert_eq!(provider.stats().dropped.total(), 0);
    let mut counted = Counts::default();
    for span in kept.spans() {
        let is_error = matches!(span.status, Status::Error { .. });
        counted.add(is_error, adjusted_count(&span));
    }
    let is_near = |counted: f64, truth: f64, variance: f64| {
        (counted - truth).abs() <= 3.0 * variance.sqrt() + 1e-3
    };
    assert!(
        is_near(counted.error, truth.error, variance.error)
            && is_near(counted.usual, truth.usual, variance.usual),
        "counted {counted:?} of {truth:?}, with a variance of {variance:?}"
    );
}

#[test]
fn a_million_spans_are_counted_with_a_small_base_rate() {
    counts_are_right(0.01, 1.0, 0.5);
}

#[test]
fn a_million_spans_are_counted_with_half_of_the_errors() {
    counts_are_right(0.1, 0.5, 0.5);
}
