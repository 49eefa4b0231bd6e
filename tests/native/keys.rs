//! Tests of attributes whose keys are in the call site, together with others that come with their
//! keys.

use opentelemetry::{Key, KeyValue};
use traced::traced;

use crate::traces::{Trace, tree_of};

#[traced(attributes(id, name, list = [1, 2], absent = None::<u8>, float = 0.5, text = %id))]
fn all_kinds(id: u64, name: &str) {}

#[test]
fn each_value_has_its_key() {
    insta::assert_snapshot!(tree_of(|| all_kinds(7, "x")), @r#"all_kinds {id="7", name="x", list="[1,2]", float="0.5", text="7"}"#);
    insta::assert_snapshot!(tree_of(|| all_kinds(u64::MAX, "")), @r#"all_kinds {id="18446744073709551615", name="", list="[1,2]", float="0.5", text="18446744073709551615"}"#);
}

const ID: Key = Key::from_static_str("id");

#[traced(attributes(id, { ID } = id + 1, other = true))]
fn again_by_a_constant(id: u8) {}

#[traced(attributes(id))]
fn again_in_the_body(id: Option<u8>) {
    traced::set_attribute("other", true);
    traced::set_attribute("id", 9);
    traced::set_attribute("id", 10);
}

#[test]
fn the_last_value_of_a_key_holds_whoever_set_it() {
    insta::assert_snapshot!(tree_of(|| again_by_a_constant(1)), @r#"again_by_a_constant {id="2", other="true"}"#);
    // What came last is what is expected next; each of them is seen twice after each of the others.
    for id in [Some(1), None, None, Some(1), Some(1), None] {
        let expected = match id {
            Some(_) => "again_in_the_body {id=\"10\", other=\"true\"}",
            None => "again_in_the_body {other=\"true\", id=\"10\"}",
        };
        assert_eq!(tree_of(|| again_in_the_body(id)), expected);
    }
}

#[traced(attributes(id, code.line.number = 7, name = "x"))]
fn says_where_it_stands(id: u8) {}

#[test]
fn where_a_function_stands_can_be_set_like_any_other_attribute() {
    let trace = Trace::new();
    trace.run(|| says_where_it_stands(1));
    let span = &trace.spans()[0];
    let lines: Vec<_> = span
        .attributes
        .iter()
        .filter(|attribute| attribute.key.as_str() == "code.line.number")
        .collect();
    assert_eq!(lines, [&KeyValue::new("code.line.number", 7)]);
    assert_eq!(span.attributes.len(), 5);
}

#[traced(attributes(id, name = "x"))]
fn at_the_limit(id: u8) {
    for n in 0..200 {
        traced::set_attribute(format!("n{n}"), n);
    }
    traced::set_attribute("id", 2);
    traced::set_attribute("late", 2);
}

#[test]
fn the_limit_of_attributes_knows_the_keys_of_the_call_site() {
    let trace = Trace::new();
    trace.run(|| at_the_limit(1));
    let span = &trace.spans()[0];
    let ids = span.attributes.iter();
    let ids: Vec<_> = ids.filter(|attribute| attribute.key == ID).collect();
    assert_eq!(ids, [&KeyValue::new("id", 2)]);
    // Of 203 keys, and three that say where the function stands.
    assert_eq!(span.attributes.len(), 128);
    assert_eq!(span.dropped_attributes_count, 203 + 3 - 128);
}

#[traced(attributes(n))]
fn fails(n: u8) -> Result<(), String> {
    traced::set_attribute("error.type", "set before");
    Err(format!("failed {n}"))
}

#[traced]
fn fails_again(n: u8) -> Result<(), String> {
    traced::set_status(opentelemetry::trace::Status::error("first"));
    fails(n)
}

#[test]
fn a_failure_is_its_event_its_type_and_the_status() {
    insta::assert_snapshot!(tree_of(|| fails_again(1)), @r#"
    fails_again error "failed 1" {error.type="alloc::string::String"}
      fails error "failed 1" {n="1", error.type="alloc::string::String"}
        ! exception {exception.type="alloc::string::String", exception.message="failed 1"}
    "#);
}
