use std::error::Error;
use std::fmt::{Debug, Display};
use std::sync::Arc;
use std::task::Poll;

use insta::assert_snapshot;
use traced::traced;
use traced_tests::{tree, tree_async};

#[derive(Debug, thiserror::Error)]
#[error("outer")]
struct Outer(#[source] Inner);

#[derive(Debug, thiserror::Error)]
#[error("inner")]
struct Inner(#[source] std::num::ParseIntError);

#[derive(Debug)]
struct OnlyDebug;

struct Nothing;

type Aliased<T> = Result<T, Outer>;

fn outer() -> Outer {
    Outer(Inner("x".parse::<u8>().unwrap_err()))
}

#[traced(ok)]
fn ok() -> Result<u8, Inner> {
    Ok(1)
}

#[traced]
fn unset() -> Result<u8, Inner> {
    Ok(1)
}

#[traced(ok)]
fn ok_without_result() {}

#[traced(ok)]
fn not_ok() -> Result<(), &'static str> {
    Err("no")
}

#[test]
fn success_is_ok_only_where_asked() {
    let tree = tree(|| {
        let _ = ok();
        let _ = unset();
        ok_without_result();
        let _ = not_ok();
    });
    assert_snapshot!(tree, @r#"

    ok ok
    unset
    ok_without_result ok
    not_ok error "no" {error.type="str"}
      ! exception {exception.type="str", exception.message="no"}
    "#);
}

#[traced]
fn chain() -> Aliased<()> {
    Err(outer())
}

#[traced]
fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> {
    Err(outer().into())
}

#[traced]
fn shared() -> Result<(), Arc<Outer>> {
    Err(Arc::new(outer()))
}

#[traced]
fn text() -> Result<(), String> {
    Err("text".to_owned())
}

#[traced]
fn only_debug() -> Result<(), OnlyDebug> {
    Err(OnlyDebug)
}

#[traced]
fn by_type() -> Result<(), Nothing> {
    Err(Nothing)
}

#[traced]
fn unbounded<E>(error: E) -> Result<(), E> {
    Err(error)
}

#[traced]
fn bounded<'a, E: Display + 'a>(error: E) -> Result<&'a str, E> {
    Err(error)
}

#[test]
fn an_error_says_what_its_type_can_say() {
    let tree = tree(|| {
        let _ = chain();
        let _ = boxed();
        let _ = shared();
        let _ = text();
        let _ = only_debug();
        let _ = by_type();
        let _ = unbounded(vec![1]);
        let _ = bounded(&String::from("local"));
    });
    assert_snapshot!(tree, @r#"

    chain error "outer" {error.type="behaviour::results::Outer"}
      ! exception {exception.type="behaviour::results::Outer", exception.message="outer", exception.stacktrace="outer\ncaused by: inner\ncaused by: invalid digit found in string"}
    boxed error "outer" {error.type="ParseIntError"}
      ! exception {exception.type="ParseIntError", exception.message="outer", exception.stacktrace="outer\ncaused by: inner\ncaused by: invalid digit found in string"}
    shared error "outer" {error.type="behaviour::results::Outer"}
      ! exception {exception.type="behaviour::results::Outer", exception.message="outer", exception.stacktrace="outer\ncaused by: inner\ncaused by: invalid digit found in string"}
    text error "text" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="text"}
    only_debug error "OnlyDebug" {error.type="behaviour::results::OnlyDebug"}
      ! exception {exception.type="behaviour::results::OnlyDebug", exception.message="OnlyDebug"}
    by_type error "" {error.type="behaviour::results::Nothing"}
      ! exception {exception.type="behaviour::results::Nothing"}
    unbounded error "" {error.type="alloc::vec::Vec"}
      ! exception {exception.type="alloc::vec::Vec"}
    bounded error "local" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="local"}
    "#);
}

#[traced]
fn poll(ready: bool) -> Poll<Result<u8, String>> {
    if ready {
        Poll::Ready(Err("ready".to_owned()))
    } else {
        Poll::Pending
    }
}

#[traced]
fn option() -> Option<Result<u8, String>> {
    Some(Err("some".to_owned()))
}

