//! Tests captures together with other providers. This is alone in its process, since providers are
//! global.

use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, KeyValue, global};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use traced::testing::Capture;
use traced::traced;

#[traced(attributes(order.id = id))]
fn process(id: u64) {
    Context::current()
        .span()
        .set_attribute(KeyValue::new("state", "begun"));
    traced::set_attribute("more", true);
    traced::set_attribute("state", "done");
}

const TREE: &str = "\nprocess {order.id=7, state=\"done\", more=true}\n";

#[test]
fn a_capture_works_whatever_is_set_up_beside_it() {
    let before = Capture::new();

    let exporter = InMemorySpanExporter::default();
    let guard = traced::builder().with_exporter(exporter.clone()).init();
    let guard = guard.expect("the first set-up");
    let after = Capture::new();
    for capture in [&before, &after] {
        capture.run(|| process(7));
        assert_eq!(capture.tree(), TREE);
    }
    guard.flush();
    drop(guard);
    let spans = exporter.get_finished_spans().expect("it is there");
    assert_eq!(spans.len(), 0, "of what finds out who makes spans, too");

    global::set_tracer_provider(SdkTracerProvider::builder().build());
    let behind = Capture::new();
    behind.run(|| process(7));
    assert_eq!(behind.tree(), TREE);
}

#[test]
fn a_tree_shows_its_lines() {
    let capture = Capture::new();
    let tree = capture.tree();
    assert_eq!(format!("{tree:?}"), "\n");
    assert_eq!("\n", tree);
    assert_eq!(tree, String::from("\n"));
    assert!(tree.lines().all(str::is_empty));
}
