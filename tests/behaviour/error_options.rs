//! Tests of the options `error_type` and `error_if`.

use insta::assert_snapshot;
use traced::traced;
use traced_tests::{tree, tree_async};

#[derive(Debug)]
struct HttpError {
    code: u16,
}

#[traced(error_type = |e| e.code)]
fn number(code: u16) -> Result<(), HttpError> {
    Err(HttpError { code })
}

#[traced(err = ?, error_type = |e| if e.code == 404 { "not_found" } else { "other" })]
async fn text(code: u16) -> Result<(), HttpError> {
    Err(HttpError { code })
}

#[traced(error_type = |e| e.missing.unwrap())]
fn panicking() -> Result<(), Missing> {
    Err(Missing { missing: None })
}

#[derive(Debug)]
struct Missing {
    missing: Option<u8>,
}

#[test]
fn error_type_names_the_error() {
    let tree = tree(|| {
        let _ = number(500);
        let _ = panicking();
    });
    assert_snapshot!(tree, @r#"

    number error "HttpError { code: 500 }" {error.type="500"}
      ! exception {exception.type="behaviour::error_options::HttpError", exception.message="HttpError { code: 500 }"}
    panicking error "Missing { missing: None }" {error.type="behaviour::error_options::Missing"}
      ! exception {exception.type="behaviour::error_options::Missing", exception.message="Missing { missing: None }"}
    "#);
    assert_snapshot!(tree_async(text(404)), @r#"

    text error "HttpError { code: 404 }" {error.type="not_found"}
      ! exception {exception.type="behaviour::error_options::HttpError", exception.message="HttpError { code: 404 }"}
    "#);
}

#[traced(error_if = |code| *code >= 500)]
fn status(code: u16) -> u16 {
    code
}

#[traced(error_if = |r| matches!(r, Err(e) if e.code >= 500), ok)]
fn only_server_errors(code: u16) -> Result<u16, HttpError> {
    if code < 400 {
        Ok(code)
    } else {
        Err(HttpError { code })
    }
}

#[traced(error_if = Option::is_none)]
async fn lookup(found: bool) -> Option<u8> {
    found.then_some(1)
}

#[traced(error_if = |r| r.unwrap() > 1)]
fn panicking_decision() -> Option<u8> {
    None
}

#[test]
fn error_if_decides_both_ways() {
    let tree = tree(|| {
        status(200);
        status(503);
        let _ = only_server_errors(200);
        let _ = only_server_errors(404);
        let _ = only_server_errors(503);
        panicking_decision();
    });
    assert_snapshot!(tree, @r#"

    status
    status error "" {error.type="_OTHER"}
    only_server_errors ok
    only_server_errors ok
    only_server_errors error "HttpError { code: 503 }" {error.type="behaviour::error_options::HttpError"}
      ! exception {exception.type="behaviour::error_options::HttpError", exception.message="HttpError { code: 503 }"}
    panicking_decision
    "#);
    let tree = tree_async(async {
        lookup(true).await;
        lookup(false).await;
    });
    assert_snapshot!(tree, @r#"

    lookup
    lookup error "" {error.type="_OTHER"}
    "#);
}
