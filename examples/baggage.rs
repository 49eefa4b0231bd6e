//! Baggage travels with a request: it is set once where the request comes in, and is then on the
//! spans below and in the headers of each call to another service.
//!
//!     cargo run --example baggage

use std::collections::BTreeMap;

use traced::propagation::inject;
use traced::{baggage, traced};

#[traced(kind = server)]
fn handle_request(tenant: &str) {
    // The context with the baggage is the current one until the guard is dropped.
    let _guard = baggage::set("tenant", tenant.to_owned()).attach();
    load_orders();
    call_payment();
}

/// No argument says which tenant this function works for, and yet it knows.
#[traced]
fn load_orders() {
    let tenant = baggage::get("tenant").unwrap_or_default();
    println!("orders of {tenant} loaded");
}

#[traced(kind = client)]
fn call_payment() {
    let mut headers = BTreeMap::new();
    inject(&mut headers);
    println!("called payment with baggage: {}", headers["baggage"]);
}

fn main() -> Result<(), traced::InitError> {
    let guard = traced::init()?;
    // Other baggage stays out of the spans: whoever calls this service can send any.
    baggage::copy_to_spans(["tenant"]);
    handle_request("acme & sons");
    guard.flush();
    Ok(())
}
