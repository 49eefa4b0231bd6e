//! `err` needs a returned `Result`.

use traced::traced;

#[traced(err = ?)]
fn err_without_result() -> u8 {
    1
}

fn main() {}
