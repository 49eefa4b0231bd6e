//! The attribute does not hide the lint `unused_variables`.

#![deny(unused)]

use traced::traced;

#[traced]
fn unused_argument(unused: u8) {}

#[traced]
fn unused_droppable(used: String, unused: String) -> String {
    used
}

#[traced]
fn unused_local() {
    let unused = 1;
}

#[traced]
async fn unused_in_async(unused: String) {}

fn main() {
    unused_argument(1);
    let _ = unused_droppable(String::new(), String::new());
    unused_local();
    drop(unused_in_async(String::new()));
}
