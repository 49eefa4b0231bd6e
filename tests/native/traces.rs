//! The provider of this process, and its traces as text.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use traced::sdk::TracerProvider;

static SPANS: Mutex<Vec<SpanData>> = Mutex::new(Vec::new());

#[derive(Debug)]
struct Kept;

impl SpanExporter for Kept {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let mut spans = SPANS.lock().unwrap_or_else(PoisonError::into_inner);
        spans.extend(batch);
        Ok(())
    }
}

static PROVIDER: LazyLock<TracerProvider> = LazyLock::new(|| {
    let provider = TracerProvider::builder()
        .with_exporter(Kept)
        .with_max_queue_size(100_000)
        .build();
    traced::set_tracer_provider(provider.clone());
    provider
});

/// A trace that began in another process.
pub(crate) struct Trace {
    id: TraceId,
    context: Context,
}

impl Trace {
    pub(crate) fn new() -> Trace {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        LazyLock::force(&PROVIDER);
        let id = TraceId::from(u128::from(NEXT.fetch_add(1, Ordering::Relaxed)));
        let flags = TraceFlags::SAMPLED;
        let parent = SpanContext::new(id, SpanId::from(1), flags, true, TraceState::NONE);
        let context = Context::new().with_remote_span_context(parent);
        Trace { id, context }
    }

    pub(crate) fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        let _guard = self.context.clone().attach();
        f()
    }

    /// Returns the spans that have ended, in the order in which they began.
    pub(crate) fn spans(&self) -> Vec<SpanData> {
        PROVIDER.force_flush().expect("the exporter takes all");
        let spans = SPANS.lock().unwrap_or_else(PoisonError::into_inner);
        let own = |span: &&SpanData| span.span_context.trace_id() == self.id;
        let mut spans: Vec<_> = spans.iter().filter(own).cloned().collect();
        spans.sort_by_key(|span| span.start_time);
        spans
    }

    /// Returns them as text, without the places of the functions.
    pub(crate) fn tree(&self) -> String {
        let spans = self.spans();
        let mut tree = String::new();
        let is_here = |id| spans.iter().any(|span| span.span_context.span_id() == id);
        for span in spans.iter().filter(|span| !is_here(span.parent_span_id)) {
            render(span, &spans, 0, &mut tree);
        }
        tree.truncate(tree.trim_end().len());
        tree
    }
}

/// Returns what `f` records, as text.
pub(crate) fn tree_of<R>(f: impl FnOnce() -> R) -> String {
    let trace = Trace::new();
    trace.run(f);
    trace.tree()
}

fn render(span: &SpanData, all: &[SpanData], depth: usize, tree: &mut String) {
    let indent = "  ".repeat(depth);
    let kind = match span.span_kind {
        SpanKind::Internal => String::new(),
        ref other => format!(" {other:?}").to_lowercase(),
    };
    let status = match &span.status {
        Status::Unset => String::new(),
        Status::Ok => " ok".to_owned(),
        Status::Error { description } => format!(" error {description:?}"),
    };
    let attributes = list(&span.attributes);
    let _ = writeln!(tree, "{indent}{}{kind}{status}{attributes}", span.name);
    let dropped = [
        span.dropped_attributes_count,
        span.events.dropped_count,
        span.links.dropped_count,
    ];
    if dropped != [0; 3] {
        let _ = writeln!(tree, "{indent}  dropped {dropped:?}");
    }
    for event in &span.events.events {
        let attributes = list(&event.attributes);
        let _ = writeln!(tree, "{indent}  ! {}{attributes}", event.name);
    }
    for link in &span.links.links {
        let to = link.span_context.span_id();
        let _ = writeln!(tree, "{indent}  -> {to}{}", list(&link.attributes));
    }
    let id = span.span_context.span_id();
    for child in all.iter().filter(|child| child.parent_span_id == id) {
        render(child, all, depth + 1, tree);
    }
}

fn list(attributes: &[KeyValue]) -> String {
    let shown = attributes
        .iter()
        .filter(|attribute| !attribute.key.as_str().starts_with("code."))
        .map(|attribute| format!("{}={:?}", attribute.key, attribute.value.to_string()))
        .collect::<Vec<_>>();
    if shown.is_empty() {
        return String::new();
    }
    format!(" {{{}}}", shown.join(", "))
}
