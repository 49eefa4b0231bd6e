//! The compiler warns about calls that use the current span of `tracing` in a traced function.

#![deny(deprecated)]
#![forbid(nonstandard_style)]

use traced::traced;
use tracing::{Instrument, Span};

async fn other() {}

#[traced]
fn torn() {
    let _ = other().in_current_span();
    let _ = other().instrument(Span::current());
    let _ = [1].iter().map(|_| other().instrument(tracing::Span::current()));
    Span::current().record("user", 7);
}

struct Type;

#[traced]
impl Type {
    async fn method(&self) {
        Span::current().record("user", 7);
    }
}

// Here they are what is meant.

#[traced]
#[tracing::instrument]
fn annotated_twice() {
    Span::current().record("user", 7);
}

#[tracing::instrument]
#[traced]
fn annotated_the_other_way_round() {
    Span::current().record("user", 7);
}

#[traced(current)]
fn of_the_caller() {
    Span::current().record("user", 7);
}

#[traced]
fn opens_its_own() {
    let _entered = tracing::info_span!("step").entered();
    let _ = other().in_current_span();
}

#[traced]
fn of_another_span(span: &Span) {
    let _ = other().instrument(span.clone());
    span.record("user", 7);
    let _ = Span::current().id();
}

#[traced]
fn of_a_function_in_it() {
    fn inner() {
        Span::current().record("user", 7);
    }
    inner();
}

#[traced]
#[allow(deprecated)]
fn on_purpose() {
    Span::current().record("user", 7);
}

fn main() {}
