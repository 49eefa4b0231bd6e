//! The memory of this process.

use std::fs;

/// The resident bytes, and the point from which on the most are noted.
pub(crate) fn start() -> usize {
    // Linux notes the peak from here on.
    let _ = fs::write("/proc/self/clear_refs", "5");
    kilobytes("VmRSS:") * 1_024
}

/// The most resident bytes since the start; 0 where that is not known.
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
