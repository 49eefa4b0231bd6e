//! `err` alone and its level are options of `tracing`; here errors are always recorded.

use traced::traced;

#[traced(err)]
fn err_alone() -> Result<(), String> {
    Ok(())
}

#[traced(err(level = "info"))]
fn err_level() -> Result<(), String> {
    Ok(())
}

fn main() {}
