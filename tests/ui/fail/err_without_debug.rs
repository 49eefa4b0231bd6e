//! `err = ?` needs `Debug`.

use traced::traced;

struct User;

#[traced(err = ?)]
fn no_debug_error() -> Result<(), User> {
    Ok(())
}

fn main() {}
