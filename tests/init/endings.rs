//! Tests of the ways in which a program can end, and of what is lost then.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use traced_tests_child::Running;

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
        let command = command.envs(collector.environment());
        let mut child = Running::start(command.stdout(Stdio::piped()));
        let mut said = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut said).expect("a line");
        assert_eq!(said, "ready\n");
        let pid = i32::try_from(child.id()).expect("a process id");
        kill(Pid::from_raw(pid), Signal::SIGTERM).expect("the process is there");
        assert!(child.wait().success());
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

/// The documentation of the guard says so.
#[test]
fn an_exit_without_a_shutdown_loses_what_was_not_flushed() {
    for collector in Collector::both() {
        let output = run(application("exit_without_shutdown").envs(collector.environment()));
        assert_eq!(output.status.code(), Some(3));
        assert_eq!(collector.names(), "call", "of two");
        assert_eq!(errors(&output), NOT_DROPPED);
    }
}

const NOT_DROPPED: &str = "traced: the program ends with spans that were not exported, since the guard of `traced::init` was not dropped: call `Guard::shutdown` before `std::process::exit`, and keep the guard in a variable of `main`, not in a static\n";

#[test]
fn a_guard_that_is_never_dropped_is_named_at_the_end() {
    let collector = Collector::http();
    for (way, code) in [("static", 0), ("exit_elsewhere", 3)] {
        let output = run(application(way).envs(collector.environment()));
        assert_eq!(output.status.code(), Some(code), "{way}");
        assert_eq!(errors(&output), NOT_DROPPED, "{way}");
    }
    // Nothing is lost, nothing is said.
    let mut all_sent = application("exit_without_shutdown");
    let output = run(all_sent.arg("nothing").envs(collector.environment()));
    assert_eq!(errors(&output), "");
}

/// This is the first example of the documentation, without a variable that holds the guard.
#[test]
fn spans_after_the_guard_are_named_once() {
    let collector = Collector::http();
    let output = run(application("unguarded").envs(collector.environment()));
    assert!(output.status.success());
    assert_eq!(collector.names(), "");
    assert_eq!(
        errors(&output),
        "traced: a span came after tracing was shut down, so it is lost, and so are all that follow: keep the guard of `traced::init` until the end of `main`, in a variable with a name (`let _guard = …`, not `let _ = …`)\n"
    );
    let mut off = application("unguarded");
    let output = run(off.env("OTEL_TRACES_EXPORTER", "none"));
    assert_eq!(errors(&output), "", "nothing is lost that somebody wants");
}

/// The flush that waited in vain and the end of the guard cause one warning.
#[test]
fn the_end_does_not_wait_again_for_what_a_flush_waited_for() {
    let endpoint = format!("http://{}", hanging());
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint)];
    let output = run(application("flush").envs(variables));
    assert!(output.status.success());
    assert_eq!(errors(&output), "traced: spans were not exported in time\n");
    assert_eq!(output.stdout, b"1 recorded, 0 exported\n");
}

/// The limit of the guard is one second here, and that of an export a minute.
#[test]
fn the_end_waits_no_longer_than_the_limit() {
    let endpoint = format!("http://{}", hanging());
    let output = run(application("builder").arg("much").envs([
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "60000"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "60000"),
    ]));
    assert!(output.status.success());
    assert_eq!(
        errors(&output),
        "traced: spans were not exported within 1s, and are lost\n"
    );
}
