//! Of a function that stays in place the returned value is not seen.

use traced::traced;

#[traced(err = ?)]
#[track_caller]
fn error_unseen() -> Result<(), u8> {
    Ok(())
}

fn main() {}
