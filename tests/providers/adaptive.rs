//! Tests of traced functions with adaptive sampling, which records every span and keeps none of
//! these traces unless a span has an error.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::trace::InMemorySpanExporter;
use traced::sdk::{AdaptiveSampling, TracerProvider};
use traced::traced;

#[traced]
fn request<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[traced]
fn job() -> Result<(), String> {
    step();
    Err("failed".to_owned())
}

#[traced]
fn step() {}

/// Returns the names of the spans of `f` that are kept, without that of the request: a span that
/// has ended may be dropped before the error comes.
fn kept(f: impl FnOnce()) -> Vec<String> {
    // There is one global provider.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let exporter = InMemorySpanExporter::default();
    let sampling = AdaptiveSampling {
        base_rate: 0.0,
        ..AdaptiveSampling::default()
    };
    let provider = TracerProvider::builder()
        .with_exporter(exporter.clone())
        .with_adaptive_sampling(sampling)
        .build();
    traced::set_tracer_provider(provider.clone());
    f();
    provider.force_flush().expect("the exporter takes all");
    let spans = exporter.get_finished_spans().expect("no panic");
    let names = spans.into_iter().map(|span| span.name.into_owned());
    let mut names: Vec<_> = names.filter(|name| name != "request").collect();
    names.sort_unstable();
    names
}

#[test]
fn an_error_below_a_span_that_is_over_is_kept() {
    let names = kept(|| {
        let context = request(Context::current);
        thread::spawn(|| {
            let _guard = context.attach();
            job()
        })
        .join()
        .expect("it does not panic")
        .expect_err("it fails");
    });
    assert_eq!(names, ["job", "step"]);
}

#[test]
fn an_error_below_a_span_that_was_ended_by_hand_is_kept() {
    let names = kept(|| {
        request(|| {
            Context::current().span().end();
            job().expect_err("it fails");
        });
    });
    assert_eq!(names, ["job", "step"]);
}

struct Calls;

impl From<Calls> for Cow<'static, str> {
    fn from(_: Calls) -> Self {
        job().expect_err("it fails");
        "called".into()
    }
}

/// OpenTelemetry converts the name under the span's lock.
#[test]
fn a_conversion_below_the_lock_of_a_span_may_call_traced_functions() {
    let names = kept(|| {
        let (done, is_done) = mpsc::channel();
        thread::spawn(move || {
            request(|| Context::current().span().add_event(Calls, Vec::new()));
            done.send(())
        });
        let waited = is_done.recv_timeout(Duration::from_secs(60));
        waited.expect("it does not wait for itself");
    });
    assert_eq!(names, ["job", "step"]);
}
