//! Instructions and allocations of the calling thread, as callgrind counts them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs, process};

use anyhow::{Context, Result, ensure};

use crate::contender::{Contender, Entry};
use crate::situation::Situation;
use crate::turn;

/// The argument before those of [`make`].
pub(crate) const MAKE: &str = "--make";

/// The traces of a run, few enough for every queue, and those of the run it is subtracted from.
const TRACES: [u32; 2] = [6, 18];

/// Under callgrind: makes so many traces.
pub(crate) fn make<C: Contender>(situation: &Situation, traces: u32) {
    let _flush = situation.sampling.map(C::install);
    counted::<C>(situation, traces);
}

/// What callgrind looks at; what other crates do before `main`, and other threads, it does not.
#[inline(never)]
fn counted<C: Contender>(situation: &Situation, traces: u32) {
    for _ in 0..traces {
        turn::trace::<C::Functions>(situation);
    }
}

/// Whether it can be run.
pub(crate) fn is_there() -> bool {
    let mut valgrind = Command::new("valgrind");
    let valgrind = valgrind.arg("--version").stdout(Stdio::null());
    valgrind.status().is_ok_and(|status| status.success())
}

/// Instructions and allocations per span.
pub(crate) fn count(contender: &Entry, situation: &Situation) -> Result<(f64, f64)> {
    let folder = env::temp_dir().join(format!("traced-bench-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let few = Run::start(contender, situation, TRACES[0], &folder)?;
    let many = Run::start(contender, situation, TRACES[1], &folder)?;
    let (few, many) = (few.end()?, many.end()?);
    fs::remove_dir_all(&folder)?;
    let spans = f64::from((TRACES[1] - TRACES[0]) * situation.spans_of_trace());
    Ok((
        (many.instructions - few.instructions) / spans,
        (many.allocations - few.allocations) / spans,
    ))
}

/// What the calling thread did.
struct Counts {
    instructions: f64,
    allocations: f64,
}

struct Run {
    process: Child,
    /// Of the first thread.
    profile: PathBuf,
}

impl Run {
    fn start(contender: &Entry, situation: &Situation, traces: u32, folder: &Path) -> Result<Run> {
        let traces = traces.to_string();
        let out = folder.join(&traces);
        let process = Command::new("valgrind")
            .args(["--tool=callgrind", "--separate-threads=yes"])
            .arg("--toggle-collect=*instructions::counted*")
            .arg(format!("--callgrind-out-file={}", out.display()))
            .arg(env::current_exe()?)
            .args([MAKE, contender.name, situation.name, &traces])
            .stderr(Stdio::null())
            .spawn()?;
        let profile = folder.join(format!("{traces}-01"));
        Ok(Run { process, profile })
    }

    fn end(mut self) -> Result<Counts> {
        ensure!(self.process.wait()?.success(), "valgrind failed");
        Counts::of(&fs::read_to_string(&self.profile)?)
    }
}

impl Counts {
    /// Reads a profile: the total, and the calls of what allocates.
    /// A function's name stands where it is first mentioned, after that only its number.
    fn of(profile: &str) -> Result<Counts> {
        let (mut total, mut calls) = (None, 0.0);
        let (mut allocators, mut called) = (HashSet::new(), "");
        for line in profile.lines() {
            let Some((key, value)) = line.split_once(['=', ':']) else {
                continue;
            };
            match key {
                "fn" | "cfn" => {
                    let (number, name) = value.split_once(' ').unwrap_or((value, ""));
                    if matches!(name, "malloc" | "calloc" | "realloc" | "posix_memalign") {
                        allocators.insert(number);
                    }
                    called = number;
                }
                "calls" if allocators.contains(called) => calls += first_number(value)?,
                "totals" => total = Some(first_number(value)?),
                _ => {}
            }
        }
        Ok(Counts {
            instructions: total.context("a profile without totals")?,
            allocations: calls,
        })
    }
}

fn first_number(text: &str) -> Result<f64> {
    let number = text.split_whitespace().next().context("no number")?;
    Ok(number.parse()?)
}
