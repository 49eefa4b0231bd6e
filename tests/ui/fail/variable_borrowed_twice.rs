//! The compiler names a variable that is borrowed twice, as it does without the attribute.

use traced::traced;

#[traced]
fn borrowed(mut list: Vec<u8>) {
    let first = &list[0];
    list.push(1);
    drop(first);
}

#[traced]
async fn borrowed_later(mut list: Vec<u8>) {
    let first = &list[0];
    list.push(1);
    drop(first);
}

fn main() {}