#[traced]
fn poll_option() -> Poll<Option<Result<u8, String>>> {
    Poll::Ready(Some(Err("next".to_owned())))
}

#[traced]
fn none() -> Option<u8> {
    None
}

#[traced]
fn bare<T>(value: T) -> T {
    value
}

#[traced]
fn opaque(fail: bool) -> Result<impl Iterator<Item = u8>, String> {
    if fail {
        return Err("no items".to_owned());
    }
    Ok((0..3).map(|n| n + 1))
}

#[test]
fn results_are_seen_wherever_they_are() {
    let tree = tree(|| {
        let _ = poll(true);
        let _ = poll(false);
        let _ = option();
        let _ = poll_option();
        none();
        let _ = bare(Err::<(), _>("not seen"));
        let _ = opaque(true);
        assert_eq!(opaque(false).unwrap().count(), 3);
    });
    assert_snapshot!(tree, @r#"

    poll error "ready" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="ready"}
    poll
    option error "some" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="some"}
    poll_option error "next" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="next"}
    none
    bare
    opaque error "no items" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="no items"}
    opaque
    "#);
}

#[traced(err = %)]
fn as_display() -> Result<(), Outer> {
    Err(outer())
}

#[traced(err = ?)]
fn as_debug<E: Debug>(error: E) -> Result<(), E> {
    Err(error)
}

#[traced(err = off)]
fn not_an_error() -> Result<(), Outer> {
    Err(outer())
}

#[test]
fn err_chooses_how() {
    let tree = tree(|| {
        let _ = as_display();
        let _ = as_debug(Some("x"));
        let _ = not_an_error();
    });
    assert_snapshot!(tree, @r#"

    as_display error "outer" {error.type="behaviour::results::Outer"}
      ! exception {exception.type="behaviour::results::Outer", exception.message="outer", exception.stacktrace="outer\ncaused by: inner\ncaused by: invalid digit found in string"}
    as_debug error "Some(\"x\")" {error.type="core::option::Option"}
      ! exception {exception.type="core::option::Option", exception.message="Some(\"x\")"}
    not_an_error
    "#);
}

#[traced]
fn early(step: u8) -> Result<u8, String> {
    if step == 0 {
        return Err("returned".to_owned());
    }
    let parsed: u8 = "x".parse().map_err(|_| "by question mark".to_owned())?;
    Ok(parsed)
}

#[traced]
async fn early_async(step: u8) -> Result<u8, String> {
    if step == 0 {
        return Err("returned".to_owned());
    }
    tokio::task::yield_now().await;
    let parsed = "x".parse::<u8>().map_err(|error| error.to_string())?;
    Ok(parsed)
}

#[test]
fn early_returns_are_seen() {
    let tree = tree(|| {
        let _ = early(0);
        let _ = early(1);
    });
    assert_snapshot!(tree, @r#"

    early error "returned" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="returned"}
    early error "by question mark" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="by question mark"}
    "#);
    let tree = tree_async(async {
        let _ = early_async(0).await;
        let _ = early_async(1).await;
    });
    assert_snapshot!(tree, @r#"

    early_async error "returned" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="returned"}
    early_async error "invalid digit found in string" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="invalid digit found in string"}
    "#);
}

#[derive(Debug)]
struct Hostile;

impl Display for Hostile {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("in Display")
    }
}

impl Error for Hostile {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        panic!("in source")
    }
}

#[traced]
fn hostile() -> Result<(), Hostile> {
    Err(Hostile)
}

struct Loop;

impl Debug for Loop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Loop")
    }
}

impl Display for Loop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("loop")
    }
}

impl Error for Loop {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&Loop)
    }
}

#[traced]
fn circular() -> Result<(), Loop> {
    Err(Loop)
}

#[test]
fn a_hostile_error_does_no_harm() {
    assert_snapshot!(tree(hostile), @r#"

    hostile error "<panicked while formatting>" {error.type="behaviour::results::Hostile"}
      ! exception {exception.type="behaviour::results::Hostile", exception.message="<panicked while formatting>"}
    "#);
    assert_eq!(tree(circular).matches("caused by: loop").count(), 64);
}
