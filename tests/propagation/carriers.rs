//! Tests of each carrier: a trace is sent, continued and linked to. The peculiarities of each are
//! tested too.

use std::collections::{BTreeMap, HashMap};
use std::process::Command;

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};
use opentelemetry::Context;
use opentelemetry::baggage::BaggageExt;
use opentelemetry::trace::TraceContextExt;
use tonic::metadata::MetadataMap;
use traced::Carrier;
use traced::propagation::{CarrierMut, Environment, extract, from_extractor, inject, to_injector};
use traced::testing::Capture;
use traced::traced;

const VALID: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[traced(kind = producer)]
fn send<C: CarrierMut + Default>() -> C {
    let mut headers = C::default();
    let baggage = [opentelemetry::KeyValue::new("tenant", "a=b, c%")];
    let _guard = Context::current_with_baggage(baggage).attach();
    inject(&mut headers);
    headers
}

#[traced(kind = consumer, parent = message)]
fn receive<C: Carrier>(message: &C) -> String {
    let context = Context::current();
    context
        .baggage()
        .get("tenant")
        .map(ToString::to_string)
        .unwrap_or_default()
}

#[traced(kind = consumer, links = batch)]
fn receive_batch<C: Carrier>(batch: &[C]) {}

#[traced]
fn outer(f: impl FnOnce()) {
    f();
}

/// Sends and receives one message, and receives a batch of it and an empty one inside another span.
fn exchange<C: Carrier + CarrierMut + Default>() -> String {
    let capture = Capture::new();
    capture.run(|| {
        let message = send::<C>();
        assert_eq!(receive(&message), "a=b, c%");
        outer(|| receive_batch(&[message, C::default()]));
    });
    capture.tree().into()
}

const TRACES: &str = "
send [producer]
  receive [consumer] (remote parent)
outer
  receive_batch [consumer]
    ~ link to send
";

#[test]
fn string_maps() {
    assert_eq!(exchange::<HashMap<String, String>>(), TRACES);
    assert_eq!(exchange::<BTreeMap<String, String>>(), TRACES);
}

#[test]
fn http() {
    assert_eq!(exchange::<http::HeaderMap>(), TRACES);
}

#[test]
fn tonic() {
    assert_eq!(exchange::<MetadataMap>(), TRACES);
}

#[test]
fn nats() {
    assert_eq!(exchange::<async_nats::HeaderMap>(), TRACES);
}

#[test]
fn lapin() {
    assert_eq!(exchange::<FieldTable>(), TRACES);
    assert_eq!(exchange::<BasicProperties>(), TRACES);
}

#[derive(Default)]
struct Wrapped(HashMap<String, String>);

impl Carrier for Wrapped {
    fn context(&self, current: &Context) -> Option<Context> {
        from_extractor(&self.0).context(current)
    }
}

impl CarrierMut for Wrapped {
    fn set(&mut self, name: &str, value: String) {
        to_injector(&mut self.0).set(name, value);
    }

    fn remove(&mut self, name: &str) {
        to_injector(&mut self.0).remove(name);
    }
}

#[test]
fn any_extractor_and_injector() {
    assert_eq!(exchange::<Wrapped>(), TRACES);
}

/// Returns `true` if these headers hold a context.
fn is_found(headers: &impl Carrier) -> bool {
    extract(headers).span().span_context().is_valid()
}

#[test]
fn names_have_no_case() {
    let (name, value) = ("TraceParent", VALID.to_owned());
    assert!(is_found(&HashMap::from([(name.to_owned(), value.clone())])));
    assert!(is_found(&BTreeMap::from([(
        name.to_owned(),
        value.clone()
    )])));
    let mut nats = async_nats::HeaderMap::new();
    nats.insert(name, value.as_str());
    assert!(is_found(&nats));
    let mut table = FieldTable::default();
    table.insert(name.into(), AMQPValue::LongString(value.into()));
    assert!(is_found(&table));
    assert!(is_found(&BasicProperties::default().with_headers(table)));
}

#[test]
fn a_repeated_traceparent_is_refused() {
    let twice = ["traceparent", "Traceparent"].map(|name| (name.to_owned(), VALID.to_owned()));
    assert!(!is_found(&HashMap::from(twice.clone())));
    let mut nats = async_nats::HeaderMap::new();
    nats.append("traceparent", VALID);
    nats.append("traceparent", VALID);
    assert!(!is_found(&nats));
    let mut metadata = MetadataMap::new();
    metadata.append("traceparent", VALID.parse().unwrap());
    metadata.append("traceparent", VALID.parse().unwrap());
    assert!(!is_found(&metadata));
}

