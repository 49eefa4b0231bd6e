//! The compiler names a variable that is moved while it is borrowed, as it does without the attribute.

use traced::traced;

#[traced]
fn moved_while_borrowed(text: String) -> usize {
    let length = &text;
    drop(text);
    length.len()
}

fn main() {}
