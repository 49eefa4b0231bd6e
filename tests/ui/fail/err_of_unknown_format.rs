//! The value of `err` must be `%`, `?` or `off`.

use traced::traced;

#[traced(err = !)]
fn odd_err() -> Result<(), u8> {
    Ok(())
}

fn main() {}
