//! Runs the example `services` as a user would.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use traced_tests_child::{Running, output};

use crate::built;

/// Returns the command for the example. Its environment is empty, except that it asks for the spans
/// of tower-http, and for no other ones of libraries.
///
/// # Panics
///
/// Outside of a test.
#[must_use]
pub fn command() -> Command {
    let mut command = built("services");
    command.env_clear().env("RUST_LOG", "tower_http=info");
    command
}

/// Returns what the example prints, [`without_ids`], which change from run to run.
///
/// # Panics
///
/// If it fails.
pub fn printed(command: &mut Command) -> String {
    let output = output(command);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{errors}");
    without_ids(&String::from_utf8(output.stdout).expect("text"))
}

/// Returns what the example prints after its first line: the answer to the order whose card is
/// declined, and its trace. `queue` is the queue's `messaging.system`, and `worker` the service that
/// takes messages from it.
#[must_use]
pub fn declined(queue: &str, worker: &str) -> String {
    let trace = include_str!("services/declined.txt");
    filled(trace, queue, worker) + &archived(queue, worker)
}

/// Returns the trace of a batch of two messages.
#[must_use]
pub fn archived(queue: &str, worker: &str) -> String {
    filled(include_str!("services/archived.txt"), queue, worker)
}

fn filled(trace: &str, queue: &str, worker: &str) -> String {
    trace.replace("{queue}", queue).replace("{worker}", worker)
}

/// Asserts that two texts are equal. If they are not, both are shown as they are.
///
/// # Panics
///
/// Panics if they differ.
#[track_caller]
pub fn assert_text(text: &str, expected: &str) {
    assert!(text == expected, "is:\n{text}\nexpected:\n{expected}");
}

/// Returns the traces with `…` for ids and ports.
#[must_use]
pub fn without_ids(traces: &str) -> String {
    let traces = hide(traces, "127.0.0.1:", char::is_numeric);
    let traces = hide(&traces, "port=", char::is_numeric);
    hide(&traces, "trace ", |c| c.is_ascii_hexdigit())
}

/// Returns the text with `…` for what matches behind each `start`.
fn hide(text: &str, start: &str, what: impl Fn(char) -> bool) -> String {
    let mut parts = text.split(start);
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| format!("{start}…{}", part.trim_start_matches(&what)));
    first + &rest.collect::<String>()
}

/// A service of the example, or another one that prints its address and ends with its standard
/// input.
pub struct Service {
    running: Running,
    /// The address at which it listens.
    pub address: String,
}

impl Service {
    /// Starts the service.
    ///
    /// # Panics
    ///
    /// Panics if it does not start.
    pub fn start(command: &mut Command) -> Service {
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut running = Running::start(pipes);
        let mut said = String::new();
        let stdout = running.stdout.as_mut().expect("a pipe");
        BufReader::new(stdout).read_line(&mut said).expect("a line");
        let address = said.trim().to_owned();
        Service { running, address }
    }

    /// Lets the service finish its work and send its traces.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub fn stop(self) {
        let status = self.running.wait();
        assert!(status.success(), "{status}");
    }
}
