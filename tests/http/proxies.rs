//! Tests of what proxies report about the client, and of addresses.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::{Request, Response};
use tower::{Layer, ServiceExt, service_fn};
use traced::testing::Capture;
use traced::tower::{ServerLayer, server};

async fn nothing(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}

/// Returns the scheme, port and client in the span of a request with these headers.
async fn seen_by(layer: ServerLayer, headers: &[(&str, &str)]) -> String {
    let capture = Capture::new();
    let request = Request::get("/").header("host", "h");
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    let call = layer.layer(service_fn(nothing));
    let call = call.oneshot(request.body(Body::empty()).expect("a request"));
    capture.run_async(call).await.expect("an answer");
    let spans = capture.spans();
    let value = |key| {
        let mut attributes = spans[0].attributes.iter();
        let found = attributes.find(|attribute| attribute.key.as_str() == key);
        found.map_or("-".to_owned(), |found| found.value.to_string())
    };
    ["url.scheme", "server.port", "client.address"]
        .map(value)
        .join(" ")
}

#[tokio::test]
async fn a_scheme_and_a_client_are_what_the_first_proxy_saw() {
    for (headers, seen) in [
        (&[][..], "http - -"),
        (&[("x-forwarded-proto", "https")], "https 443 -"),
        (&[("x-forwarded-proto", "HTTPS, http")], "https 443 -"),
        (
            &[("x-forwarded-for", "192.0.2.43, 10.0.0.1")],
            "http - 192.0.2.43",
        ),
        (
            &[("x-forwarded-for", "192.0.2.43:4711")],
            "http - 192.0.2.43",
        ),
        (
            &[("x-forwarded-for", "2001:db8::17")],
            "http - 2001:db8::17",
        ),
        (
            &[("x-forwarded-for", "[2001:db8::17]:4711")],
            "http - 2001:db8::17",
        ),
        (
            &[("forwarded", "for=192.0.2.43;proto=http;by=10.0.0.1")],
            "http 80 192.0.2.43",
        ),
        (
            &[(
                "forwarded",
                "By=x; PROTO=https; For=\"[2001:db8::17]:4711\", for=10.0.0.1;proto=http",
            )],
            "https 443 2001:db8::17",
        ),
        (
            &[("forwarded", "for=\"[2001:db8::17]\"")],
            "http - 2001:db8::17",
        ),
        (
            &[
                ("forwarded", "proto=https"),
                ("x-forwarded-proto", "http"),
                ("x-forwarded-for", "192.0.2.43"),
            ],
            "https 443 192.0.2.43",
        ),
    ] {
        let layer = server().with_forwarded_headers();
        assert_eq!(seen_by(layer, headers).await, seen, "{headers:?}");
    }
}

#[tokio::test]
async fn what_is_no_scheme_and_no_address_is_not_recorded() {
    let long = "x".repeat(100_000);
    for value in [
        "", ",", ";", "unknown", "_hidden", "ftp", "\"", "[", "[]:1", "1.2.3", "h:80", "\u{7f}",
        "\u{e9}", &long,
    ] {
        for headers in [
            &[("x-forwarded-proto", value), ("x-forwarded-for", value)][..],
            &[("forwarded", value)],
            &[("forwarded", &format!("for={value};proto={value}"))],
            &[("forwarded", &format!("for=\"{value}\";proto=\"{value}\""))],
        ] {
            let bytes: Vec<_> = headers
                .iter()
                .filter(|(_, value)| !value.contains('\u{7f}'))
                .copied()
                .collect();
            let layer = server().with_forwarded_headers();
            assert_eq!(seen_by(layer, &bytes).await, "http - -", "{headers:?}");
        }
    }
}

#[tokio::test]
async fn who_trusts_no_proxy_records_nothing_of_it() {
    let headers = [
        ("forwarded", "for=192.0.2.43;proto=https"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "192.0.2.43"),
    ];
    assert_eq!(seen_by(server(), &headers).await, "http - -");
}

#[tokio::test]
async fn an_address_of_ipv6_is_recorded_without_its_brackets() {
    let capture = Capture::new();
    let service = server().layer(traced::tower::client().layer(service_fn(nothing)));
    let request = Request::get("http://[2001:db8::17]:8080/x").body(Body::empty());
    let call = service.oneshot(request.expect("a request"));
    capture.run_async(call).await.expect("an answer");
    let tree = capture.tree();
    let address = r#"server.address="2001:db8::17", server.port=8080"#;
    assert_eq!(tree.matches(address).count(), 2, "{tree}");
    assert!(
        tree.contains(r#"url.full="http://[2001:db8::17]:8080/x""#),
        "{tree}"
    );
}
