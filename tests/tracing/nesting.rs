//! Tests of `tracing` spans below traced functions, and of traced functions below `tracing` spans.

use opentelemetry::Context;
use opentelemetry::trace::{SpanKind, TraceContextExt};
use traced::traced;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Event, Instrument, Subscriber, debug_span, info_span, record_all};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{Layer, layer, registry};

use crate::{both, tree, tree_async};

#[traced]
fn ours<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[test]
fn they_nest_both_ways() {
    let tree = tree(both(), || {
        ours(|| {
            info_span!("library", rows = 3, otel.kind = "client").in_scope(|| {
                ours(|| info_span!("deep").in_scope(|| {}));
            });
            info_span!("sibling").in_scope(|| {});
        });
    });
    assert_eq!(
        tree,
        r#"
ours
  library [client] {target="tracing::nesting", rows=3}
    ours
      deep {target="tracing::nesting"}
  sibling {target="tracing::nesting"}
"#
    );
}

#[traced]
async fn our_task(depth: u8) {
    tokio::task::yield_now().await;
    if depth > 0 {
        let below = Box::pin(our_task(depth - 1));
        below.instrument(info_span!("library", depth)).await;
    }
}

#[test]
fn futures_nest_both_ways_though_they_take_turns() {
    let tree = tree_async(async {
        tokio::join!(our_task(1), our_task(0).instrument(info_span!("other")));
    });
    assert_eq!(
        tree,
        r#"
our_task
  library {target="tracing::nesting", depth=1}
    our_task
other {target="tracing::nesting"}
  our_task
"#
    );
}

#[test]
fn a_function_below_a_filtered_span_goes_to_the_span_above() {
    let filtered = traced::tracing::spans().with_filter(LevelFilter::INFO);
    let tree = tree(registry().with(filtered), || {
        ours(|| {
            debug_span!("unseen").in_scope(|| {
                ours(|| {});
                info_span!("seen").in_scope(|| {});
            });
        });
    });
    assert_eq!(
        tree,
        r#"
ours
  ours
  seen {target="tracing::nesting"}
"#
    );
}

#[test]
fn a_span_that_is_a_root_by_request_is_one() {
    let tree = tree(both(), || {
        ours(|| info_span!(parent: None, "root").in_scope(|| {}));
    });
    assert_eq!(
        tree,
        r#"
ours
root {target="tracing::nesting"}
"#
    );
}

#[test]
fn the_context_of_a_tracing_span_can_be_had_and_set() {
    let tree = tree(both(), || {
        let elsewhere = ours(Context::current);
        let span = info_span!("library");
        span.set_parent(elsewhere).expect("not started yet");
        let mine = span.context().span().span_context().span_id();
        span.in_scope(|| assert_eq!(traced::span_id(), Some(mine)));
    });
    assert_eq!(
        tree,
        r#"
ours
  library {target="tracing::nesting"}
"#
    );
}

#[test]
fn what_libraries_say_of_a_span_late_arrives() {
    let tree = tree(both(), || {
        let span = info_span!("library", status = tracing::field::Empty);
        span.in_scope(|| {
            span.record("status", 200);
            traced::set_attribute("ours", true);
        });
    });
    assert_eq!(
        tree,
        r#"
library {target="tracing::nesting", status=200, ours=true}
"#
    );
}

#[test]
fn nothing_below_an_unsampled_function_is_recorded() {
    use opentelemetry_sdk::trace::Sampler;

    let capture = traced::testing::Capture::with_sampler(Sampler::AlwaysOff);
    tracing::subscriber::with_default(both(), || {
        capture.run(|| ours(|| info_span!("library").in_scope(|| ours(|| {}))));
    });
    assert_eq!(capture.tree(), "\n");
}

#[test]
fn each_span_is_exported_once() {
    let capture = traced::testing::Capture::new();
    tracing::subscriber::with_default(both(), || {
        capture.run(|| {
            #[traced]
            #[tracing::instrument]
            fn annotated_twice() {
                ours(|| {});
            }
            annotated_twice();
        });
    });
    let mut ids: Vec<_> = capture
        .spans()
        .iter()
        .map(|span| span.span_context.span_id())
        .collect();
    let count = ids.len();
    ids.sort_by_key(|id| id.to_bytes());
    ids.dedup();
    assert_eq!((ids.len(), count), (3, 3));
    assert!(
        capture
            .spans()
            .iter()
            .all(|span| span.span_kind == SpanKind::Internal)
    );
}

/// A layer that is interested in everything.
struct Nothing;

impl<S: Subscriber> Layer<S> for Nothing {
    fn on_new_span(&self, _: &Attributes<'_>, _: &Id, _: layer::Context<'_, S>) {
        panic!("a span");
    }

    fn on_event(&self, _: &Event<'_>, _: layer::Context<'_, S>) {
        panic!("an event");
    }
}

