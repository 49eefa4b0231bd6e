//! The span of a request, from its start to the end of the response.

use std::mem;
use std::rc::Rc;
use std::sync::Arc;

use http::{HeaderMap, Method, StatusCode};
use opentelemetry::global::BoxedSpan;
use opentelemetry::trace::{
    Span, SpanBuilder, SpanId, SpanKind, SpanRef, TraceContextExt, TraceId, Tracer,
};
use opentelemetry::{Context, global};

use super::grpc::{self, Methods, Status};
use super::protocol::Protocol;
use super::request::Request;
use super::secrets::Secrets;
use super::side::Side;
use crate::attributes::Sink;
use crate::attributes::ValueRef;
use crate::body::call;
use crate::outcome::Failure;
use crate::outcome::exception;
use crate::site::scope;
use crate::span::by_api;

/// The span of a request, which ends when the response is complete. If this is dropped earlier, the
/// span ends as cancelled, unless a client has only left the rest of a response unread.
#[derive(Debug)]
pub(crate) struct Exchange {
    context: Context,
    /// The id of the span above, which is invalid if there is none.
    parent: SpanId,
    side: Side,
    protocol: Protocol,
    /// `true` for the method `HEAD`, whose responses have no body.
    is_head: bool,
    /// `true` if the gRPC status is still to come, in the trailers.
    awaits_status: bool,
    progress: Progress,
    secrets: Secrets,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Asked,
    Answered,
    Over,
}

impl Exchange {
    pub(crate) fn start(
        side: Side,
        request: Request<'_>,
        methods: Option<&Arc<Methods>>,
        parent: &Context,
    ) -> Exchange {
        let (protocol, name, attributes) = Protocol::of(side, &request, methods);
        let builder = SpanBuilder {
            span_kind: Some(match side {
                Side::Server => SpanKind::Server,
                Side::Client => SpanKind::Client,
            }),
            name: name.into(),
            attributes: Some(attributes),
            ..SpanBuilder::default()
        };
        let span = global::tracer_with_scope(scope::own()).build_with_context(builder, parent);
        Exchange {
            context: with(span, parent),
            parent: parent.span().span_context().span_id(),
            side,
            protocol,
            is_head: *request.method == Method::HEAD,
            awaits_status: false,
            progress: Progress::Asked,
            secrets: request.secrets,
        }
    }

    /// Runs foreign code for a request while its span is current. A panic ends the span and goes
    /// on.
    pub(crate) fn watch<R>(exchange: &mut Option<Exchange>, f: impl FnOnce() -> R) -> R {
        let context = exchange.as_ref().map(|exchange| exchange.context.clone());
        call::run_in(context, f, |payload| {
            if let Some(exchange) = exchange.take() {
                exchange.failed(Failure::panic(Some(payload)));
            }
        })
    }

    /// Returns the id of the trace that the request belongs to, if there is one.
    pub(crate) fn trace_id(&self) -> Option<TraceId> {
        let span = self.context.span();
        let span = span.span_context();
        span.is_valid().then(|| span.trace_id())
    }

    /// Records the head of the response. Returns the exchange if a body follows, and otherwise ends
    /// its span.
    pub(crate) fn answered(
        mut self,
        status: StatusCode,
        headers: &HeaderMap,
        has_body: bool,
    ) -> Option<Exchange> {
        self.progress = Progress::Answered;
        self.settle(Some(headers));
        match self.protocol {
            Protocol::Grpc => self.grpc_answered(status, headers),
            _ => self.status(status),
        }
        if self.is_head || !has_body {
            self.end();
            return None;
        }
        Some(self)
    }

    /// Decides which protocol is spoken, if the request only claims to be gRPC. `answer` holds the
    /// headers of the response, if there is one.
    fn settle(&mut self, answer: Option<&HeaderMap>) {
        self.protocol = match mem::replace(&mut self.protocol, Protocol::Http) {
            Protocol::Claimed(claim) => claim.settled(answer, &self.context.span()),
            known => known,
        };
    }

    fn grpc_answered(&mut self, status: StatusCode, headers: &HeaderMap) {
        self.awaits_status = true;
        self.trailers(headers);
        if self.awaits_status && !(status == StatusCode::OK && grpc::is_grpc(headers)) {
            self.grpc_status(Status::of_http(status));
        }
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

    /// Records the gRPC status, if it is still to come and these headers have it. It is in the
    /// trailers or, without a body, in the head of the response.
    pub(crate) fn trailers(&mut self, trailers: &HeaderMap) {
        if self.awaits_status
            && let Some(status) = Status::of(trailers)
        {
            self.grpc_status(status);
        }
    }

    fn grpc_status(&mut self, status: Status) {
        self.awaits_status = false;
        let mut span = self.context.span();
        let name = ValueRef::Str(status.name());
        span.set("rpc.response.status_code".into(), name);
        if status.is_error(self.side) {
            set_error(&mut span, status.name());
        }
    }

    /// Records the failure, and ends the span of a request without a complete response.
    pub(crate) fn failed(mut self, failure: Failure<'_>) {
        self.settle(None);
        let mut span = self.context.span();
        if span.is_recording() {
            let secrets = mem::take(&mut self.secrets);
            let shown_by = Rc::new(move |text: &str| secrets.removed(text).into_owned());
            let failure = failure.with_shown_by(shown_by);
            exception::fail(&mut span, Some(self.parent), &failure);
        }
        self.finish();
    }

    /// Ends the span of a request whose response has ended.
    pub(crate) fn end(mut self) {
        if self.awaits_status {
            // The response was cut off before its trailers.
            self.grpc_status(Status::of_http(StatusCode::OK));
        }
        self.finish();
    }

    fn finish(mut self) {
        self.progress = Progress::Over;
        self.context.span().end();
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if self.progress == Progress::Over {
            return;
        }
        self.settle(None);
        let mut span = self.context.span();
        // A client may leave the rest of a response unread.
        if self.side == Side::Server || self.progress == Progress::Asked {
            span.set("traced.cancelled".into(), ValueRef::Bool(true));
        }
        span.end();
    }
}

/// Returns `parent` with the span. If the span records nothing, the context still has the ids and
/// the flags that spans below it and the next service need: those of the span or, if the provider
/// gave it none, those of the span above.
fn with(span: BoxedSpan, parent: &Context) -> Context {
    if span.is_recording() {
        return below(parent, span);
    }
    by_api::unrecorded(span.span_context(), parent).unwrap_or_else(|| {
        let above = parent.span().span_context().clone();
        parent.with_remote_span_context(above)
    })
}

fn below(parent: &Context, span: BoxedSpan) -> Context {
    let context = parent.with_span(span);
    #[cfg(feature = "root")]
    let context = crate::span::root::with_root(context, parent);
    context
}

/// Records an error for which there is a code and no message.
fn set_error(span: &mut SpanRef<'_>, code: &str) {
    span.set("error.type".into(), ValueRef::Str(code));
    span.fail("");
}
