//! `runtime/src/integrations/tracing/moving.md`: its steps, and what each option of `#[tracing::instrument]` and of ours gives. `guide.rs` moves a
//! whole program.

use opentelemetry::trace::{TraceContextExt, Tracer};
use opentelemetry::{Context, global};
use traced::traced;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::{Instrument, Span, debug, info, info_span, instrument, warn};
use tracing_subscriber::prelude::*;

use crate::{both, tree, tree_async};

/// Returns both traces, one below the other, without what `tracing-opentelemetry` adds to each span
/// and event.
fn traces(theirs: impl FnOnce(), ours: impl FnOnce()) -> String {
    let both = tree(both(), || {
        theirs();
        ours();
    });
    plain(&both)
}

fn plain(tree: &str) -> String {
    let targets = [
        ("target=\"tracing::moving\", ", ""),
        (", target=\"tracing::moving\"", ""),
        (" {target=\"tracing::moving\"}", ""),
    ];
    let mut tree = tree.to_owned();
    for (from, to) in targets {
        tree = tree.replace(from, to);
    }
    tree
}

#[test]
fn arguments_are_recorded_only_when_named() {
    #[instrument]
    fn theirs(order: u64, card: &str) {}
    #[traced]
    fn nothing(_order: u64, _card: &str) {}
    #[traced(attributes(order))]
    fn ours(order: u64, _card: &str) {}

    let traces = traces(
        || theirs(7, "4111"),
        || {
            nothing(7, "4111");
            ours(7, "4111");
        },
    );
    assert_eq!(
        traces,
        r#"
theirs {order=7, card="4111"}
nothing
ours {order=7}
"#
    );
}

#[test]
fn nothing_has_to_be_skipped() {
    #[instrument(skip_all)]
    fn theirs(_card: &str) {}
    #[instrument(skip(_card))]
    fn theirs_by_name(_card: &str) {}
    #[traced]
    fn ours(_card: &str) {}

    let traces = traces(
        || {
            theirs("4111");
            theirs_by_name("4111");
        },
        || ours("4111"),
    );
    assert_eq!(traces, "\ntheirs\ntheirs_by_name\nours\n");
}

#[test]
fn names() {
    #[instrument(name = "charge")]
    fn theirs() {}
    #[traced("charge")]
    fn ours() {}
    #[traced(name = format!("charge {order}"))]
    fn computed(order: u64) {}

    let traces = traces(theirs, || {
        ours();
        computed(7);
    });
    assert_eq!(traces, "\ncharge\ncharge\ncharge 7\n");
}

#[test]
fn fields() {
    #[instrument(skip_all, fields(id, total = prices.len(), %id, ?prices))]
    fn theirs(id: u64, prices: &[u64]) {}
    #[traced(attributes(id, total = prices.len(), shown = %id, prices = ?prices))]
    fn ours(id: u64, prices: &[u64]) {}

    let traces = traces(|| theirs(7, &[1, 2]), || ours(7, &[1, 2]));
    assert_eq!(
        traces,
        r#"
theirs {total=2, id="7", prices="[1, 2]"}
ours {id=7, total=2, shown="7", prices="[1, 2]"}
"#
    );
}

#[test]
fn what_is_known_later() {
    #[instrument(fields(user = Empty))]
    fn theirs() {
        Span::current().record("user", 7);
    }
    #[traced]
    fn ours() {
        traced::set_attribute("user", 7);
    }

    assert_eq!(traces(theirs, ours), "\ntheirs {user=7}\nours {user=7}\n");
}

#[test]
fn levels() {
    #[instrument(level = "debug")]
    fn theirs_unseen() {}
    #[instrument(level = "warn")]
    fn theirs() {}
    #[traced(level = debug)]
    fn ours_unseen() {}
    #[traced(level = warn)]
    fn ours() {}

    let tree = tree(both().with(LevelFilter::INFO), || {
        theirs_unseen();
        theirs();
        ours_unseen();
        ours();
    });
    assert_eq!(plain(&tree), "\ntheirs\nours\n");
}

