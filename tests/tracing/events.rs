//! Tests of `tracing` events as events of the current span.

use std::error::Error;
use std::fmt;
use std::num::ParseIntError;

use opentelemetry::trace::{TraceContextExt, Tracer};
use opentelemetry::{Context, global};
use thiserror::Error;
use traced::traced;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, debug, error, info, info_span, warn};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry;

use crate::{both, tree};

#[traced]
fn ours<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[test]
fn an_event_goes_to_the_innermost_span_whoever_opened_it() {
    let tree = tree(both(), || {
        info!("nowhere");
        ours(|| {
            info!("first");
            info_span!("library").in_scope(|| {
                info!("second");
                ours(|| info!("third"));
                global::tracer("hand").in_span("by hand", |_| info!("fourth"));
            });
        });
    });
    assert_eq!(
        tree,
        r#"
ours
  ! first {level="INFO", target="tracing::events"}
  library {target="tracing::events"}
    ! second {level="INFO", target="tracing::events"}
    ours
      ! third {level="INFO", target="tracing::events"}
    by hand
      ! fourth {level="INFO", target="tracing::events"}
"#
    );
}

#[test]
fn fields_keep_their_types() {
    let tree = tree(both(), || {
        ours(|| {
            info!(int = -1, unsigned = u64::MAX, wide = u128::MAX, i128 = -7_i128, float = 0.5, yes = true, text = "t", debug = ?Some(1), display = %'c', "typed");
            info!(only = 1);
        });
    });
    let (typed, rest) = tree
        .split_once("  ! event ")
        .expect("an event without a message");
    assert_eq!(
        typed,
        r#"
ours
  ! typed {level="INFO", target="tracing::events", int=-1, unsigned="18446744073709551615", wide="340282366920938463463374607431768211455", i128=-7, float=0.5, yes=true, text="t", debug="Some(1)", display="c"}
"#
    );
    let (place, fields) = rest.split_once(' ').expect("fields");
    assert!(place.contains("events.rs:"), "{place}");
    assert_eq!(
        fields,
        "{level=\"INFO\", target=\"tracing::events\", only=1}\n"
    );
}

#[test]
fn a_level_filter_is_that_of_any_layer() {
    let filtered = traced::tracing::events().with_filter(LevelFilter::INFO);
    let tree = tree(registry().with(filtered), || {
        ours(|| {
            debug!("unseen");
            tracing::event!(Level::WARN, "seen");
        });
    });
    assert_eq!(
        tree,
        r#"
ours
  ! seen {level="WARN", target="tracing::events"}
"#
    );
}

#[derive(Debug, Error)]
#[error("bad order")]
struct BadOrder(#[from] ParseIntError);

#[traced]
fn fails_and_says_so() -> Result<(), BadOrder> {
    let error = BadOrder::from("x".parse::<u8>().unwrap_err());
    error!(error = &error as &dyn Error, order = 7, "giving up");
    Err(error)
}

#[test]
fn an_error_that_is_logged_and_returned_is_one_exception() {
    let tree = tree(both(), || drop(fails_and_says_so()));
    assert_eq!(
        tree,
        r#"
fails_and_says_so error "bad order" {error.type="tracing::events::BadOrder"}
  ! exception {exception.message="bad order", exception.stacktrace="bad order\ncaused by: invalid digit found in string", level="ERROR", target="tracing::events", order=7, message="giving up"}
"#
    );
}

#[traced]
fn fails_and_says_so_as_text() -> Result<(), String> {
    let error = "no such order".to_owned();
    error!(%error);
    Err(error)
}

#[test]
fn an_error_that_is_logged_as_text_is_an_exception_too() {
    let tree = tree(both(), || drop(fails_and_says_so_as_text()));
    assert_eq!(
        tree,
        r#"
fails_and_says_so_as_text error "no such order" {error.type="alloc::string::String"}
  ! exception {exception.message="no such order", level="ERROR", target="tracing::events"}
"#
    );
}

#[test]
fn the_status_of_a_tracing_span_follows_its_errors_and_ours_does_not() {
    let tree = tree(both(), || {
        ours(|| {
            error!("handled");
            info_span!("library").in_scope(|| error!(error = "refused", "failed"));
            info_span!("slow").in_scope(|| warn!(error = "late", "slow"));
        });
    });
    assert_eq!(
        tree,
        r#"
ours
  ! handled {level="ERROR", target="tracing::events"}
  library error "refused" {target="tracing::events"}
    ! exception {exception.message="refused", level="ERROR", target="tracing::events", message="failed"}
  slow {target="tracing::events"}
    ! exception {exception.message="late", level="WARN", target="tracing::events", message="slow"}
"#
    );
}

#[test]
fn an_event_with_a_parent_by_request_goes_there() {
    let tree = tree(both(), || {
        let library = info_span!("library");
        ours(|| {
            info!(parent: &library, "to the library");
            info!(parent: None, "to nobody");
        });
    });
    assert_eq!(
        tree,
        r#"
ours
library {target="tracing::events"}
  ! to the library {level="INFO", target="tracing::events"}
"#
    );
}

#[test]
fn events_alone_need_no_other_layer() {
    let tree = tree(registry().with(traced::tracing::events()), || {
        ours(|| info_span!("unseen").in_scope(|| info!("seen")));
    });
    assert_eq!(
        tree,
        r#"
ours
  ! seen {level="INFO", target="tracing::events"}
"#
    );
}

fn is_span(metadata: &Metadata<'_>) -> bool {
    metadata.is_span()
}

#[test]
fn beside_a_foreign_layer_that_leaves_events_alone_none_is_there_twice() {
    let foreign = tracing_opentelemetry::layer()
        .with_tracer(global::tracer("foreign"))
        .with_filter(filter_fn(is_span));
    let subscriber = registry().with(foreign).with(traced::tracing::events());
    let tree = tree(subscriber, || {
        // The tracer above is none before the first capture is made, so the span is nobody's.
        ours(|| info_span!("library").in_scope(|| ours(|| info!("once"))));
    });
    assert_eq!(tree.matches("once").count(), 1, "{tree}");
}

struct Bad;

impl fmt::Debug for Bad {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("not shown")
    }
}

#[traced]
fn panics_while_it_is_shown() {
    info!(bad = ?Bad, "bad");
}

#[test]
fn a_field_that_panics_harms_nothing() {
    let tree = tree(both(), panics_while_it_is_shown);
    assert!(
        tree.contains(r#"bad="<panicked while formatting>""#),
        "{tree}"
    );
}

#[test]
fn nothing_is_evaluated_for_a_span_that_is_not_recorded() {
    let _attached = Context::new().attach();
    assert!(!Context::current().span().is_recording());
    tracing::subscriber::with_default(both(), panics_while_it_is_shown);
}
