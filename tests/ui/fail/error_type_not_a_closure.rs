//! `error_type` takes a closure with one parameter.

use traced::traced;

#[traced(error_type = "name")]
fn error_type_without_closure() -> Result<(), u8> {
    Ok(())
}

#[traced(error_type = |a, b| a)]
fn error_type_of_two() -> Result<(), u8> {
    Ok(())
}

fn main() {}
