//! The small examples, except for `testing.rs`, which has its own tests.

use insta::assert_snapshot;

use crate::{example, printed, run};

/// Returns all that an example prints, with `…` for what changes from run to run.
fn printed_by(name: &str) -> String {
    let output = run(&mut example(name), "");
    assert!(output.status.success(), "{output:?}");
    let lines: Vec<_> = printed(&output).lines().map(without_ids).collect();
    lines.join("\n")
}

/// Returns a line with `…` for ids and for the time of a log line.
fn without_ids(line: &str) -> String {
    let words = line.split(' ').map(|word| {
        let (key, value) = word.split_once('=').unwrap_or(("", word));
        let is_id = value.len() >= 16 && value.chars().all(|c| c.is_ascii_hexdigit());
        let is_time = word.starts_with("20") && word.ends_with('Z');
        match (is_id || is_time, key) {
            (false, _) => word.to_owned(),
            (true, "") => "…".to_owned(),
            (true, key) => format!("{key}=…"),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_library() {
    assert_snapshot!(printed_by("library"), @r#"
    trace of 1 span
    Store::get [client] db.system.name="kv_store" key="color"

    trace of 1 span
    Store::get [client] ✗ there is no key size db.system.name="kv_store" key="size" error.type="library::kv_store::Missing"
      • exception exception.type="library::kv_store::Missing" exception.message="there is no key size"

    trace of 2 spans
    Store::put [client] db.system.name="kv_store"
    └─ normalized
    "#);
}

#[test]
fn sampling_keeps_each_error_and_a_part_of_the_rest() {
    let printed = printed_by("sampling");
    let (_, others) = printed.split_once("\nkept ").expect("two lines");
    let (others, _) = others.split_once(' ').expect("a number");
    // One in ten is kept by chance. A difference of ninety is more than nine standard deviations.
    let count: u32 = others.parse().expect("a number");
    assert!((10..=190).contains(&count), "{printed}");
    assert_snapshot!(printed.replace(&format!("kept {count} of 996"), "kept some of 996"), @r#"
    kept 4 of 4 traces with an error
    kept some of 996 others
    "#);
}

#[test]
fn baggage_is_on_the_spans_below_and_in_the_headers() {
    assert_snapshot!(printed_by("baggage"), @r#"
    trace of 3 spans
    handle_request [server]
    ├─ load_orders tenant="acme & sons"
    └─ call_payment [client] tenant="acme & sons"

    orders of acme & sons loaded
    called payment with baggage: tenant=acme%20&%20sons
    "#);
}

#[test]
fn tasks_and_threads_continue_the_trace() {
    assert_snapshot!(printed_by("threads"), @r#"
    trace of 1 span
    count_visitor

    trace of 3 spans
    process_order order.id=7
    ├─ fetch_user
    └─ render_invoice

    trace of 4 spans
    close_day
    ├─ write_report
    ├─ clean_up
    └─ send_mail mail.to="anna@example.com"
    "#);
}

#[test]
fn messages_carry_the_trace() {
    assert_snapshot!(printed_by("messaging"), @r#"
    trace of 3 spans
    place_order
    └─ send orders [producer] messaging.destination.name="orders" messaging.operation.type="send"
       └─ process orders [consumer] messaging.destination.name="orders" messaging.operation.type="process" order.id=1001

    trace of 3 spans
    place_order
    └─ send orders [producer] messaging.destination.name="orders" messaging.operation.type="send"
       └─ process orders [consumer] messaging.destination.name="orders" messaging.operation.type="process" order.id=1002

    trace of 1 span
    archive orders [consumer] messaging.destination.name="orders" messaging.batch.message_count=2
      → linked to span … of trace …
      → linked to span … of trace …
    "#);
}

#[cfg(feature = "tracing")]
#[test]
fn libraries_that_speak_tracing() {
    assert_snapshot!(printed_by("with_tracing"), @r#"
    …  WARN GET{path="/users/7"}: with_tracing::http_client: the connection was lost attempt=2 span_name="GET" trace_id=… span_id=…
    …  INFO GET{path="/users/7" status=200}: with_tracing: the user is known span_name="GET" trace_id=… span_id=…
    trace of 3 spans
    process_order order.id=7
    └─ GET target="with_tracing::http_client" path="/users/7" status=200
       │ • the connection was lost level="WARN" target="with_tracing::http_client" attempt=2
       │ • the user is known level="INFO" target="with_tracing"
       └─ parse_answer
    "#);
}
