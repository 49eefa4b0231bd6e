//! Finds the locked operations in a program or a library, by `objdump`.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

type Addresses = Arc<Vec<u64>>;

/// Returns the addresses of all locked instructions, or `None` without `objdump` or on another
/// processor.
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

/// Returns the address of a line's instruction, if that is locked by a prefix, or is an exchange
/// with memory, which is always locked.
fn locked(line: &str) -> Option<u64> {
    let (address, instruction) = line.trim_start().split_once(":\t")?;
    let is_exchange = instruction.starts_with("xchg") && instruction.contains('(');
    let is_locked = instruction.starts_with("lock ") || is_exchange;
    is_locked.then(|| u64::from_str_radix(address, 16).ok())?
}
