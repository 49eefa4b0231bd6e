//! Tests of W3C Baggage: what is sent, and what is read.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue};
use opentelemetry::baggage::{Baggage, BaggageExt};
use opentelemetry::{Context, Key};
use traced::propagation::{extract, inject};

/// Returns the baggage in these header lines, with one `key=value;metadata` per line.
fn received<const N: usize>(lines: [&[u8]; N]) -> String {
    let mut headers = HeaderMap::new();
    for line in lines {
        headers.append("baggage", HeaderValue::from_bytes(line).unwrap());
    }
    listed(extract(&headers).baggage())
}

fn listed(baggage: &Baggage) -> String {
    let mut lines: Vec<String> = baggage
        .iter()
        .map(|(key, (value, metadata))| match metadata.as_str() {
            "" => format!("{key}={value}\n"),
            metadata => format!("{key}={value};{metadata}\n"),
        })
        .collect();
    lines.sort();
    lines.concat()
}

/// Returns the header for this baggage.
fn sent<const N: usize>(members: [(&'static str, &'static str, &'static str); N]) -> String {
    let members =
        members.map(|(key, value, metadata)| (Key::new(key), (value.into(), metadata.into())));
    let baggage: Baggage = members.into_iter().collect();
    let _guard = Context::new().with_baggage(baggage).attach();
    let mut headers = BTreeMap::new();
    inject(&mut headers);
    headers.remove("baggage").unwrap_or_default()
}

#[test]
fn lines_are_combined() {
    assert_eq!(
        received([b"a=1,b=2", b"", b" , c = 3 ;p"]),
        "a=1\nb=2\nc=3;p\n"
    );
}

#[test]
fn values_are_percent_decoded() {
    assert_eq!(
        received([b"a=DF%2028,b=%25,c=1=2=3,d=%E2%82%ac,e="]),
        "a=DF 28\nb=%\nc=1=2=3\nd=€\ne=\n"
    );
}

#[test]
fn octets_that_are_not_utf_8_become_the_replacement_character() {
    assert_eq!(received([b"a=%ff%41%e2%82"]), "a=\u{fffd}A\u{fffd}\n");
}

#[test]
fn a_broken_percent_encoding_stays() {
    assert_eq!(
        received([b"a=%,b=%4,c=%4g,d=%%41"]),
        "a=%\nb=%4\nc=%4g\nd=%A\n"
    );
}

#[test]
fn members_that_are_not_legal_are_left_out() {
    let line = b"a=1,=2,b,k y=3,k[=4,c=x y,d=\"q\",e=\\,f=1;,g=1;p y,h=1;p=\"q\",i=1;p = v; q,z=9";
    assert_eq!(received([line]), "a=1\ni=1;p = v; q\nz=9\n");
    assert_eq!(
        received([b"a=\xff", "b=\u{e9}".as_bytes(), b"c=3"]),
        "c=3\n"
    );
}

#[test]
fn the_last_of_two_members_with_one_key_holds() {
    assert_eq!(received([b"a=1,a=2", b"a=3;p"]), "a=3;p\n");
}

#[test]
fn at_most_64_members_are_kept() {
    let line: Vec<String> = (0..65).map(|n| format!("k{n:02}={n}")).collect();
    let kept = received([line.join(",").as_bytes()]);
    assert_eq!(kept.lines().count(), 64);
    assert!(kept.ends_with("k63=63\n"), "{kept}");
}

/// Returns how many of `count` members are kept, each in a separate line. W3C wants 64 of all lines
/// together to be kept.
fn kept_of_lines(count: usize) -> usize {
    let mut headers = HeaderMap::new();
    for n in 0..count {
        headers.append(
            "baggage",
            HeaderValue::try_from(format!("k{n}={n}")).unwrap(),
        );
    }
    extract(&headers).baggage().len()
}

#[test]
fn members_in_64_lines_are_kept() {
    assert_eq!(kept_of_lines(34), 34);
    assert_eq!(kept_of_lines(64), 64);
}

#[test]
fn more_lines_than_there_can_be_members_are_not_read() {
    assert_eq!(kept_of_lines(65), 0);
    assert_eq!(kept_of_lines(10_000), 0);
}

#[test]
fn at_most_8192_bytes_are_kept_in_whole_members() {
    let filled = |value: usize| format!("a=1,b={}", "x".repeat(value));
    assert_eq!(
        received([filled(8186).as_bytes()]).len(),
        "a=1\nb=\n".len() + 8186
    );
    assert_eq!(received([filled(8187).as_bytes()]), "a=1\n");
    let followed = format!("{},c=3", filled(8186));
    assert_eq!(received([followed.as_bytes()]).lines().count(), 2);
    assert_eq!(
        received([filled(8180).as_bytes(), b"c=345"])
            .lines()
            .count(),
        3
    );
    assert_eq!(
        received([filled(8180).as_bytes(), b"c=3456", b"d=4"])
            .lines()
            .count(),
        2
    );
}

#[test]
fn without_a_legal_member_the_current_baggage_stays() {
    let here = Context::new()
        .with_baggage([("here", "1")].map(|(k, v)| opentelemetry::KeyValue::new(k, v)));
    let _guard = here.attach();
    assert_eq!(received([b"a"]), "here=1\n");
    assert_eq!(received([b"a=1"]), "a=1\n");
}

#[test]
fn what_is_sent_is_encoded_and_sorted() {
    let header = sent([
        ("tenant", "a=b%c+d", ""),
        ("quote", "\"a, b; c\\\"\r\n", ""),
        ("path", "/x?y", "p1; p2 = v"),
        ("unicode", "žena €", ""),
    ]);
    assert_eq!(
        header,
        "path=/x?y;p1; p2 = v,quote=%22a%2C%20b%3B%20c%5C%22%0D%0A,tenant=a=b%25c+d,unicode=%C5%BEena%20%E2%82%AC"
    );
}

#[test]
fn metadata_that_is_not_legal_is_not_sent() {
    assert_eq!(
        sent([("a", "1", "p\r\nset-cookie: x"), ("b", "2", "p,c=3")]),
        "a=1,b=2"
    );
}

#[test]
fn a_header_longer_than_8192_bytes_is_not_sent() {
    let spaces: &'static str = " ".repeat(4000).leak();
    assert_eq!(sent([("a", spaces, ""), ("b", "2", "")]), "b=2");
}

/// Returns the header that is sent after `line` was received and `change` was made.
fn sent_on(line: &str, change: impl FnOnce() -> Context) -> String {
    let mut headers = HeaderMap::new();
    headers.insert("baggage", HeaderValue::try_from(line).unwrap());
    let _received = extract(&headers).attach();
    let _changed = change().attach();
    let mut sent = BTreeMap::new();
    inject(&mut sent);
    sent.remove("baggage").unwrap_or_default()
}

#[test]
fn a_member_that_nobody_changed_goes_out_byte_for_byte() {
    let full = format!("a={},b=+,c=%25", "=".repeat(8180));
    assert_eq!(full.len(), 8192, "W3C wants this to go through");
    let half = format!("a={},b=%41", "%61".repeat(1361));
    let unusual = format!("a={},b=%41", "%61".repeat(2728));
    assert_eq!(unusual.len(), 8192);
    for line in [
        // `a=b; c` of a Python service.
        "a=b%3B+c",
        "a=1+1,b=1%2B1,c=a=b&c/d?e",
        "a=%c5%beena,b=%C5%BEena",
        "a=%ff,b=%,c=%4g,d=%41,e=%F0%9F%98",
        "a = 3 ; p = + ; q,b=2;p=v;q,z=1",
        "e=",
        "z=1,a=2 ,\tm=3",
        "a=1,b=2,a=%33",
        &full,
        &half,
        &unusual,
    ] {
        let sent = sent_on(line, Context::current);
        assert!(sent == line, "{sent} for {line}");
    }
}

#[test]
fn a_member_that_is_set_leaves_the_others_as_they_came() {
    let line = "a=1+1,b=%41;p = v,z=%32";
    let set = |key: &'static str, value: &'static str| move || traced::baggage::set(key, value);
    let after = |change: fn() -> Context| sent_on(line, change);
    assert_eq!(
        sent_on(line, set("c", "x y")),
        "a=1+1,b=%41;p = v,z=%32,c=x%20y"
    );
    assert_eq!(sent_on(line, set("b", "A")), "a=1+1,z=%32,b=A");
    assert_eq!(sent_on(line, set("z", "3")), "a=1+1,b=%41;p = v,z=3");
    assert_eq!(after(|| traced::baggage::remove("b")), "a=1+1,z=%32");
    assert_eq!(sent_on("a=1 , b=2", || traced::baggage::remove("a")), "b=2");
    assert_eq!(sent_on("a=1 , b=2", || traced::baggage::remove("b")), "a=1");
    assert_eq!(sent_on("b=1,a=1,b=2", set("b", "3")), "a=1,b=3");
    assert_eq!(sent_on("b=1,a=1,b=2", set("b", "2")), "b=1,a=1,b=2");
    assert_eq!(after(|| Context::current().with_cleared_baggage()), "");
}

#[test]
fn the_form_of_an_older_request_is_not_that_of_a_newer_one() {
    let newer = || extract(&BTreeMap::from([("baggage".to_owned(), "a=A".to_owned())]));
    assert_eq!(sent_on("a=%41", newer), "a=A");
}
