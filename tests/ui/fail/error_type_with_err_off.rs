//! `error_type` has no meaning if `err = off` says that there are no errors.

use traced::traced;

#[traced(error_type = |e| "x", err = off)]
fn error_type_of_no_error() -> Result<(), u8> {
    Ok(())
}

fn main() {}
