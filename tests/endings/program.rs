//! The program `endings`; see `lib.rs`.

fn main() {
    traced_endings_tests::run();
}
