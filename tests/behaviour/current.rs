use std::cell::Cell;

use insta::assert_snapshot;
use opentelemetry::KeyValue;
use opentelemetry::global;
use opentelemetry::trace::Tracer;
use traced::{ToValue, ValueRef, traced};
use traced_tests::tree;

#[traced]
fn acts() {
    traced::set_attribute("user.id", 7);
    traced::set_attribute("absent", None::<u8>);
    traced::add_event_with("cache.miss", [("key", "k")]);
    traced::record_error(&std::io::Error::other("handled"));
    assert!(traced::trace_id().is_some() && traced::span_id().is_some());
}

#[test]
fn they_act_on_the_current_span() {
    let tree = tree(|| {
        acts();
        global::tracer("raw").in_span("raw api", |_| traced::set_attribute("by", "us"));
    });
    assert_snapshot!(tree, @r#"

    acts {user.id=7}
      ! cache.miss {key="k"}
      ! exception {exception.type="std::io::error::Error", exception.message="handled"}
    raw api {by="us"}
    "#);
}

/// Counts how often its value is asked for.
pub(crate) struct Counted<'a>(pub(crate) &'a Cell<u8>);

impl ToValue for Counted<'_> {
    fn to_value(&self) -> ValueRef<'_> {
        self.0.set(self.0.get() + 1);
        ValueRef::Bool(true)
    }
}

#[test]
fn events_take_attributes_of_any_form() {
    let tree = tree(|| {
        acts_with(|| {
            traced::add_event("alone");
            traced::add_event(format!("named {}", "late"));
            traced::add_event_with("list", [("a", 1), ("b", 2)]);
            traced::add_event_with("options", vec![("a", Some("x")), ("b", None)]);
            traced::add_event_with("mapped", (0..2_u8).map(|n| (format!("n{n}"), n)));
            traced::add_event_with("one", Some(("a", true)));
            traced::add_event_with("values", [KeyValue::new("a", 1.5), KeyValue::new("b", "y")]);
            traced::add_event_with("mixed", (("a", 1), ("b", "y"), KeyValue::new("c", true)));
        });
    });
    assert_snapshot!(tree, @r#"

    acts_with
      ! alone
      ! named late
      ! list {a=1, b=2}
      ! options {a="x"}
      ! mapped {n0=0, n1=1}
      ! one {a=true}
      ! values {a=1.5, b="y"}
      ! mixed {a=1, b="y", c=true}
    "#);
}

#[traced]
fn acts_with(f: impl FnOnce()) {
    f();
}

#[test]
fn without_a_span_they_do_nothing() {
    let calls = Cell::new(0);
    traced::set_attribute("key", Counted(&calls));
    traced::add_event("event");
    traced::record_error(&std::fmt::Error);
    assert_eq!(
        (traced::trace_id(), traced::span_id(), calls.get()),
        (None, None, 0)
    );
}

#[traced]
fn around_raw_api() {
    global::tracer("raw").in_span("raw api", |_| below_raw_api());
}

#[traced]
fn below_raw_api() {}

#[test]
fn the_raw_api_and_traced_functions_nest_in_each_other() {
    assert_snapshot!(tree(around_raw_api), @"

    around_raw_api
      raw api
        below_raw_api
    ");
}

#[traced]
fn says_more() {
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    let localhost = IpAddr::from(Ipv4Addr::LOCALHOST);
    traced::set_attribute("duration", std::time::Duration::from_millis(1500));
    traced::set_attribute("ip", localhost);
    traced::set_attribute("ips", vec![localhost]);
    traced::set_attribute("address", SocketAddr::from((localhost, 80)));
    traced::set_attribute("path", Path::new("/tmp"));
    traced::set_attribute("shared", Arc::new(PathBuf::from("/tmp")));
    traced::set_attribute("texts", [Arc::<str>::from("a")]);
    traced::update_name("renamed");
    traced::set_status(opentelemetry::trace::Status::error("refused"));
}

#[test]
fn values_names_and_status() {
    assert_snapshot!(tree(says_more), @r#"

    renamed error "refused" {duration=1.5, ip="127.0.0.1", ips=["127.0.0.1"], address="127.0.0.1:80", path="/tmp", shared="/tmp", texts=["a"]}
    "#);
}

#[test]
fn a_status_that_is_ok_is_final() {
    #[traced]
    fn fails_all_the_same() -> Result<(), String> {
        traced::set_status(opentelemetry::trace::Status::Ok);
        Err("refused".to_owned())
    }
    assert_snapshot!(tree(|| drop(fails_all_the_same())), @r#"

    fails_all_the_same ok {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="refused"}
    "#);
}

#[test]
fn a_link() {
    let capture = traced::testing::Capture::new();
    capture.run(|| {
        #[traced]
        fn linked() -> opentelemetry::Context {
            opentelemetry::Context::current()
        }
        #[traced]
        fn links(to: &opentelemetry::Context) {
            traced::add_link(to);
        }
        links(&linked());
    });
    assert_snapshot!(capture.tree(), @"

    linked
    links
      ~ link to linked
    ");
}
