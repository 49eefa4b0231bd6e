//! The example `services`, run as a user would.

use std::process::Command;

use crate::example;

/// The example, with nothing in its environment.
///
/// # Panics
///
/// Outside of a test.
#[must_use]
pub fn command() -> Command {
    let mut command = example("services");
    command.env_clear();
    command
}

/// What it prints, with `…` for ids and ports, which change from run to run.
///
/// # Panics
///
/// If it fails.
pub fn printed(command: &mut Command) -> String {
    let output = command.output().expect("the example is built");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{errors}");
    let text = String::from_utf8(output.stdout).expect("text");
    let text = hide(&text, "127.0.0.1:", char::is_numeric);
    hide(&text, "trace ", |c| c.is_ascii_hexdigit())
}

/// The text with `…` for what matches behind each `start`.
fn hide(text: &str, start: &str, what: impl Fn(char) -> bool) -> String {
    let mut parts = text.split(start);
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| format!("{start}…{}", part.trim_start_matches(&what)));
    first + &rest.collect::<String>()
}
