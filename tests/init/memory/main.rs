//! The memory that spans take is bounded, whatever is recorded, and however it is exported. Each
//! load runs in a process of its own, whose memory it measures.
#![cfg(target_os = "linux")]

mod door;
mod fill;
mod loads;
mod output;

use std::env;
use std::fs;
use std::process::Command;

use loads::{CLOSED, Load, OPEN};
use output::Output;

/// The bound that the documentation of `traced::sdk` states.
const BOUND: usize = 64 * 1024 * 1024;
/// What must be left of it, since other allocators and systems take a little more.
const ROOM: usize = 4 * 1024 * 1024;
/// Names the load that this process runs.
const LOAD: &str = "TRACED_MEMORY_LOAD";

#[test]
fn with_an_exporter() {
    check("with_an_exporter", Output::Exporter, &[CLOSED, OPEN]);
}

#[test]
fn over_http() {
    check("over_http", Output::Http, &[CLOSED, OPEN]);
}

#[test]
fn over_grpc() {
    check("over_grpc", Output::Grpc, &[CLOSED]);
}

fn check(test: &str, output: Output, loads: &[&[Load]]) {
    let loads = loads.concat();
    match env::var(LOAD) {
        Ok(name) => run(output, loads.iter().find(|load| load.0 == name)),
        Err(_) => run_all(test, loads.iter().map(|load| load.0)),
    }
}

fn run(output: Output, load: Option<&Load>) {
    let (name, load) = load.expect("a load has this name");
    let before = of_process("RssAnon:");
    load(output);
    // Pages of the program's file do not count.
    let taken = of_process("VmHWM:") - of_process("RssFile:") - before;
    eprintln!("{name}: {} KiB", taken / 1_024);
    assert!(taken <= BOUND - ROOM, "{taken} bytes");
}

/// Runs all loads. Nothing but their memory ends a batch or fills the queue.
fn run_all<'l>(test: &str, names: impl Iterator<Item = &'l str>) {
    let this = env::current_exe().expect("this is a program");
    let passes = |name: &str| {
        let status = Command::new(&this)
            .args(["--exact", test, "--nocapture", "--quiet"])
            .env(LOAD, name)
            .env("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1000000")
            .env("OTEL_BSP_MAX_QUEUE_SIZE", "1000000")
            .env("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
            .env("OTEL_LOGS_EXPORTER", "none")
            .status();
        status.expect("it runs").success()
    };
    let failed: Vec<&str> = names.filter(|name| !passes(name)).collect();
    assert!(failed.is_empty(), "{failed:?}");
}

/// Returns a number of bytes that the system knows of this process.
fn of_process(what: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find(|line| line.starts_with(what));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    let kilobytes: usize = kilobytes
        .and_then(|number| number.parse().ok())
        .expect("a number");
    kilobytes * 1_024
}
