//! The program `endings`, as it is built usually and where panics abort.

use std::process::Command;

/// What the program prints: each scenario with the spans that it made.
const EXPECTED: &str = "\
a future dropped: waits
a future polled: yields
a returned future: returned yields
a stream polled and dropped: items
a block: block yields
a future in a context: yields
a closure in a context: call
a layer's future dropped: GET yields
a layer's future and body polled: GET yields
the first call of a thread: call call
";

/// Runs the program, whose panic hook would write to standard error.
fn check(program: &mut Command) {
    let output = program.output().expect("the program runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr, "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), EXPECTED);
    assert!(output.status.success(), "{}", output.status);
}

#[test]
fn no_panic_hook_runs() {
    check(&mut Command::new(env!("CARGO_BIN_EXE_endings")));
}

#[test]
fn nothing_dies_where_panics_abort() {
    // Only the program itself is built anew: it decides for all that it is linked with.
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let built = Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--offline", "--manifest-path", manifest])
        .args(["--bin", "endings_aborting", "--", "-C", "panic=abort"])
        .output()
        .expect("cargo runs");
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    check(&mut Command::new(env!("CARGO_BIN_EXE_endings_aborting")));
}
