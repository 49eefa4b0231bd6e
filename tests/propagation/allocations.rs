//! What taking up hostile headers allocates, counted by the byte.

use allocation_counter::measure;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use traced::propagation::extract;

const VALID: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// All bytes that are ever allocated while these lines are taken up, with a valid `traceparent` if they have none.
fn allocated<N: Into<String>>(lines: impl IntoIterator<Item = (&'static str, N)>) -> u64 {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let value = HeaderValue::try_from(value.into()).unwrap();
        headers.append(HeaderName::from_static(name), value);
    }
    let traceparent = headers.entry("traceparent");
    traceparent.or_insert(HeaderValue::from_static(VALID));
    // What is made once is made by now.
    drop(extract(&headers));
    measure(|| drop(extract(&headers))).bytes_total
}

fn repeated(name: &'static str, of: impl Fn(usize) -> String) -> u64 {
    allocated((0..10_000).map(|n| (name, of(n))))
}

/// `k00=xxx,k01=xxx,…`
fn members(count: usize, value: &str) -> String {
    let members: Vec<String> = (0..count).map(|n| format!("k{n:02}={value}")).collect();
    members.join(",")
}

/// The most that 14 members of baggage can cost: 33 lines of each header, long values that are no UTF-8, a full `tracestate`.
fn worst_of_14_members() -> u64 {
    let value = "%ff".repeat(193);
    let state = members(32, &"x".repeat(11));
    let lines = (0..32).flat_map(|_| [("tracestate", ""), ("baggage", "")]);
    let full = [("tracestate", state), ("baggage", members(14, &value))];
    allocated(
        lines
            .map(|(name, value)| (name, value.to_owned()))
            .chain(full),
    )
}

fn printed(rows: &[(&str, u64)]) -> String {
    let rows = rows
        .iter()
        .map(|(what, bytes)| format!("{bytes:>6}  {what}\n"));
    format!("\n{}", rows.collect::<String>())
}

#[test]
fn hostile_headers_allocate_at_most_16_kib() {
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
            "the worst with 14 members of baggage",
            worst_of_14_members(),
        ),
    ];
    let most = rows.iter().map(|(_, bytes)| *bytes).max();
    insta::assert_snapshot!(printed(&rows), @"

      128  a valid traceparent
       16  a traceparent of 1 MiB
      528  10,000 lines of traceparent
      656  10,000 lines of tracestate
    10178  10,000 lines of baggage
      128  10,000 lines of another header
      144  a tracestate of 16 KiB of commas
      144  a tracestate of 16 KiB of members
     3472  a tracestate of 32 members
      144  8 KiB of empty properties
     8909  8 KiB of properties
     8911  8 KiB of one encoded value
      848  1 MiB of baggage
    14438  the worst with 14 members of baggage
    ");
    assert!(most <= Some(16 << 10));
}

/// W3C wants them kept, and OpenTelemetry's map doubles as it grows.
#[test]
fn a_legal_baggage_of_many_members_allocates_what_its_map_does() {
    let baggage =
        |count, value: usize| allocated([("baggage", members(count, &"x".repeat(value)))]);
    let rows = [
        ("28 members, 391 bytes", baggage(28, 10)),
        ("28 members, 8 KiB", baggage(28, 287)),
        ("56 members, 839 bytes", baggage(56, 10)),
        ("64 members, 959 bytes", baggage(64, 10)),
        ("64 members, 8 KiB", baggage(64, 123)),
    ];
    insta::assert_snapshot!(printed(&rows), @"

     5220  28 members, 391 bytes
    12976  28 members, 8 KiB
    10272  56 members, 839 bytes
    19736  64 members, 959 bytes
    26968  64 members, 8 KiB
    ");
}

/// A line of a header that is read, well-formed or not.
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
    fn any_headers_allocate_at_most_32_kib(lines in vec(line(), 0..20)) {
        prop_assert!(allocated(lines) <= 32 << 10);
    }
}
