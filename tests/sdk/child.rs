//! Runs a test once more in a separate process, to see what it writes to standard error.

use std::env;
use std::process::Command;

use traced_tests_child::output;

/// The environment variable that says what a child is to do.
const TOLD: &str = "TRACED_TEST_CHILD";

/// Returns what this process is to do, if it is a child.
pub(crate) fn told() -> Option<String> {
    env::var(TOLD).ok()
}

/// Returns what a child that runs this test writes to standard error.
pub(crate) fn standard_error(test: &str, told: &str) -> String {
    let mut program = Command::new(env::current_exe().expect("it runs"));
    program.args(["--exact", "--nocapture", test]);
    let child = output(program.env(TOLD, told));
    assert!(child.status.success());
    String::from_utf8(child.stderr).expect("text")
}
