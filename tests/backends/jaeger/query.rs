//! Reads traces from Jaeger's query API.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::picture::{Attributes, Event, KINDS, Link, Span, status};

/// The spans that Jaeger has of a service.
pub(crate) struct Received {
    pub(crate) spans: Vec<Span>,
    /// The resource, sorted by key. It is the same for all spans.
    pub(crate) resource: Attributes,
}

/// Returns the spans of a service as soon as Jaeger has `count` of them. It takes a moment to store
/// them.
pub(crate) fn received(service: &str, count: usize) -> Received {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let received = look(service);
        let found = received.as_ref().map_or(0, |received| received.spans.len());
        match received {
            Some(received) if found >= count => {
                assert_eq!(found, count, "more spans than were recorded");
                return received;
            }
            _ => assert!(
                Instant::now() < deadline,
                "{found} of {count} spans of {service}"
            ),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Returns the spans that Jaeger has of a service now.
pub(crate) fn look(service: &str) -> Option<Received> {
    let service = service.replace(' ', "%20").replace('/', "%2F");
    let found = get(&format!("/api/traces?limit=1000&service={service}"))?;
    let mut spans = Vec::new();
    let mut resources = Vec::new();
    for trace in found["data"].as_array()? {
        let trace = get(&format!("/api/v3/traces/{}", trace["traceID"].as_str()?))?;
        for resource in list(&trace["result"]["resourceSpans"]) {
            resources.push(attributes(&resource["resource"]["attributes"]));
            for scope in list(&resource["scopeSpans"]) {
                let name = scope_name(&scope["scope"]);
                spans.extend(list(&scope["spans"]).iter().map(|json| span(json, &name)));
            }
        }
    }
    resources.dedup();
    assert!(
        resources.len() <= 1,
        "one process, {} resources",
        resources.len()
    );
    let resource = resources.pop()?;
    Some(Received { spans, resource })
}

/// Returns the JSON of Jaeger's response, or `None` while it has nothing.
fn get(path: &str) -> Option<Value> {
    let address = std::env::var("JAEGER_QUERY").expect("checked before");
    let mut connection = TcpStream::connect(&address).expect("Jaeger listens");
    let timeout = Some(Duration::from_secs(10));
    connection.set_read_timeout(timeout).expect("a timeout");
    write!(connection, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").expect("a request");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("HTTP");
    head.contains(" 200 ")
        .then(|| serde_json::from_str(body).expect("JSON"))
}

fn span(json: &Value, scope: &str) -> Span {
    let flags = json["flags"].as_u64().unwrap_or_default();
    assert_eq!(flags & 1, 1, "only sampled spans are sent");
    let code = json["status"]["code"].as_u64().unwrap_or_default();
    let kind = json["kind"]
        .as_u64()
        .and_then(|kind| usize::try_from(kind).ok());
    let events = list(&json["events"]).iter().map(|event| Event {
        name: text(&event["name"]),
        time: nanoseconds(&event["timeUnixNano"]),
        attributes: attributes(&event["attributes"]),
    });
    let links = list(&json["links"]).iter().map(|link| Link {
        trace: text(&link["traceId"]),
        id: text(&link["spanId"]),
        attributes: attributes(&link["attributes"]),
    });
    Span {
        trace: text(&json["traceId"]),
        id: text(&json["spanId"]),
        parent: text(&json["parentSpanId"]),
        scope: scope.to_owned(),
        name: text(&json["name"]),
        kind: KINDS[kind.unwrap_or(0)],
        status: status(code, &text(&json["status"]["message"])),
        start: nanoseconds(&json["startTimeUnixNano"]),
        end: nanoseconds(&json["endTimeUnixNano"]),
        attributes: attributes(&json["attributes"]),
        events: events.collect(),
        links: links.collect(),
    }
}

fn scope_name(scope: &Value) -> String {
    format!("{} {}", text(&scope["name"]), text(&scope["version"]))
}

fn list(json: &Value) -> &[Value] {
    json.as_array().map_or(&[], Vec::as_slice)
}

fn text(json: &Value) -> String {
    json.as_str().unwrap_or_default().to_owned()
}

fn nanoseconds(json: &Value) -> u128 {
    text(json).parse().expect("nanoseconds")
}

fn attributes(json: &Value) -> Attributes {
    let attributes = list(json).iter();
    let mut attributes: Attributes = attributes
        .map(|attribute| (text(&attribute["key"]), value(&attribute["value"])))
        .collect();
    attributes.sort();
    attributes
}

/// Returns a value as text that shows its type in OTLP.
fn value(json: &Value) -> String {
    let (kind, value) = json
        .as_object()
        .and_then(|json| json.iter().next())
        .expect("a value");
    match kind.as_str() {
        "stringValue" => format!("{:?}", text(value)),
        "intValue" => text(value),
        "doubleValue" => format!("{:?}", value.as_f64().expect("a number")),
        "arrayValue" => {
            let values: Vec<String> = list(&value["values"]).iter().map(self::value).collect();
            format!("[{}]", values.join(", "))
        }
        _ => value.to_string(),
    }
}
