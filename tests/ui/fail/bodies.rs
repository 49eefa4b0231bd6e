//! What is wrong in a body is the compiler's own error, at the user's token.

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
fn half_typed(list: Vec<u8>) -> usize {
    list.
}

#[traced]
fn use_after_move(text: String) -> String {
    drop(text);
    text
}

#[traced]
async fn borrow_of_local<'a>() -> &'a str {
    let text = String::new();
    &text
}

#[traced]
fn missing_value() -> u8 {
    let _ = 1;
}

fn main() {}
