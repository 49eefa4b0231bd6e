//! `err(Debug)` of `tracing` is written `err = ?` here.

use traced::traced;

#[traced(err(Debug))]
fn err_debug() -> Result<(), String> {
    Ok(())
}

#[traced(err(Display))]
fn err_display() -> Result<(), String> {
    Ok(())
}

fn main() {}