#[test]
fn the_target_is_the_scope() {
    #[instrument(target = "billing")]
    fn theirs() {}
    #[traced(scope = "billing")]
    fn ours() {}

    let capture = traced::testing::Capture::new();
    tracing::subscriber::with_default(both(), || {
        capture.run(|| {
            theirs();
            ours();
        });
    });
    let spans = capture.spans();
    assert_eq!(capture.tree(), "\ntheirs {target=\"billing\"}\nours\n");
    assert_eq!(spans[1].instrumentation_scope.name(), "billing");
}

#[test]
fn roots_and_parents() {
    #[instrument(parent = None)]
    fn their_root() {}
    #[instrument(skip_all, parent = above)]
    fn theirs(above: &Span) {}
    #[traced(root)]
    fn our_root() {}
    #[traced(parent = above)]
    fn ours(above: &Context) {}

    let traces = traces(
        || {
            info_span!("inside").in_scope(their_root);
            theirs(&info_span!("above"));
        },
        || {
            global::tracer("hand").in_span("inside", |_| our_root());
            let above = global::tracer("hand").start("above");
            ours(&Context::current_with_span(above));
        },
    );
    assert_eq!(
        traces,
        r"
inside
their_root
above
  theirs
inside
our_root
above
  ours
"
    );
}

#[test]
fn causes() {
    #[instrument(skip_all, follows_from = causes)]
    fn theirs(causes: &[tracing::Id]) {}
    #[traced(links = causes)]
    fn ours(causes: &[Context]) {}

    let traces = traces(
        || {
            let cause = info_span!("cause");
            theirs(&[cause.id().expect("it is on")]);
        },
        || {
            let cause = global::tracer("hand").start("cause");
            ours(&[Context::current_with_span(cause)]);
        },
    );
    assert_eq!(
        traces,
        r"
cause
theirs
  ~ link to cause
cause
ours
  ~ link to cause
"
    );
}

#[test]
fn errors() {
    #[instrument(err)]
    fn theirs() -> Result<(), String> {
        Err("refused".to_owned())
    }
    #[traced]
    fn ours() -> Result<(), String> {
        Err("refused".to_owned())
    }
    #[instrument(err(Debug))]
    fn theirs_by_debug() -> Result<(), String> {
        Err("refused".to_owned())
    }
    #[traced(err = ?)]
    fn ours_by_debug() -> Result<(), String> {
        Err("refused".to_owned())
    }

    let traces = traces(
        || drop((theirs(), theirs_by_debug())),
        || drop((ours(), ours_by_debug())),
    );
    assert_eq!(
        traces,
        r#"
theirs error "refused"
  ! exception {exception.message="refused", level="ERROR"}
theirs_by_debug error "\"refused\""
  ! exception {exception.message="\"refused\"", level="ERROR"}
ours error "refused" {error.type="alloc::string::String"}
  ! exception {exception.type="alloc::string::String", exception.message="refused"}
ours_by_debug error "\"refused\"" {error.type="alloc::string::String"}
  ! exception {exception.type="alloc::string::String", exception.message="\"refused\""}
"#
    );
}

#[test]
fn returned_values() {
    #[instrument(ret)]
    fn theirs() -> u64 {
        7
    }
    #[traced(ret)]
    fn ours() -> u64 {
        7
    }
    #[traced(ret = ?)]
    fn ours_by_debug() -> Option<u64> {
        Some(7)
    }

    let traces = traces(
        || {
            theirs();
        },
        || {
            ours();
            ours_by_debug();
        },
    );
    assert!(traces.starts_with("\ntheirs\n  ! event "), "{traces}");
    assert!(
        traces.ends_with(
            r#" {level="INFO", return="7"}
ours {return=7}
ours_by_debug {return="Some(7)"}
"#
        ),
        "{traces}"
    );
}

#[test]
fn kinds() {
    #[instrument(fields(otel.kind = "client"))]
    fn theirs() {}
    #[traced(kind = client)]
    fn ours() {}

    assert_eq!(traces(theirs, ours), "\ntheirs [client]\nours [client]\n");
}

