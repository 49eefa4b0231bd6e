//! Runs a test once more in a process of its own, for what it writes to standard error.

use std::env;
use std::process::Command;

/// The variable that tells a child what to do.
const TOLD: &str = "TRACED_TEST_CHILD";

/// What this process is told, if it is a child.
pub(crate) fn told() -> Option<String> {
    env::var(TOLD).ok()
}

/// What a child that runs this test writes to standard error.
pub(crate) fn standard_error(test: &str, told: &str) -> String {
    let child = Command::new(env::current_exe().expect("it runs"))
        .args(["--exact", "--nocapture", test])
        .env(TOLD, told)
        .output()
        .expect("it can be run again");
    assert!(child.status.success());
    String::from_utf8(child.stderr).expect("text")
}
