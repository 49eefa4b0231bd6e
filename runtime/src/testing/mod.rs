//! Captures the traces of a test, and asserts them as text, while other tests run in parallel.
//!
//! A [`Capture`] is an entry in the OpenTelemetry [`Context`]. It contains everything that is
//! recorded below that context, including new roots, on every thread that the context is carried
//! to. It also works after `traced::init` and with other tracer providers, which it replaces: spans
//! outside of any capture go nowhere.
//!
//! Of a span that has not ended, only the name is shown. The span of an HTTP or gRPC request
//! (`traced::tower`, `traced::reqwest`) ends with the body of its response. Read the body to its
//! end, or drop it, before you look.
//!
//! # Example
//!
//! ```
//! use traced::testing::Capture;
//! use traced::traced;
//!
//! #[traced(attributes(order.id = id))]
//! fn process_order(id: u64) -> Result<(), String> {
//!     charge(id)
//! }
//!
//! #[traced(kind = client)]
//! fn charge(_id: u64) -> Result<(), String> {
//!     Err("card declined".to_owned())
//! }
//!
//! let capture = Capture::new();
//! let _ = capture.run(|| process_order(7));
//! assert_eq!(
//!     capture.tree(),
//!     r#"
//! process_order error "card declined" {order.id=7, error.type="alloc::string::String"}
//!   charge [client] error "card declined" {error.type="alloc::string::String"}
//!     ! exception {exception.type="alloc::string::String", exception.message="card declined"}
//! "#
//! );
//! ```

mod render;
mod router;
mod tree;

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use opentelemetry::context::FutureExt;
use opentelemetry::trace::{Span as _, SpanId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    Sampler, SdkTracerProvider, ShouldSample, Span, SpanData, SpanProcessor,
};

pub use tree::Tree;

use crate::{ambient, site};

/// Captures the spans of one test.
#[derive(Clone, Debug)]
pub struct Capture {
    provider: SdkTracerProvider,
    record: Record,
}

impl Capture {
    /// Creates a capture that records everything.
    ///
    /// This installs the tracer provider that serves all captures, unless that is OpenTelemetry's
    /// global one already.
    #[must_use]
    pub fn new() -> Capture {
        Capture::with_sampler(Sampler::AlwaysOn)
    }

    /// Creates a capture that records what `sampler` samples.
    #[must_use]
    pub fn with_sampler(sampler: impl ShouldSample + 'static) -> Capture {
        router::install(provider_in);
        let record = Record::default();
        let provider = SdkTracerProvider::builder()
            .with_sampler(sampler)
            .with_span_processor(record.clone())
            .build();
        Capture { provider, record }
    }

    /// Runs `f` with its spans captured.
    pub fn run<R>(&self, f: impl FnOnce() -> R) -> R {
        let _attached = ambient::attach(&self.context());
        f()
    }

    /// Runs `future` with its spans captured.
    pub fn run_async<F: Future>(&self, future: F) -> impl Future<Output = F::Output> {
        future.with_context(self.context())
    }

    /// Returns the current context with this capture in it, for threads and tasks.
    #[must_use]
    pub fn context(&self) -> Context {
        // Another provider may have been set since.
        router::install(provider_in);
        // A thread that has had no span yet, since it was outside of captures, would otherwise ask
        // again only now and then.
        site::ask_again();
        Context::current_with_value(self.clone())
    }

    /// Returns the spans that have ended, in the order in which they started. An attribute that was
    /// set again has its last value, as `traced::sdk` exports it.
    #[must_use]
    pub fn spans(&self) -> Vec<SpanData> {
        let spans = self.record.lock();
        let ids = spans.started.iter().map(|(id, _)| *id);
        let order: HashMap<SpanId, usize> = ids.zip(0..).collect();
        let mut ended = spans.ended.clone();
        ended.sort_by_key(|span| order.get(&span.span_context.span_id()).copied());
        for span in &mut ended {
            forget_replaced(&mut span.attributes);
        }
        ended
    }

    /// Returns the traces as text, with one line for each span, event and link. The text starts and
    /// ends with a line break.
    ///
    /// Ids, times and the `code.*` attributes are left out. Spans that have not ended are listed
    /// last.
    #[must_use]
    pub fn tree(&self) -> Tree {
        Tree(render::render(&self.spans(), &self.unended()))
    }

    fn unended(&self) -> Vec<String> {
        let spans = self.record.lock();
        let ids = spans.ended.iter().map(|span| span.span_context.span_id());
        let ended: HashSet<SpanId> = ids.collect();
        let open = spans.started.iter().filter(|(id, _)| !ended.contains(id));
        open.map(|(_, name)| name.clone()).collect()
    }
}

/// Returns the provider of the capture in a context, if there is one.
fn provider_in(context: &Context) -> Option<SdkTracerProvider> {
    Some(context.get::<Capture>()?.provider.clone())
}

/// Removes repeated keys. The last value of a key is kept, at the position of the first.
fn forget_replaced(attributes: &mut Vec<KeyValue>) {
    let mut kept: Vec<KeyValue> = Vec::with_capacity(attributes.len());
    for attribute in attributes.drain(..) {
        match kept.iter_mut().find(|known| known.key == attribute.key) {
            Some(known) => known.value = attribute.value,
            None => kept.push(attribute),
        }
    }
    *attributes = kept;
}

impl Default for Capture {
    fn default() -> Self {
        Capture::new()
    }
}

/// The span processor of a capture, which keeps all of its spans.
#[derive(Clone, Debug, Default)]
struct Record(Arc<Mutex<Spans>>);

#[derive(Debug, Default)]
struct Spans {
    started: Vec<(SpanId, String)>,
    ended: Vec<SpanData>,
}

impl Record {
    fn lock(&self) -> MutexGuard<'_, Spans> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SpanProcessor for Record {
    fn on_start(&self, span: &mut Span, _context: &Context) {
        let name = span.exported_data().map(|data| data.name.into_owned());
        let id = span.span_context().span_id();
        self.lock().started.push((id, name.unwrap_or_default()));
    }

    fn on_end(&self, span: SpanData) {
        self.lock().ended.push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}
