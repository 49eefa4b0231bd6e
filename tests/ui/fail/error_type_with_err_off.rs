//! What is not an error has no `error_type`.

use traced::traced;

#[traced(error_type = |e| "x", err = off)]
fn error_type_of_no_error() -> Result<(), u8> {
    Ok(())
}

fn main() {}
