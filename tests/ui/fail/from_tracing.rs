//! What users of `tracing` write: each error says what it is here.

use traced::{span, traced};

struct User;

impl User {
    #[traced(skip(self))]
    fn skip_self(&self) {}

    #[traced(skip_all)]
    fn skip_all(&self) {}
}

#[traced(err)]
fn err_alone() -> Result<(), String> {
    Ok(())
}

#[traced(err(Debug))]
fn err_debug() -> Result<(), String> {
    Ok(())
}

#[traced(err(Display))]
fn err_display() -> Result<(), String> {
    Ok(())
}

#[traced(err(level = "info"))]
fn err_level() -> Result<(), String> {
    Ok(())
}

#[traced(ret(Debug))]
fn ret_debug() -> u8 {
    1
}

#[traced(ret(Display))]
fn ret_display() -> u8 {
    1
}

#[traced(ret(level = "info"))]
fn ret_level() -> u8 {
    1
}

#[traced(parent = None)]
fn no_parent() {}

#[traced(fields(user.id = 1))]
fn fields() {}

#[traced(level = "info")]
fn quoted_level() {}

#[traced(level = "INFO")]
fn loud_level() {}

#[traced(level = Level::INFO)]
fn level_path() {}

#[traced(level = tracing::Level::DEBUG)]
fn long_level_path() {}

#[traced(level = 3)]
fn level_number() {}

#[traced(kind = SpanKind::Client)]
fn kind_path() {}

#[traced(target = "orders")]
fn target() {}

#[traced(follows_from = causes)]
fn follows_from(causes: &[u8]) {}

fn main() {
    span!(kind = client, "x" => {});
    span!(Level::INFO, "x" => {});
    span!(target: "x", "x" => {});
    span!("value" => { 1 + "x".len() }) + 1;
}

mod values {
    use super::*;

    #[traced(ret)]
    fn ret_of_no_value() -> User {
        User
    }

    #[traced(ret("user" = |user| user))]
    fn part_of_no_value() -> Option<User> {
        None
    }

    fn attribute() {
        traced::set_attribute("user", User);
    }
}
