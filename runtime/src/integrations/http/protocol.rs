//! The protocol that a request speaks.

use std::sync::Arc;

use http::HeaderMap;
use opentelemetry::KeyValue;
use opentelemetry::trace::SpanRef;

use super::grpc::{self, Methods, Status};
use super::request::{Request, cut, text};
use super::side::Side;

/// The protocol of a request.
#[derive(Debug)]
pub(super) enum Protocol {
    Http,
    Grpc,
    /// gRPC, as the caller claims. The service has not answered yet.
    Claimed(Box<Claim>),
}

/// The facts to complete the span with, when the service answers a request that claims to be gRPC.
#[derive(Debug)]
pub(super) struct Claim {
    path: String,
    /// The attributes to record if the service does not speak gRPC.
    http: Vec<KeyValue>,
    methods: Arc<Methods>,
}

impl Protocol {
    /// Returns the protocol of a request, and the name and attributes of its span as far as they
    /// are known at the start.
    ///
    /// `methods` are those that a server is known to have. For a client it is `None`, since the
    /// client knows what it calls.
    pub(super) fn of(
        side: Side,
        request: &Request<'_>,
        methods: Option<&Arc<Methods>>,
    ) -> (Protocol, String, Vec<KeyValue>) {
        let mut attributes = Vec::with_capacity(10);
        let method = grpc::method(request.path);
        let method = method.filter(|method| methods.is_none_or(|methods| methods.has(method)));
        let (protocol, name) = match (method, methods) {
            _ if !grpc::is_grpc(request.headers) => {
                request.http_attributes(side, &mut attributes);
                (Protocol::Http, request.http_name())
            }
            (None, Some(methods)) => {
                let claim = Claim::new(request, methods);
                (Protocol::Claimed(Box::new(claim)), request.http_name())
            }
            (method, _) => {
                attributes.extend(rpc_attributes(method, request.path));
                (Protocol::Grpc, method.unwrap_or(SYSTEM).to_owned())
            }
        };
        request.peer_attributes(side, &mut attributes);
        (protocol, name, attributes)
    }
}

const SYSTEM: &str = "grpc";

/// Returns the attributes that the
/// [conventions](https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/) ask for with a known
/// method, or with an unknown one (`None`).
fn rpc_attributes(method: Option<&str>, path: &str) -> impl Iterator<Item = KeyValue> + use<> {
    let original = cut(path.trim_start_matches('/'));
    let original = method
        .is_none()
        .then(|| text("rpc.method_original", original));
    let system = KeyValue::new("rpc.system.name", SYSTEM);
    let method = text("rpc.method", method.unwrap_or("_OTHER"));
    [system, method].into_iter().chain(original)
}

impl Claim {
    /// Completes the span, and returns the protocol: gRPC if the response has its content type, and
    /// otherwise HTTP, as without a response.
    ///
    /// The path names the span only if the service has such a method, since callers could otherwise
    /// create any number of names.
    pub(super) fn settled(self, answer: Option<&HeaderMap>, span: &SpanRef<'_>) -> Protocol {
        let Some(answer) = answer.filter(|answer| grpc::is_grpc(answer)) else {
            span.set_attributes(self.http);
            return Protocol::Http;
        };
        let is_there = !Status::of(answer).is_some_and(Status::is_unimplemented);
        let method = grpc::method(&self.path).filter(|_| is_there);
        if let Some(method) = method {
            self.methods.add(method);
        }
        span.update_name(method.unwrap_or(SYSTEM).to_owned());
        span.set_attributes(rpc_attributes(method, &self.path));
        Protocol::Grpc
    }

    fn new(request: &Request<'_>, methods: &Arc<Methods>) -> Claim {
        let mut http = Vec::with_capacity(8);
        request.http_attributes(Side::Server, &mut http);
        Claim {
            path: request.path.to_owned(),
            http,
            methods: Arc::clone(methods),
        }
    }
}