#[test]
fn a_traced_function_asks_nothing_of_the_layers() {
    let tree = tree(both().with(Nothing), || ours(|| ours(|| {})));
    assert_eq!(tree, "\nours\n  ours\n");
}

#[derive(Debug, thiserror::Error)]
#[error("connection refused")]
struct Refused;

#[traced]
fn fails() -> Result<(), Refused> {
    Err(Refused)
}

#[traced]
fn fails_below_an_instrumented_function() -> Result<(), Refused> {
    #[tracing::instrument]
    fn library() -> Result<(), Refused> {
        fails()
    }
    library()
}

#[test]
fn an_error_that_passes_through_a_tracing_span_is_one_event() {
    let tree = tree(both(), || {
        fails_below_an_instrumented_function().unwrap_err();
    });
    assert_eq!(tree.matches("! exception").count(), 1, "{tree}");
}

#[test]
fn integers_are_integers_where_they_fit() {
    let tree = tree(both(), || {
        let span = info_span!(
            "library",
            u8 = 7_u8,
            u64 = 7_u64,
            usize = 7_usize,
            i128 = -7_i128,
            u128 = 7_u128,
            wide = u64::MAX,
            wider = i128::MIN,
            text = "7",
            shown = %7_u64,
            early = Empty,
            late = Empty,
            both = Empty,
        );
        span.record("early", 1_u64).record("both", "text");
        span.in_scope(|| {
            span.record("late", 2_u128);
            span.record("both", 3_u64);
            record_all!(span, late = 4_u32, text = "5", wide = u128::MAX);
        });
    });
    let (start, rest) = tree.split_at(9);
    assert_eq!(start, "\nlibrary ");
    assert_eq!(
        rest,
        concat!(
            r#"{target="tracing::nesting", u8=7, u64=7, usize=7, i128=-7, u128=7, "#,
            r#"wide="340282366920938463463374607431768211455", "#,
            r#"wider="-170141183460469231731687303715884105728", "#,
            r#"text="5", shown="7", early=1, both=3, late=4}"#,
            "\n"
        )
    );
}

#[test]
fn the_local_root_is_found_through_spans_of_tracing() {
    let tree = tree(both(), || {
        ours(|| {
            info_span!("library").in_scope(|| {
                traced::root::set_attribute("library", true);
                ours(|| traced::root::set_attribute("ours", true));
            });
        });
        info_span!("outermost").in_scope(|| {
            ours(|| ours(|| traced::root::set_attribute("deep", true)));
        });
    });
    assert_eq!(
        tree,
        r#"
ours {library=true, ours=true}
  library {target="tracing::nesting"}
    ours
outermost {target="tracing::nesting", deep=true}
  ours
    ours
"#
    );
}

#[traced]
fn refuses(text: &str) -> Result<u8, String> {
    Err(text.to_owned())
}

#[traced]
fn asks(f: impl FnOnce() -> Result<u8, String>) -> Result<u8, String> {
    f()
}

#[tracing::instrument(err)]
fn hands_on(text: &str) -> Result<u8, String> {
    refuses(text)
}

#[tracing::instrument(err)]
async fn hands_on_later(text: &str) -> Result<u8, String> {
    tokio::task::yield_now().await;
    refuses(text)
}

#[tracing::instrument(err, skip(text))]
fn changes(text: &str) -> Result<u8, String> {
    refuses(text).map_err(|error| format!("changed {error}"))
}

#[test]
fn an_error_that_instrument_hands_on_is_one_event() {
    let tree = tree_async(async {
        let _ = asks(|| hands_on("a"));
        let _ = hands_on_later("b").await;
        let _ = asks(|| changes("c"));
        // What is said of it besides stays.
        let _ = asks(|| {
            refuses("d").inspect_err(|error| tracing::error!(error = %error, attempt = 1, "again"))
        });
    });
    assert_eq!(
        tree,
        r#"
asks error "a" {error.type="alloc::string::String"}
  hands_on error "a" {target="tracing::nesting", text="a"}
    refuses error "a" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="a"}
hands_on_later error "b" {target="tracing::nesting", text="b"}
  refuses error "b" {error.type="alloc::string::String"}
    ! exception {exception.type="alloc::string::String", exception.message="b"}
asks error "changed c" {error.type="alloc::string::String"}
  changes error "changed c" {target="tracing::nesting"}
    ! exception {exception.message="changed c", level="ERROR", target="tracing::nesting"}
    refuses error "c" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="c"}
asks error "d" {error.type="alloc::string::String"}
  ! exception {exception.message="d", level="ERROR", target="tracing::nesting", attempt=1, message="again"}
  refuses error "d" {error.type="alloc::string::String"}
    ! exception {exception.type="alloc::string::String", exception.message="d"}
"#
    );
}
