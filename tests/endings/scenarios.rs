//! The scenarios: what is done on a thread, and when it ends.

use std::convert::Infallible;
use std::future::{Future, pending, ready};
use std::mem;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use futures_util::Stream;
use futures_util::stream::{self, StreamExt};
use http::{Request, Response};
use http_body::{Body, Frame};
use opentelemetry::global::BoxedTracer;
use opentelemetry::trace::{Span as _, TraceContextExt, Tracer as _};
use tower_layer::Layer;
use tower_service::Service;
use traced::context::{call_in_current_context, in_current_context};
use traced::{span, traced};

use crate::{at_the_end, leave_behind};

pub(crate) const ALL: [(&str, fn()); 16] = [
    ("a future dropped", future_dropped),
    ("a future polled", future_polled),
    ("a returned future", returned_future),
    ("a stream polled and dropped", stream_polled_and_dropped),
    ("a block", block),
    ("a future in a context", future_in_context),
    ("a closure in a context", closure_in_context),
    ("a layer's future dropped", layer_dropped),
    ("a layer's future and body polled", layer_polled),
    ("the first call of a thread", first_call),
    ("a span changed", span_changed),
    ("a span ended and its future dropped", span_ended),
    ("a span of the API dropped", api_span_dropped),
    ("spans of the API made", api_spans_made),
    ("a future left behind", future_left_behind),
    ("a span ended after its thread", span_left_behind),
];

#[traced]
fn call() {
    traced::set_attribute("n", 7);
    traced::add_event("called");
    assert_eq!(traced::baggage::get("tenant"), None);
    traced::propagation::inject(&mut std::collections::HashMap::new());
}

#[traced]
async fn waits() {
    pending::<()>().await;
}

#[traced]
async fn yields() {
    let mut is_first = true;
    std::future::poll_fn(|_| {
        if std::mem::take(&mut is_first) {
            Poll::Pending
        } else {
            call();
            Poll::Ready(())
        }
    })
    .await;
}

#[traced]
fn returned() -> impl Future<Output = ()> {
    yields()
}

#[traced]
fn items() -> impl Stream<Item = u8> {
    stream::iter([1, 2, 3])
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls the future once now. At the end of the thread, it is polled again, or only dropped.
fn across(future: impl Future<Output = ()> + 'static, is_polled: bool) {
    let mut future = Box::pin(future);
    assert!(poll(future.as_mut()).is_pending());
    at_the_end(move || {
        if is_polled {
            assert!(poll(future.as_mut()).is_ready());
        }
    });
}

fn future_dropped() {
    across(waits(), false);
}

pub(crate) fn future_polled() {
    across(yields(), true);
}

fn returned_future() {
    across(returned(), true);
}

fn block() {
    across(span!("block" => async { yields().await }), true);
}

fn future_in_context() {
    across(in_current_context(yields()), true);
}

fn stream_polled_and_dropped() {
    let mut items = Box::pin(items());
    assert_eq!(poll(pin!(items.next())), Poll::Ready(Some(1)));
    at_the_end(move || assert_eq!(poll(pin!(items.next())), Poll::Ready(Some(2))));
}

fn closure_in_context() {
    call();
    at_the_end(call_in_current_context(call));
}

/// A service that responds at the second poll, with an empty body of unknown length.
#[derive(Clone)]
struct Answers;

impl Service<Request<()>> for Answers {
    type Response = Response<Empty>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Empty>, Infallible>>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        Box::pin(async {
            yields().await;
            ready(Ok(Response::new(Empty))).await
        })
    }
}

struct Empty;

impl Body for Empty {
    type Data = &'static [u8];
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<&'static [u8]>, Infallible>>> {
        Poll::Ready(None)
    }
}

fn layered() -> impl Future<Output = Result<Response<impl Body>, Infallible>> {
    traced::tower::server()
        .layer(Answers)
        .call(Request::new(()))
}

fn layer_dropped() {
    across(async { drop(layered().await) }, false);
}

fn layer_polled() {
    across(
        async {
            let Ok(answer) = layered().await;
            let mut body = pin!(answer.into_body());
            let frame = std::future::poll_fn(|task| body.as_mut().poll_frame(task)).await;
            assert!(frame.is_none());
        },
        true,
    );
}

fn first_call() {
    at_the_end(|| {
        call();
        assert_eq!(poll(pin!(async { call() })), Poll::Ready(()));
    });
}

/// Returns a future that was polled once, and the context of its span.
fn waiting() -> (
    Pin<Box<dyn Future<Output = ()> + Send>>,
    opentelemetry::Context,
) {
    let context = Arc::<Mutex<opentelemetry::Context>>::default();
    let mut future = Box::pin(leaves_context(Arc::clone(&context)));
    assert!(poll(future.as_mut()).is_pending());
    let context = mem::take(&mut *context.lock().expect("no panic"));
    (future, context)
}

#[traced]
async fn leaves_context(place: Arc<Mutex<opentelemetry::Context>>) {
    *place.lock().expect("no panic") = opentelemetry::Context::current();
    drop(place);
    yields().await;
}

fn span_changed() {
    let (future, context) = waiting();
    at_the_end(move || {
        context.span().update_name("changed");
        drop(future);
    });
}

fn span_ended() {
    let (future, context) = waiting();
    at_the_end(move || {
        context.span().update_name("ended");
        context.span().end();
        context.span().update_name("too late");
        drop(future);
    });
}

fn tracer() -> BoxedTracer {
    opentelemetry::global::tracer("t")
}

fn api_span_dropped() {
    let span = tracer().start_with_context("api", &opentelemetry::Context::new());
    at_the_end(move || drop(span));
}

fn api_spans_made() {
    let tracer = tracer();
    call();
    at_the_end(move || {
        // `start` would ask for the current context, which may be gone.
        let context = opentelemetry::Context::new();
        let mut span = tracer.start_with_context("api", &context);
        span.add_event("made", Vec::new());
        span.update_name("made");
        let context = context.with_span(span);
        drop(tracer.start_with_context("below", &context));
        context.span().end();
    });
}

fn future_left_behind() {
    let (mut future, _) = waiting();
    leave_behind(move || assert!(poll(future.as_mut()).is_ready()));
}

fn span_left_behind() {
    let (future, context) = waiting();
    at_the_end(move || context.span().update_name("changed"));
    leave_behind(move || drop(future));
}
