//! Locked operations: where they stand in a program or a library, as `objdump` shows it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

type Addresses = Arc<Vec<u64>>;

/// The addresses of all locked instructions; `None` where there is no `objdump`, or another processor.
pub(crate) fn addresses(object: &Path) -> Option<Addresses> {
    static KNOWN: LazyLock<Mutex<HashMap<PathBuf, Addresses>>> = LazyLock::new(Mutex::default);
    if !cfg!(target_arch = "x86_64") {
        return None;
    }
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(addresses) = known.get(object) {
        return Some(Arc::clone(addresses));
    }
    let addresses = Arc::new(disassemble(object)?);
    known.insert(object.to_owned(), Arc::clone(&addresses));
    Some(addresses)
}

fn disassemble(object: &Path) -> Option<Vec<u64>> {
    let mut objdump = Command::new("objdump")
        .args(["--disassemble", "--no-show-raw-insn"])
        .arg(object)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let lines = BufReader::new(objdump.stdout.take()?).lines();
    let addresses = lines.map_while(Result::ok).filter_map(|line| locked(&line));
    let addresses = addresses.collect();
    objdump.wait().ok()?.success().then_some(addresses)
}

/// The address of a line's instruction, if that is locked: by a prefix, or as an exchange with memory is always.
fn locked(line: &str) -> Option<u64> {
    let (address, instruction) = line.trim_start().split_once(":\t")?;
    let is_exchange = instruction.starts_with("xchg") && instruction.contains('(');
    let is_locked = instruction.starts_with("lock ") || is_exchange;
    is_locked.then(|| u64::from_str_radix(address, 16).ok())?
}
