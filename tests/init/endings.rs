//! How a program can end, and what is lost then.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::collector::{Collector, hanging};
use crate::{application, errors, run};

#[test]
fn nothing_is_lost_by_a_panic_in_main() {
    for collector in Collector::both() {
        let output = run(application("panic").envs(collector.environment()));
        assert_eq!(output.status.code(), Some(101));
        assert_eq!(collector.names(), "call");
    }
}

#[test]
fn nothing_is_lost_by_a_signal_that_lets_main_return() {
    for collector in Collector::both() {
        let mut command = application("sigterm");
        let mut child = command
            .envs(collector.environment())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut said = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut said).expect("a line");
        assert_eq!(said, "ready\n");
        let pid = i32::try_from(child.id()).expect("a process id");
        kill(Pid::from_raw(pid), Signal::SIGTERM).expect("the process is there");
        assert!(child.wait().expect("an end").success());
        assert_eq!(collector.names(), "call");
    }
}

#[test]
fn nothing_is_lost_by_an_exit_after_the_shutdown() {
    for collector in Collector::both() {
        let output = run(application("exit").envs(collector.environment()));
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(collector.names(), "call");
    }
}

/// As the documentation of the guard says.
#[test]
fn an_exit_without_a_shutdown_loses_what_was_not_flushed() {
    for collector in Collector::both() {
        let output = run(application("exit_without_shutdown").envs(collector.environment()));
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(collector.names(), "call", "of two");
    }
}

/// The limit is one second here, that of an export a minute.
#[test]
fn the_end_waits_no_longer_than_the_limit() {
    let begun = Instant::now();
    let endpoint = format!("http://{}", hanging());
    let output = run(application("builder").arg("much").envs([
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "60000"),
    ]));
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert!(output.status.success());
    assert_eq!(
        errors(&output),
        "traced: spans were not exported within 1s, and are lost\n"
    );
}
