//! The compiler names the variables in its errors, as without the attribute.

use traced::traced;

#[traced]
fn moved(text: String) -> String {
    drop(text);
    text
}

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

#[traced]
fn not_mutable(list: Vec<u8>) {
    list.push(1);
}

#[traced]
fn moved_while_borrowed(text: String) -> usize {
    let length = &text;
    drop(text);
    length.len()
}

struct Type(String);

impl Type {
    #[traced]
    fn field(&self) -> String {
        self.0
    }

    #[traced]
    fn whole(self) -> Type {
        drop(self);
        self
    }
}

#[traced]
fn boxed(text: String) -> std::pin::Pin<Box<dyn Future<Output = String> + Send>> {
    drop(text);
    Box::pin(async move { text })
}

fn main() {}
