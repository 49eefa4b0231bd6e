//! Tests of all runtimes that the program may run on, over both protocols.

use std::process::Command;

use crate::collector::Collector;
use crate::{application, quietly};

#[test]
fn spans_arrive_from_any_main() {
    for way in [
        "plain",
        "current_thread",
        "multi_thread",
        "task",
        "spawn_blocking",
        "thread",
    ] {
        for collector in Collector::both() {
            quietly(application(way).envs(collector.environment()));
            assert_eq!(collector.names(), "call", "{way}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn spans_arrive_on_one_processor() {
    for way in ["plain", "current_thread", "multi_thread"] {
        for collector in Collector::both() {
            let application = application(way);
            let mut command = Command::new("taskset");
            command
                .args(["-c", "0"])
                .arg(application.get_program())
                .arg(way);
            quietly(command.env_clear().envs(collector.environment()));
            assert_eq!(collector.names(), "call", "{way}");
        }
    }
}

/// A connection that was idle between two exports is used again, or replaced.
#[test]
fn spans_arrive_batch_by_batch() {
    for collector in Collector::both() {
        let delay = ("OTEL_BSP_SCHEDULE_DELAY", "200");
        quietly(
            application("plain")
                .arg("slowly")
                .envs(collector.environment())
                .envs([delay]),
        );
        assert_eq!(collector.names(), "call call");
    }
}

#[test]
fn there_is_one_set_up_at_a_time() {
    let collector = Collector::http();
    let said = quietly(application("twice").envs(collector.environment()));
    assert_eq!(
        said,
        "tracing is already set up in this process: keep the first guard, and call `init` once\n"
    );
    assert_eq!(collector.names(), "call", "by the first set-up");

    let collector = Collector::grpc(None);
    quietly(application("again").envs(collector.environment()));
    assert_eq!(collector.names(), "call call");
}

/// The exporter works on a test's thread as on any other, and its requests create no spans.
#[test]
fn it_can_be_set_up_by_a_test() {
    let guard = traced::builder()
        .with_service_name("a test")
        .init()
        .expect("a set-up");
    assert!(traced::init().is_err());
    guard.shutdown();
}
