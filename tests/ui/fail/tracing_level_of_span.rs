//! The level is an option of `span!`, and not its first argument.

use traced::span;

fn main() {
    span!(Level::INFO, "x" => {});
}
