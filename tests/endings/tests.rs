//! Runs the program `endings`, built as usual and with panics that abort.

use std::process::Command;

use traced_tests_child::{BUILD_LIMIT, output, output_within};

/// The output of the program: each scenario with the spans that it made. If the context can no
/// longer be accessed, a function that is called in a future's last poll has no span.
const EXPECTED: &str = "\
after ours and OpenTelemetry's:
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
a span changed: changed yields
a span ended and its future dropped: ended yields
a span of the API dropped: api
spans of the API made: below call made
a future left behind: call leaves_context yields
a span ended after its thread: changed yields
after ours:
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
a span changed: changed yields
a span ended and its future dropped: ended yields
a span of the API dropped: api
spans of the API made: below call made
a future left behind: call leaves_context yields
a span ended after its thread: changed yields
before ours:
a future dropped: waits
a future polled: call yields
a returned future: call returned yields
a stream polled and dropped: items
a block: block call yields
a future in a context: call yields
a closure in a context: call call
a layer's future dropped: GET yields
a layer's future and body polled: GET call yields
the first call of a thread: call call
a span changed: changed yields
a span ended and its future dropped: ended yields
a span of the API dropped: api
spans of the API made: below call made
a future left behind: call leaves_context yields
a span ended after its thread: changed yields
2,000 threads: 2666 spans
2756 recorded, 0 not exported
";

/// Runs the program, whose panic hook would write to standard error.
fn check(program: &mut Command) {
    let output = output(program);
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
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["rustc", "--quiet", "--offline", "--manifest-path", manifest])
        .args(["--bin", "endings_aborting", "--", "-C", "panic=abort"]);
    let built = output_within(BUILD_LIMIT, &mut cargo);
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    check(&mut Command::new(env!("CARGO_BIN_EXE_endings_aborting")));
}
