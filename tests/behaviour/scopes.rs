use std::sync::atomic::{AtomicU32, Ordering};

use opentelemetry::InstrumentationScope;
use traced::testing::Capture;
use traced::traced;

static EVALUATED: AtomicU32 = AtomicU32::new(0);

fn scope() -> InstrumentationScope {
    EVALUATED.fetch_add(1, Ordering::Relaxed);
    InstrumentationScope::builder("orders")
        .with_version("2.0")
        .build()
}

#[traced]
fn default() {}

#[traced(scope = "named")]
fn named() {}

#[traced(scope = scope())]
fn built() {}

#[traced(scope = panicking())]
fn without() {}

fn panicking() -> String {
    panic!("no scope")
}

#[test]
fn the_scope_is_the_crates_unless_given() {
    let capture = Capture::new();
    capture.run(|| {
        default();
        named();
        built();
        built();
        without();
    });
    let spans = capture.spans();
    let scopes: Vec<_> = spans
        .iter()
        .map(|span| &span.instrumentation_scope)
        .map(|scope| (scope.name(), scope.version()))
        .collect();
    let own = ("traced-tests", Some(env!("CARGO_PKG_VERSION")));
    let built = ("orders", Some("2.0"));
    assert_eq!(scopes, [own, ("named", None), built, built, ("", None)]);
    assert_eq!(EVALUATED.load(Ordering::Relaxed), 1);
}
