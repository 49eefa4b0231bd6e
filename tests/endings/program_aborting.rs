//! See the library.

fn main() {
    traced_endings_tests::run();
}
