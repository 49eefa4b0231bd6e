//! A reference to a local causes the compiler's own error, at the user's token.

use traced::traced;

#[traced]
async fn borrow_of_local<'a>() -> &'a str {
    let text = String::new();
    &text
}

fn main() {}
