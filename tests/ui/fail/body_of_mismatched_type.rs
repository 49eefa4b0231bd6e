//! A wrong type in a body causes the compiler's own error, at the user's token.

use traced::traced;

#[traced]
fn mismatched() -> u8 {
    "text"
}

#[traced]
async fn mismatched_later() -> Result<u8, String> {
    Ok("text")
}

#[traced]
fn missing_value() -> u8 {
    let _ = 1;
}

fn main() {}
