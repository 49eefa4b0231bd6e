//! Describes the machine and the versions that the figures are for.

use std::fs;
use std::process::Command;
use std::thread;

/// The packages whose versions matter.
const PACKAGES: [&str; 9] = [
    "opentelemetry",
    "opentelemetry_sdk",
    "opentelemetry-otlp",
    "tracing",
    "tracing-opentelemetry",
    "fastrace",
    "fastrace-opentelemetry",
    "opentelemetry-traceable",
    "otel",
];

/// Returns the commit, the compiler, the machine, and the versions.
pub(crate) fn description() -> String {
    let commit = output("git", &["rev-parse", "--short", "HEAD"]);
    let date = output("date", &["--iso-8601"]);
    let rust = output("rustc", &["--version"]);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let processor = processor().unwrap_or_else(|| "an unknown processor".to_owned());
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').nth(2).unwrap_or("unknown");
    let versions = PACKAGES.map(|name| format!("`{name}` {}", version(name).unwrap_or("?")));
    format!(
        "Commit {commit}, {date}, {rust}; {cores} cores of {processor}, with a load of {load} in the quarter of an hour before the end; {}.",
        versions.join(", ")
    )
}

/// Returns the latest version of a package in the lock file.
fn version(package: &str) -> Option<&'static str> {
    let lock = include_str!("../../../Cargo.lock");
    let entry = format!("name = \"{package}\"\nversion = \"");
    let (_, rest) = lock.rsplit_once(&entry)?;
    Some(rest.split_once('"')?.0)
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    output.unwrap_or_else(|_| format!("unknown to `{program}`"))
}

fn processor() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(": ")?.1.to_owned())
}
