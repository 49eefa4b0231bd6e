//! `span!` takes the level as an option, not as its first argument.

use traced::span;

fn main() {
    span!(Level::INFO, "x" => {});
}
