//! Errors are recorded without asking; their level is not an option.

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
