//! Tests `traced::init` from the outside, with programs that it sets up, and collectors that are
//! good, bad or not there.

mod answers;
mod bad_values;
mod collector;
mod endings;
mod environment;
mod faults;
mod flush;
mod handed_on;
mod logs;
mod retries;
mod runtimes;
mod secrets;
mod sizes;
mod tls;

use std::process::{Command, Output};

use traced_tests_child::output;

/// Returns the command for the program `application.rs`, with an empty environment.
fn application(way: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_application"));
    command.arg(way).env_clear();
    command
}

fn run(command: &mut Command) -> Output {
    output(command)
}

/// Runs a program that must succeed without a warning, and returns its output.
fn quietly(command: &mut Command) -> String {
    let output = run(command);
    assert_eq!(errors(&output), "");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
