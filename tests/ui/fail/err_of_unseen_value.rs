//! `err` needs a returned value that can be seen, which `#[track_caller]` prevents.

use traced::traced;

#[traced(err = ?)]
#[track_caller]
fn error_unseen() -> Result<(), u8> {
    Ok(())
}

fn main() {}
