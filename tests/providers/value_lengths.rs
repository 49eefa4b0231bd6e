//! Tests that a span holds as much of a formatted value as the provider of `set_tracer_provider`
//! allows.

use std::fmt::{self, Display, Write};

use opentelemetry::KeyValue;
use opentelemetry::trace::Status;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use traced::sdk::TracerProvider;
use traced::traced;

/// A text that is written one character of three bytes at a time.
#[derive(Clone, Copy)]
struct Long(usize);

impl Display for Long {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.0).try_for_each(|_| f.write_char('…'))
    }
}

impl fmt::Debug for Long {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

#[traced(attributes(display = %long, debug = ?long, plain = long.to_string()), ret = ?)]
fn formatted(long: Long) -> Long {
    long
}

#[derive(Debug)]
struct Failed(Long);

impl Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed {}", self.0)
    }
}

impl std::error::Error for Failed {}

#[traced]
fn fails(long: Long) -> Result<(), Failed> {
    Err(Failed(long))
}

#[traced]
fn passes_on(long: Long) -> Result<(), Failed> {
    fails(long)
}

#[traced(err = %)]
fn fails_otherwise(long: Long) -> Result<(), String> {
    fails(long).map_err(|error| format!("{error}, otherwise"))
}

fn calls() {
    formatted(Long(20_000));
    let _ = passes_on(Long(2_000));
    let _ = passes_on(Long(20_000));
    let _ = fails_otherwise(Long(5));
}

/// Returns the spans as text, with the lengths of their texts in characters.
fn described(spans: &[SpanData]) -> String {
    let mut text = String::new();
    for span in spans {
        let status = match &span.status {
            Status::Error { description } => format!(" error {}", length(description)),
            _ => String::new(),
        };
        let attributes = lengths(&span.attributes);
        let _ = writeln!(text, "{}{status}{attributes}", span.name);
        for event in &span.events.events {
            let _ = writeln!(text, "  ! {}{}", event.name, lengths(&event.attributes));
        }
    }
    text
}

fn lengths(attributes: &[KeyValue]) -> String {
    let shown = attributes
        .iter()
        .filter(|attribute| !attribute.key.as_str().starts_with("code."))
        .filter(|attribute| attribute.key.as_str().rsplit('.').next() != Some("type"));
    shown.fold(String::new(), |mut all, attribute| {
        let _ = write!(
            all,
            " {}={}",
            attribute.key,
            length(&attribute.value.as_str())
        );
        all
    })
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// Returns what the calls record on our own provider.
fn on_ours(limit: Option<usize>) -> String {
    let exporter = InMemorySpanExporter::default();
    let builder = TracerProvider::builder().with_exporter(exporter.clone());
    let builder = match limit {
        Some(limit) => builder.with_max_value_length(limit),
        None => builder,
    };
    let provider = builder.build();
    traced::set_tracer_provider(provider.clone());
    calls();
    provider.force_flush().expect("the exporter takes all");
    described(&exporter.get_finished_spans().expect("no panic"))
}

/// Returns what the calls record on a provider of OpenTelemetry's SDK, which has no limit.
fn on_another() -> String {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    traced::set_tracer_provider(provider);
    calls();
    described(&exporter.get_finished_spans().expect("no panic"))
}

/// There is one global provider, so this is one test.
#[test]
fn formatted_values_are_as_long_as_the_provider_allows() {
    insta::assert_snapshot!(on_ours(None), @"
    formatted display=5461 debug=5461 plain=20000 return=5461
    fails error 2007
      ! exception exception.message=2007
    passes_on error 2007
    fails error 5466
      ! exception exception.message=5466
    passes_on error 5466
    fails error 12
      ! exception exception.message=12
    fails_otherwise error 23
      ! exception exception.message=23
    ");
    insta::assert_snapshot!(on_ours(Some(17_000)), @"
    formatted display=17000 debug=17000 plain=17000 return=17000
    fails error 2007
      ! exception exception.message=2007
    passes_on error 2007
    fails error 17000
      ! exception exception.message=17000
    passes_on error 17000
    fails error 12
      ! exception exception.message=12
    fails_otherwise error 23
      ! exception exception.message=23
    ");
    insta::assert_snapshot!(on_ours(Some(10_000)), @"
    formatted display=10000 debug=10000 plain=10000 return=10000
    fails error 2007
      ! exception exception.message=2007
    passes_on error 2007
    fails error 10000
      ! exception exception.message=10000
    passes_on error 10000
    fails error 12
      ! exception exception.message=12
    fails_otherwise error 23
      ! exception exception.message=23
    ");
    insta::assert_snapshot!(on_ours(Some(10)), @"
    formatted display=10 debug=10 plain=10 return=10
    fails error 10
      ! exception exception.message=10
    passes_on error 10
    fails error 10
      ! exception exception.message=10
    passes_on error 10
    fails error 10
      ! exception exception.message=10
    fails_otherwise error 10
      ! exception exception.message=10
    ");
    insta::assert_snapshot!(on_another(), @"
    formatted display=5461 debug=5461 plain=20000 return=5461
    fails error 2007
      ! exception exception.message=2007
    passes_on error 2007
    fails error 5466
      ! exception exception.message=5466
    passes_on error 5466
    fails error 12
      ! exception exception.message=12
    fails_otherwise error 23
      ! exception exception.message=23
    ");
}
