//! Runs the examples as a user would, and looks at what they print.

mod order_service;
mod small;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use traced_tests_child::Running;

/// Returns the command that runs an example, with nothing in its environment. Cargo builds the
/// examples beside the folder of the tests.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().expect("the test's path");
    let built = test.ancestors().nth(2).expect("the build folder");
    let mut command = Command::new(built.join("examples").join(name));
    command
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(command: &mut Command, input: &str) -> Output {
    let mut running = Running::start(command);
    let stdin = running.stdin.as_mut().expect("a pipe");
    // A child that ends without reading closes the pipe.
    let _ = stdin.write_all(input.as_bytes());
    running.output()
}

/// Returns the trees and the summary without ids, times and bars, which change from run to run.
fn printed(output: &Output) -> String {
    let trees = errors(output);
    let summary = String::from_utf8_lossy(&output.stdout);
    let lines = trees.lines().chain(summary.lines());
    let lines = lines.filter(|line| !line.contains(" is no order: "));
    let lines = lines.map(|line| match (line.split_once('▕'), line.split_once('▏')) {
        (Some((name, _)), Some((_, rest))) => {
            let name = name
                .trim_end()
                .trim_end_matches(|c: char| !c.is_whitespace());
            let name = name
                .trim_end()
                .trim_end_matches(|c: char| !c.is_whitespace());
            format!("{}{rest}", name.trim_end())
        }
        _ if line.starts_with("trace ") => {
            let count = line.split(" · ").nth(1).unwrap_or_default();
            format!("trace of {count}")
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
