//! The compiler names a variable that is used after its move, as it does without the attribute.

use traced::traced;

#[traced]
fn moved(text: String) -> String {
    drop(text);
    text
}

struct Type(String);

impl Type {
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
