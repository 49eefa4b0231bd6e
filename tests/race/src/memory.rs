//! Measures the memory of this process.

use std::fs;

/// Returns the number of resident bytes, and restarts the measurement of the peak.
pub(crate) fn start() -> usize {
    // Linux notes the peak from here on.
    let _ = fs::write("/proc/self/clear_refs", "5");
    kilobytes("VmRSS:") * 1_024
}

/// Returns the peak number of resident bytes since the start, or 0 if it is not known.
pub(crate) fn peak() -> usize {
    kilobytes("VmHWM:") * 1_024
}

fn kilobytes(key: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}
