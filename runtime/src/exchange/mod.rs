//! A request and its answer as a span, by the semantic conventions for
//! [HTTP](https://opentelemetry.io/docs/specs/semconv/http/http-spans/) and
//! [gRPC](https://opentelemetry.io/docs/specs/semconv/rpc/grpc/).

mod body;
mod grpc;
mod request;

use std::any::Any;

use http::{HeaderMap, Method, StatusCode};
use opentelemetry::global::BoxedSpan;
use opentelemetry::trace::{Span, SpanBuilder, SpanId, SpanKind, SpanRef, TraceContextExt, Tracer};
use opentelemetry::{Context, InstrumentationScope, global};

pub use body::Body;
pub(crate) use request::Request;

use crate::ambient::{self, Attached};
use crate::attributes::Sink;
use crate::exception;
use crate::failure::Failure;
use crate::span::{is_no_answer, keep_random};
use crate::value::ValueRef;

/// Which end of the line this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Server,
    Client,
}

/// The span of a request, which ends when the answer is over; when this is dropped before, it was cancelled.
#[derive(Debug)]
pub(crate) struct Exchange {
    context: Context,
    /// The span above.
    parent: SpanId,
    side: Side,
    is_grpc: bool,
    /// Whether the answer's body is never sent.
    is_head: bool,
    progress: Progress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Asked,
    Answered,
    Over,
}

impl Exchange {
    pub(crate) fn start(side: Side, request: &Request<'_>, parent: &Context) -> Exchange {
        let builder = SpanBuilder {
            span_kind: Some(match side {
                Side::Server => SpanKind::Server,
                Side::Client => SpanKind::Client,
            }),
            name: request.span_name().into(),
            attributes: Some(request.attributes(side)),
            ..SpanBuilder::default()
        };
        let span = global::tracer_with_scope(scope()).build_with_context(builder, parent);
        Exchange {
            context: with(span, parent),
            parent: parent.span().span_context().span_id(),
            side,
            is_grpc: request.is_grpc(),
            is_head: *request.method == Method::HEAD,
            progress: Progress::Asked,
        }
    }

    /// Makes the span current until the guard is dropped.
    pub(crate) fn attach(&self) -> Attached {
        ambient::attach(&self.context)
    }

    /// The context with the span.
    #[cfg(feature = "reqwest")]
    pub(crate) fn context(&self) -> Context {
        self.context.clone()
    }

    /// The head of the answer is there; what is left of the exchange, if its body is awaited.
    pub(crate) fn answered<B: http_body::Body>(
        mut self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &B,
    ) -> Option<Exchange> {
        self.progress = Progress::Answered;
        if self.is_grpc {
            self.trailers(headers);
        } else {
            self.status(status);
        }
        if self.is_head || body.is_end_stream() {
            self.end();
            return None;
        }
        Some(self)
    }

    fn status(&self, status: StatusCode) {
        let mut span = self.context.span();
        let code = i64::from(status.as_u16());
        span.set("http.response.status_code".into(), ValueRef::I64(code));
        let is_client_error = self.side == Side::Client && status.is_client_error();
        if status.is_server_error() || is_client_error {
            set_error(&mut span, status.as_str());
        }
    }

    /// What a gRPC server says last, in the trailers or, without a body, in the headers.
    pub(crate) fn trailers(&self, trailers: &HeaderMap) {
        let Some(status) = self.is_grpc.then(|| grpc::status(trailers)).flatten() else {
            return;
        };
        let mut span = self.context.span();
        span.set(
            "rpc.response.status_code".into(),
            ValueRef::Str(status.name),
        );
        if status.is_error(self.side) {
            set_error(&mut span, status.name);
        }
    }

    /// There is no answer, or no whole one.
    pub(crate) fn failed(self, failure: &Failure<'_>) {
        let mut span = self.context.span();
        if span.is_recording() {
            let own = span.span_context().clone();
            exception::fail(&mut span, &own, self.parent, failure);
        }
        self.end();
    }

    pub(crate) fn panicked(self, payload: &(dyn Any + Send)) {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let message = text.or_else(|| payload.downcast_ref::<&str>().copied());
        self.failed(&Failure::panic(message.as_ref()));
    }

    /// The answer is over.
    pub(crate) fn end(mut self) {
        self.progress = Progress::Over;
        self.context.span().end();
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if self.progress == Progress::Over {
            return;
        }
        let mut span = self.context.span();
        // A client may leave the rest of an answer unread.
        if self.side == Side::Server || self.progress == Progress::Asked {
            span.set("traced.cancelled".into(), ValueRef::Bool(true));
        }
        span.end();
    }
}

/// The context with the span, or with what those below and the next service must know where it records nothing.
fn with(span: BoxedSpan, parent: &Context) -> Context {
    let above = parent.span().span_context().clone();
    match span.span_context() {
        _ if span.is_recording() => parent.with_span(span),
        answer if is_no_answer(answer, above.span_id()) => parent.with_remote_span_context(above),
        answer => parent.with_remote_span_context(keep_random(answer, parent)),
    }
}

/// An error that the answer's code tells of, and that has no other text.
fn set_error(span: &mut SpanRef<'_>, code: &str) {
    span.set("error.type".into(), ValueRef::Str(code));
    span.fail("");
}

fn scope() -> InstrumentationScope {
    InstrumentationScope::builder("traced")
        .with_version(env!("CARGO_PKG_VERSION"))
        .build()
}
