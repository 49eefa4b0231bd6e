//! The compiler names `self` where a part is moved out of it, as it does without the attribute.

use traced::traced;

struct Type(String);

impl Type {
    #[traced]
    fn field(&self) -> String {
        self.0
    }
}

fn main() {}
