//! Functions that continue the headers that were received, and call another service. With tracing
//! off, that service gets the same headers.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use futures::{Stream, StreamExt};
use traced::propagation::inject;
use traced::{span, traced};

use traced_tests::block_on_spinning;

type Headers = BTreeMap<String, String>;

/// The headers that were received.
const CAME_IN: [(&str, &str); 3] = [
    ("baggage", "tenant=acme"),
    (
        "traceparent",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03",
    ),
    ("tracestate", "vendor=1,other=2"),
];

fn came_in() -> Headers {
    Headers::from(CAME_IN.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

fn sent() -> Headers {
    let mut headers = Headers::new();
    inject(&mut headers);
    headers
}

#[traced]
fn plain() -> Headers {
    sent()
}

#[traced(parent = headers)]
fn sync(headers: &Headers) -> Headers {
    plain()
}

#[traced(name = "all".to_owned(), kind = server, parent = headers, links = [headers], attributes(n), ok)]
fn with_all_options(headers: &Headers, n: u8) -> Result<Headers, String> {
    Ok(sent())
}

#[traced(parent = headers)]
async fn asynchronous(headers: &Headers) -> Headers {
    tokio::task::yield_now().await;
    plain()
}

#[traced(parent = headers)]
fn returned_future(headers: &Headers) -> impl Future<Output = Headers> + use<> {
    async { sent() }
}

#[traced(parent = headers)]
fn boxed_future(headers: &Headers) -> Pin<Box<dyn Future<Output = Headers> + Send>> {
    Box::pin(async { sent() })
}

#[traced(parent = headers)]
fn stream(headers: &Headers) -> impl Stream<Item = Headers> + use<> {
    futures::stream::iter([()]).map(|()| sent())
}

#[traced(parent = headers)]
fn in_place(headers: &Headers) -> impl Into<Headers> + use<> {
    sent()
}

#[traced(parent = headers)]
fn below_it(headers: &Headers, f: fn() -> Headers) -> Headers {
    f()
}

#[traced(links = [came_in()])]
fn links() -> Headers {
    sent()
}

#[traced(current, attributes(n = 7))]
fn current() -> Headers {
    sent()
}

#[traced(root)]
fn root() -> Headers {
    sent()
}

/// Returns what each function sends.
fn all(came_in: &Headers) -> Vec<(&'static str, Headers)> {
    let block = span!("block", parent = came_in => { sent() });
    let async_block = span!("block", parent = came_in => async { sent() });
    vec![
        ("sync", sync(came_in)),
        (
            "all options",
            with_all_options(came_in, 7).unwrap_or_default(),
        ),
        ("async", block_on_spinning(asynchronous(came_in))),
        ("future", block_on_spinning(returned_future(came_in))),
        ("boxed", block_on_spinning(boxed_future(came_in))),
        ("stream", block_on_spinning(stream(came_in).concat())),
        ("in place", in_place(came_in).into()),
        ("block", block),
        ("async block", block_on_spinning(async_block)),
        ("links", below_it(came_in, links)),
        ("current", below_it(came_in, current)),
        ("root", below_it(came_in, root)),
        ("outside", sent()),
    ]
}

/// Prints what each function sends, or `unchanged` if that is what was received.
pub fn print() {
    let came_in = came_in();
    for (name, sent) in all(&came_in) {
        if sent == came_in {
            println!("{name}: unchanged");
        } else {
            println!("{name}: {sent:?}");
        }
    }
}
