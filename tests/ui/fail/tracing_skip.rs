//! `skip` and `skip_all` of `tracing` are not needed, since arguments are recorded only if named.

use traced::traced;

struct User;

impl User {
    #[traced(skip(self))]
    fn skip_self(&self) {}

    #[traced(skip_all)]
    fn skip_all(&self) {}
}

fn main() {}