#[test]
fn what_was_there_is_replaced_whatever_its_case() {
    let _guard = extract(&HashMap::from([(
        "traceparent".to_owned(),
        VALID.to_owned(),
    )]))
    .attach();
    let old = |name: &str| (name.to_owned(), "old".to_owned());
    let mut map = HashMap::from(["TRACEPARENT", "TraceState", "other"].map(old));
    inject(&mut map);
    assert_eq!(
        map,
        HashMap::from([old("other"), ("traceparent".to_owned(), VALID.to_owned())])
    );

    let mut nats: async_nats::HeaderMap = ["TraceParent", "other"]
        .map(|name| (name.parse().unwrap(), "old".into()))
        .into_iter()
        .collect();
    inject(&mut nats);
    assert_eq!(
        (nats.len(), nats.get("traceparent").unwrap().as_str()),
        (2, VALID)
    );

    let mut table = FieldTable::default();
    table.insert("TraceParent".into(), AMQPValue::Boolean(true));
    inject(&mut table);
    assert_eq!(table.inner().len(), 1);
    assert!(is_found(&table));
}

#[test]
fn what_is_set_outside_of_a_span_replaces_what_was_there_whatever_its_case() {
    fn replaced<C: Carrier + CarrierMut>(mut headers: C) -> String {
        let baggage = [opentelemetry::KeyValue::new("new", "1")];
        let guard = Context::current_with_baggage(baggage).attach();
        inject(&mut headers);
        drop(guard);
        extract(&headers).baggage().to_string()
    }
    let old = ("Baggage".to_owned(), "old=1".to_owned());
    assert_eq!(replaced(HashMap::from([old.clone()])), "new=1");
    assert_eq!(replaced(BTreeMap::from([old])), "new=1");
    let mut nats = async_nats::HeaderMap::new();
    nats.insert("Baggage", "old=1");
    assert_eq!(replaced(nats), "new=1");
    let mut table = FieldTable::default();
    table.insert("Baggage".into(), AMQPValue::LongString("old=1".into()));
    assert_eq!(
        replaced(BasicProperties::default().with_headers(table.clone())),
        "new=1"
    );
    assert_eq!(replaced(table), "new=1");
}

#[test]
fn what_is_no_text_is_refused() {
    let mut table = FieldTable::default();
    table.insert(
        "traceparent".into(),
        AMQPValue::LongString(vec![0xff; 55].into()),
    );
    assert!(!is_found(&table));
    table.insert("traceparent".into(), AMQPValue::LongUInt(7));
    assert!(!is_found(&table));
    assert!(!is_found(&BasicProperties::default()));
}

#[test]
fn the_environment_of_a_child_process() {
    let test = std::env::current_exe().unwrap();
    let child = || {
        let mut command = Command::new(&test);
        command.args([
            "--exact",
            "carriers::in_a_child_process",
            "--ignored",
            "--nocapture",
        ]);
        command.env("TRACESTATE", "old=1");
        command
    };
    let printed = |command: &mut Command| {
        let output = traced_tests_child::output(command);
        let output = String::from_utf8_lossy(&output.stdout).into_owned();
        output
            .lines()
            .find_map(|line| Some(line.split_once("found ")?.1.to_owned()))
    };
    let _guard = extract(&HashMap::from([(
        "traceparent".to_owned(),
        VALID.to_owned(),
    )]))
    .attach();
    let mut command = child();
    inject(&mut command);
    assert_eq!(
        printed(&mut command).as_deref(),
        Some("0af7651916cd43dd8448eb211c80319c state=")
    );
    let root = printed(&mut child()).unwrap();
    assert!(
        root.ends_with(" state=") && !root.starts_with("0af7651916cd43dd8448eb211c80319c"),
        "{root}"
    );
}

#[traced(parent = Environment)]
fn child_main() {
    let context = Context::current();
    let span = context.span().span_context().clone();
    println!(
        "found {} state={}",
        span.trace_id(),
        span.trace_state().header()
    );
}

#[test]
#[ignore = "runs in the child process of another test"]
fn in_a_child_process() {
    Capture::new().run(child_main);
}
