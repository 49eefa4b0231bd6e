//! Tests of limits that are never reached, and of others that are reached again and again.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use traced::sdk::{Span, TracerProvider};

use crate::exporters::Kept;

/// Returns the only span that `record` makes.
fn span_of(record: impl FnOnce(&mut Span)) -> SpanData {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .build();
    let mut span = provider.tracer("t").start("first");
    record(&mut span);
    span.end();
    provider.shutdown().expect("the exporter takes all");
    let mut spans = kept.spans();
    assert_eq!(spans.len(), 1, "{:?}", provider.stats());
    spans.remove(0)
}

#[test]
fn the_longest_duration_means_as_long_as_it_takes() {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .with_scheduled_delay(Duration::MAX)
        .with_max_export_timeout(Duration::MAX)
        .build();
    let tracer = provider.tracer("t");
    drop(tracer.start("flushed"));
    let flushed = provider.force_flush_with_timeout(Duration::MAX);
    flushed.expect("the exporter takes all");
    drop(tracer.start("shut down"));
    let shut_down = provider.shutdown_with_timeout(Duration::MAX);
    shut_down.expect("the exporter takes all");
    assert_eq!(kept.names(), ["flushed", "shut down"]);
    assert_eq!(provider.stats().exported, 2);
}

/// An exporter that asks its own provider to flush and to shut down.
#[derive(Clone, Debug, Default)]
struct Reentrant {
    provider: Arc<OnceLock<TracerProvider>>,
    answers: Arc<Mutex<Vec<OTelSdkResult>>>,
}

impl SpanExporter for Reentrant {
    async fn export(&self, _batch: Vec<SpanData>) -> OTelSdkResult {
        let provider = self.provider.get().expect("the test sets it");
        // Without a limit: an answer that has to be waited for would never come.
        let answers = [
            provider.force_flush_with_timeout(Duration::MAX),
            provider.shutdown_with_timeout(Duration::MAX),
        ];
        self.answers.lock().expect("no panic").extend(answers);
        Ok(())
    }
}

#[test]
fn an_exporter_that_asks_its_own_provider_gets_an_error_at_once() {
    let exporter = Reentrant::default();
    let provider = TracerProvider::builder()
        .with_exporter(exporter.clone())
        .build();
    drop(provider.tracer("t").start("a"));
    let _ = exporter.provider.set(provider.clone());
    provider.force_flush().expect("the exporter takes all");
    let answers = std::mem::take(&mut *exporter.answers.lock().expect("no panic"));
    assert_eq!(answers.len(), 2);
    for answer in answers {
        let Err(OTelSdkError::InternalFailure(reason)) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(reason, "called by the exporter of this provider");
    }
    provider.shutdown().expect("it was not shut down before");
}

#[test]
fn keys_past_the_limit_are_dropped_and_those_that_are_there_can_still_be_set() {
    let data = span_of(|span| {
        for index in 0..1_000_i64 {
            span.set_attribute(KeyValue::new(format!("key {index}"), index));
        }
        for round in 0..1_000_i64 {
            span.set_attribute(KeyValue::new("key 7", round));
        }
    });
    assert_eq!(data.attributes.len(), 128);
    assert_eq!(data.dropped_attributes_count, 872);
    let of_key_7 = data.attributes.iter().filter(|a| a.key.as_str() == "key 7");
    let values: Vec<&Value> = of_key_7.map(|attribute| &attribute.value).collect();
    assert_eq!(values, [&Value::I64(999)]);
}

#[test]
fn keys_that_were_set_again_leave_room_for_others() {
    let data = span_of(|span| {
        for (key, times) in [("a", 200), ("b", 200), ("c", 127), ("d", 1), ("e", 300)] {
            for round in 1..=times {
                span.set_attribute(KeyValue::new(key, round));
            }
        }
    });
    let attributes: Vec<String> = data
        .attributes
        .iter()
        .map(|attribute| format!("{}={}", attribute.key, attribute.value))
        .collect();
    assert_eq!(attributes, ["a=200", "b=200", "c=127", "d=1", "e=300"]);
    assert_eq!(data.dropped_attributes_count, 0);
}

#[test]
fn a_large_value_that_is_set_again_and_again_keeps_its_last_value() {
    let data = span_of(|span| {
        for round in 0..200 {
            span.set_attribute(KeyValue::new(
                "text",
                format!("{round} {}", "x".repeat(10_000)),
            ));
        }
    });
    assert_eq!(data.attributes.len(), 1);
    assert!(data.attributes[0].value.as_str().starts_with("199 "));
    assert_eq!(data.dropped_attributes_count, 0);
}

#[test]
fn a_span_that_is_renamed_for_ever_has_its_last_name() {
    let data = span_of(|span| {
        for round in 0..200_000 {
            span.update_name(format!("name {round}"));
        }
        span.set_attribute(KeyValue::new("key", 1));
    });
    assert_eq!(data.name, "name 199999");
    assert_eq!(data.attributes.len(), 1);
}

#[test]
fn a_span_that_fails_again_and_again_has_its_last_description() {
    let data = span_of(|span| {
        for round in 0..200_000 {
            span.set_status(opentelemetry::trace::Status::error(format!("{round}")));
        }
    });
    assert_eq!(data.status, opentelemetry::trace::Status::error("199999"));
}

#[test]
fn a_name_of_a_megabyte_does_not_lose_the_span() {
    let data = span_of(|span| span.update_name("é".repeat(1024 * 1024)));
    assert_eq!(data.name.chars().count(), 16 * 1024);
}

#[test]
fn each_of_many_scopes_is_told_apart() {
    let kept = Kept::default();
    let provider = TracerProvider::builder()
        .with_exporter(kept.clone())
        .build();
    for index in 0..2_000 {
        let tracer = provider.tracer(format!("scope {index}"));
        drop(tracer.start(format!("span {index}")));
    }
    provider.shutdown().expect("the exporter takes all");
    let spans = kept.spans();
    assert_eq!(spans.len(), 2_000);
    for span in spans {
        let name = span.instrumentation_scope.name().replace("scope", "span");
        assert_eq!(span.name, name);
    }
}

/// The bytes of text in each batch.
#[derive(Clone, Debug, Default)]
struct Sizes(Arc<Mutex<Vec<usize>>>);

impl SpanExporter for Sizes {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let values = batch.iter().flat_map(|span| &span.attributes);
        let size = values.map(|attribute| attribute.value.as_str().len()).sum();
        self.0.lock().expect("no panic").push(size);
        Ok(())
    }
}

#[test]
fn a_batch_stays_below_what_collectors_take() {
    const TAKEN: usize = 4 * 1024 * 1024;
    let sizes = Sizes::default();
    let provider = TracerProvider::builder()
        .with_exporter(sizes.clone())
        .build();
    let tracer = provider.tracer("t");
    let text = "x".repeat(240_000);
    for _ in 0..5 {
        for _ in 0..10 {
            let mut span = tracer.start("large");
            span.set_attribute(KeyValue::new("text", text.clone()));
        }
        provider.force_flush().expect("the exporter takes all");
    }
    for _ in 0..60 {
        let mut span = tracer.start("large");
        span.set_attribute(KeyValue::new("text", text.clone()));
    }
    provider.shutdown().expect("the exporter takes all");
    let sizes = sizes.0.lock().expect("no panic");
    assert!(sizes.iter().all(|size| *size < TAKEN), "{sizes:?}");
}