#[test]
fn blocks_and_events() {
    let traces = traces(
        || info_span!("step").in_scope(|| info!("charged")),
        || {
            traced::span!("step" => {
                info!("charged");
                traced::add_event("charged");
            });
        },
    );
    assert_eq!(
        traces,
        r#"
step
  ! charged {level="INFO"}
step
  ! charged {level="INFO"}
  ! charged
"#
    );
}

#[test]
fn spawned_futures() {
    #[instrument]
    async fn theirs() {
        let below = async { info!("theirs") }.instrument(Span::current());
        tokio::spawn(below).await.expect("an end");
    }
    #[traced]
    async fn ours() {
        let below = traced::context::in_current_context(async { info!("ours") });
        tokio::spawn(below).await.expect("an end");
    }

    let tree = tree_async(async {
        theirs().await;
        ours().await;
    });
    assert_eq!(
        plain(&tree),
        r#"
theirs
  ! theirs {level="INFO"}
ours
  ! ours {level="INFO"}
"#
    );
}

/// This code must be changed. The compiler warns about it, see
/// `tests/ui/fail/tracing_current_span.rs`.
#[test]
fn the_current_span_of_tracing_is_not_that_of_a_traced_function() {
    #[instrument(fields(user = Empty))]
    async fn around() {
        torn().await;
    }
    #[traced]
    #[allow(deprecated)]
    async fn torn() {
        Span::current().record("user", 7);
        let below = async { info_span!("below").in_scope(|| {}) };
        tokio::spawn(below.in_current_span()).await.expect("an end");
    }

    let tree = tree_async(async {
        around().await;
        torn().await;
    });
    assert_eq!(
        plain(&tree),
        r"
around {user=7}
  torn
  below
torn
below
"
    );
}

#[test]
fn a_span_that_is_entered_is_below_the_function() {
    #[traced]
    fn ours() {
        let step = info_span!("step");
        let _entered = step.enter();
        info!("inside");
    }

    let tree = tree(both(), ours);
    let expected = r#"
ours
  step
    ! inside {level="INFO"}
"#;
    assert_eq!(plain(&tree), expected);
}

#[test]
fn events_of_a_parent() {
    let traces = traces(
        || {
            let span = info_span!("theirs");
            info!(parent: &span, "elsewhere");
        },
        || {
            #[traced]
            fn ours(listener: impl FnOnce(Context)) {
                listener(Context::current());
            }
            ours(|context| {
                global::tracer("hand").in_span("other", |_| {
                    let _current = context.attach();
                    info!("elsewhere");
                });
            });
        },
    );
    assert_eq!(
        traces,
        r#"
theirs
  ! elsewhere {level="INFO"}
ours
  ! elsewhere {level="INFO"}
  other
"#
    );
}

#[test]
fn levels_of_what_is_returned() {
    #[instrument(err(level = "warn"), ret(level = "debug"))]
    fn theirs(order: i64) -> Result<i64, String> {
        if order > 0 {
            Ok(order)
        } else {
            Err("refused".to_owned())
        }
    }
    #[traced(ret, attributes(order))]
    fn ours(order: i64) -> Result<i64, String> {
        if order > 0 {
            debug!("return" = order);
            return Ok(order);
        }
        let error = "refused".to_owned();
        warn!(%error);
        Err(error)
    }

    let traces = traces(
        || drop((theirs(7), theirs(-1))),
        || drop((ours(7), ours(-1))),
    );
    let place = |line: &str| match line.split_once("  ! event ") {
        Some((start, rest)) => format!("{start}  ! event{}", &rest[rest.find(' ').unwrap()..]),
        None => line.to_owned(),
    };
    let traces: Vec<String> = traces.lines().map(place).collect();
    assert_eq!(
        traces.join("\n"),
        r#"
theirs {order=7}
  ! event {level="DEBUG", return="7"}
theirs {order=-1}
  ! exception {exception.message="refused", level="WARN"}
ours {order=7, return=7}
  ! event {level="DEBUG", return=7}
ours error "refused" {order=-1, error.type="alloc::string::String"}
  ! exception {exception.message="refused", level="WARN"}"#
    );
}
