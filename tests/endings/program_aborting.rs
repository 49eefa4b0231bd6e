//! The program `endings`, built with panics that abort; see `lib.rs`.

fn main() {
    traced_endings_tests::run();
}
