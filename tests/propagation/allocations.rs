//! Tests how many bytes are allocated for hostile headers.

use std::collections::HashMap;

use allocation_counter::{AllocationInfo, measure};
use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::TextMapPropagator;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use traced::propagation::{B3, Jaeger, extract};

const VALID: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Returns what is allocated to read these lines. If they have no `traceparent`, a valid one is
/// added.
fn measured<N: Into<String>>(lines: impl IntoIterator<Item = (&'static str, N)>) -> AllocationInfo {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let value = HeaderValue::try_from(value.into()).unwrap();
        headers.append(HeaderName::from_static(name), value);
    }
    let traceparent = headers.entry("traceparent");
    traceparent.or_insert(HeaderValue::from_static(VALID));
    // What is made once is made by now.
    drop(extract(&headers));
    measure(|| drop(extract(&headers)))
}

/// Returns the number of all bytes that are ever allocated, including those that are freed again.
fn allocated<N: Into<String>>(lines: impl IntoIterator<Item = (&'static str, N)>) -> u64 {
    measured(lines).bytes_total
}

fn repeated(name: &'static str, of: impl Fn(usize) -> String) -> u64 {
    allocated((0..10_000).map(|n| (name, of(n))))
}

/// `k00=xxx,k01=xxx,…`
fn members(count: usize, value: &str) -> String {
    let members: Vec<String> = (0..count).map(|n| format!("k{n:02}={value}")).collect();
    members.join(",")
}

/// Measures the most expensive headers: a baggage of `count` members in as many lines and 8,192
/// bytes, with a full `tracestate` in 33 lines.
fn worst_of(count: usize) -> AllocationInfo {
    // With the comma between lines.
    let length = 8193 / count - "k00=,".len();
    let rest = "x".repeat(8193 % count);
    let baggage = (0..count).map(|n| {
        let rest = if n == 0 { &*rest } else { "" };
        ("baggage", format!("k{n:02}={}{rest}", "x".repeat(length)))
    });
    let state = [("tracestate", members(32, &"x".repeat(11)))];
    let empty = (0..32).map(|_| ("tracestate", String::new()));
    measured(baggage.chain(state).chain(empty))
}

fn printed(rows: &[(&str, u64)]) -> String {
    let rows = rows
        .iter()
        .map(|(what, bytes)| format!("{bytes:>6}  {what}\n"));
    format!("\n{}", rows.collect::<String>())
}

#[test]
fn hostile_headers_allocate_at_most_24_kib() {
    let long = members(32, &"x".repeat(507));
    let full = members(32, &"x".repeat(11));
    let empty_properties = format!("a=1{}", ";".repeat(8189));
    let properties = format!("a=1{}", ";p".repeat(4094));
    let encoded = format!("a={}", "%ff".repeat(2730));
    let rows = [
        ("a valid traceparent", allocated::<String>([])),
        (
            "a traceparent of 1 MiB",
            allocated([("traceparent", "-".repeat(1 << 20))]),
        ),
        (
            "10,000 lines of traceparent",
            repeated("traceparent", |_| VALID.to_owned()),
        ),
        (
            "10,000 lines of tracestate",
            repeated("tracestate", |n| format!("k{n}=1")),
        ),
        (
            "10,000 lines of baggage",
            repeated("baggage", |n| format!("k{n}=1")),
        ),
        (
            "10,000 lines of another header",
            repeated("other", |_| String::new()),
        ),
        (
            "a tracestate of 16 KiB of commas",
            allocated([("tracestate", ",".repeat(16 << 10))]),
        ),
        (
            "a tracestate of 16 KiB of members",
            allocated([("tracestate", long)]),
        ),
        (
            "a tracestate of 32 members",
            allocated([("tracestate", full)]),
        ),
        (
            "8 KiB of empty properties",
            allocated([("baggage", empty_properties)]),
        ),
        ("8 KiB of properties", allocated([("baggage", properties)])),
        (
            "8 KiB of one encoded value",
            allocated([("baggage", encoded)]),
        ),
        (
            "1 MiB of baggage",
            allocated([("baggage", "a=1,".repeat(1 << 18))]),
        ),
        (
            "the worst with 28 members of baggage",
            worst_of(28).bytes_total,
        ),
    ];
    let most = rows.iter().map(|(_, bytes)| *bytes).max();
    insta::assert_snapshot!(printed(&rows), @"

      128  a valid traceparent
       16  a traceparent of 1 MiB
       16  10,000 lines of traceparent
      144  10,000 lines of tracestate
      144  10,000 lines of baggage
      128  10,000 lines of another header
      144  a tracestate of 16 KiB of commas
      144  a tracestate of 16 KiB of members
     2128  a tracestate of 32 members
      144  8 KiB of empty properties
    17337  8 KiB of properties
    17340  8 KiB of one encoded value
     1340  1 MiB of baggage
    24366  the worst with 28 members of baggage
    ");
    assert!(most <= Some(24 << 10));
}

/// W3C wants the members to be kept, and OpenTelemetry's map doubles its size as it grows.
#[test]
fn a_baggage_of_many_members_allocates_what_its_map_does() {
    let row = |what, info: AllocationInfo| {
        let (total, most) = (info.bytes_total, info.bytes_max);
        assert!(total <= 39 << 10);
        format!("{total:>6} {most:>6}  {what}\n")
    };
    let small = |count| measured([("baggage", members(count, ""))]);
    let large = |count, value: usize| measured([("baggage", members(count, &"x".repeat(value)))]);
    let rows = [
        row("28 members, 139 bytes", small(28)),
        row("28 members, 8 KiB", large(28, 287)),
        row("28 members, the worst", worst_of(28)),
        row("56 members, 279 bytes", small(56)),
        row("56 members, 8 KiB", large(56, 141)),
        row("56 members, the worst", worst_of(56)),
        row("64 members, 319 bytes", small(64)),
        row("64 members, 8 KiB", large(64, 123)),
        row("64 members, the worst", worst_of(64)),
    ];
    let table = format!("\n total at once\n{}", rows.concat());
    insta::assert_snapshot!(table, @"

    total at once
     5316   3849  28 members, 139 bytes
    21388  19264  28 members, 8 KiB
    24366  21282  28 members, the worst
    10228   7535  56 members, 279 bytes
    26020  21544  56 members, 8 KiB
    29446  23954  56 members, the worst
    19652  14667  64 members, 319 bytes
    35396  29550  64 members, 8 KiB
    38918  32544  64 members, the worst
    ");
}

/// This uses a map, whose headers have one line each.
#[test]
fn other_formats_allocate_next_to_nothing() {
    let (trace, id) = (&VALID[3..35], &VALID[36..52]);
    let allocated = |format: &dyn TextMapPropagator, headers: &[(&str, &str)]| {
        let headers = headers.iter();
        let headers: HashMap<_, _> = headers
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        drop(format.extract(&headers));
        measure(|| drop(format.extract(&headers))).bytes_total
    };
    let ids = [("x-b3-traceid", trace), ("x-b3-spanid", id)];
    let multi = [ids[0], ids[1], ("x-b3-flags", "1")];
    let long = "%31:".repeat(1 << 18);
    let broken = [ids[0], ids[1], ("x-b3-sampled", &*long)];
    let baggage: Vec<String> = (0..10_000).map(|n| format!("uberctx-{n}")).collect();
    let baggage: Vec<_> = baggage.iter().map(|name| (&**name, "1")).collect();
    let rows = [
        (
            "b3, debugged",
            allocated(&B3::single(), &[("b3", &format!("{trace}-{id}-d"))]),
        ),
        ("b3 of 1 MiB", allocated(&B3::single(), &[("b3", &long)])),
        ("x-b3-…, debugged", allocated(&B3::multi(), &multi)),
        ("x-b3-… of 1 MiB", allocated(&B3::multi(), &broken)),
        (
            "uber-trace-id, encoded, debugged",
            allocated(
                &Jaeger,
                &[("uber-trace-id", &format!("{trace}%3A{id}%3A0%3A3"))],
            ),
        ),
        (
            "uber-trace-id of 1 MiB",
            allocated(&Jaeger, &[("uber-trace-id", &long)]),
        ),
        ("10,000 uberctx-…", allocated(&Jaeger, &baggage)),
    ];
    insta::assert_snapshot!(printed(&rows), @"

    358  b3, debugged
     30  b3 of 1 MiB
    435  x-b3-…, debugged
    107  x-b3-… of 1 MiB
    422  uber-trace-id, encoded, debugged
     29  uber-trace-id of 1 MiB
     13  10,000 uberctx-…
    ");
}

/// Generates a line of a header that is read, well-formed or not.
fn line() -> impl Strategy<Value = (&'static str, String)> {
    let name = select(&["traceparent", "tracestate", "baggage", "other"][..]);
    let parts = prop_oneof![
        "[ -~\t]{0,99}",
        "[a-z]{1,9}=[a-z%0-9]{0,99}",
        "[,;= \t%]{1,99}",
        Just(VALID.to_owned())
    ];
    let value = vec(parts, 0..50).prop_map(|parts| parts.join(","));
    (name, value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]
    #[test]
    fn any_headers_allocate_at_most_24_kib_or_what_many_members_do(lines in vec(line(), 0..20)) {
        let baggage = lines.iter().filter(|(name, _)| *name == "baggage");
        let members: usize = baggage.map(|(_, value)| value.split(',').count()).sum();
        let most = if members <= 28 { 24 << 10 } else { 39 << 10 };
        prop_assert!(allocated(lines) <= most);
    }
}
