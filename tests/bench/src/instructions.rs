//! Counts instructions, allocations and locked operations, by callgrind.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs, process};

use anyhow::{Context, Result, ensure};

use crate::child::URL;
use crate::contender::{Contender, Entry};
use crate::locked;
use crate::sink::Sink;
use crate::situation::Situation;
use crate::turn;

/// The argument before those of [`make`].
pub(crate) const MAKE: &str = "--make";

/// The traces of a run, few enough for every queue, and those of the run it is subtracted from.
const TRACES: [u32; 2] = [6, 18];
/// The same numbers, for situations in which spans are flushed in between.
const FLUSHED_TRACES: [u32; 2] = [64, 192];

/// Makes this many traces. This runs under callgrind.
pub(crate) fn make<C: Contender>(situation: &Situation, traces: u32) -> Result<()> {
    let flush = crate::child::install::<C>(situation)?;
    if situation.otlp.is_none() {
        counted::<C>(situation, traces);
        return Ok(());
    }
    for _ in 0..traces / situation.traces {
        counted::<C>(situation, situation.traces);
        flush();
    }
    Ok(())
}

/// Runs the part that callgrind counts on the calling thread. It does not count what other crates
/// do before `main`.
#[inline(never)]
fn counted<C: Contender>(situation: &Situation, traces: u32) {
    for _ in 0..traces {
        turn::trace::<C::Functions>(situation);
    }
}

/// Returns `true` if callgrind can be run.
pub(crate) fn is_there() -> bool {
    let mut valgrind = Command::new("valgrind");
    let valgrind = valgrind.arg("--version").stdout(Stdio::null());
    valgrind.status().is_ok_and(|status| status.success())
}

/// The counts of a run.
pub(crate) struct Counts {
    pub(crate) instructions: f64,
    pub(crate) allocations: f64,
    /// The number of locked operations, or `None` if the program cannot be disassembled.
    pub(crate) locked: Option<f64>,
}

/// Counts what the calling thread does for a span.
pub(crate) fn count(contender: &Entry, situation: &Situation) -> Result<Counts> {
    let options = [
        "--dump-instr=yes",
        "--toggle-collect=*instructions::counted*",
    ];
    let runs = TRACES.map(|traces| Run::start(contender, situation, traces, &options));
    let [few, many] = runs.map(|run| Counts::of(&run?.end()?[0]));
    let (few, many) = (few?, many?);
    let spans = f64::from((TRACES[1] - TRACES[0]) * situation.spans_of_trace());
    let locked = many.locked.zip(few.locked);
    Ok(Counts {
        instructions: (many.instructions - few.instructions) / spans,
        allocations: (many.allocations - few.allocations) / spans,
        locked: locked.map(|(many, few)| (many - few) / spans),
    })
}

/// Counts the instructions that the other threads take for a span.
pub(crate) fn count_background(contender: &Entry, situation: &Situation) -> Result<f64> {
    let runs = FLUSHED_TRACES.map(|traces| Run::start(contender, situation, traces, &[]));
    let [few, many] = runs.map(|run| {
        let profiles = run?.end()?;
        let others = profiles[1..].iter().map(|profile| total(profile));
        others.sum::<Result<f64>>()
    });
    let traces = FLUSHED_TRACES[1] - FLUSHED_TRACES[0];
    Ok((many? - few?) / f64::from(traces * situation.spans_of_trace()))
}

struct Run {
    process: Child,
    folder: PathBuf,
    sink: Option<Sink>,
}

impl Run {
    fn start(
        contender: &Entry,
        situation: &Situation,
        traces: u32,
        options: &[&str],
    ) -> Result<Run> {
        let traces = traces.to_string();
        let folder = env::temp_dir().join(format!("traced-bench-{}-{traces}", process::id()));
        fs::create_dir_all(&folder)?;
        let sink = situation.otlp.map(Sink::start).transpose()?;
        let process = Command::new("valgrind")
            .args([
                "--tool=callgrind",
                "--separate-threads=yes",
                "--compress-pos=no",
            ])
            .args(options)
            .arg(format!(
                "--callgrind-out-file={}",
                folder.join("profile").display()
            ))
            .arg(env::current_exe()?)
            .args([MAKE, contender.name, situation.name, &traces])
            .env(URL, sink.as_ref().map_or("", |sink| &sink.url))
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Run {
            process,
            folder,
            sink,
        })
    }

    /// Returns the profiles of all threads, that of the calling one first.
    fn end(mut self) -> Result<Vec<String>> {
        ensure!(self.process.wait()?.success(), "valgrind failed");
        self.sink.map_or(Ok(()), Sink::end)?;
        let files = fs::read_dir(&self.folder)?.map(|file| Ok(file?.path()));
        let mut files: Vec<PathBuf> = files.collect::<Result<_>>()?;
        files.retain(|file| *file != self.folder.join("profile"));
        files.sort();
        let profiles = files.iter().map(fs::read_to_string);
        let profiles = profiles.collect::<Result<_, _>>()?;
        fs::remove_dir_all(&self.folder)?;
        Ok(profiles)
    }
}

/// The contents of a profile.
#[derive(Default)]
struct Profile<'p> {
    total: Option<f64>,
    calls_of_allocators: f64,
    /// The programs and libraries, and how often the instructions at their addresses ran.
    objects: HashMap<&'p str, &'p str>,
    addresses: HashMap<(&'p str, u64), f64>,
}

impl Counts {
    fn of(profile: &str) -> Result<Counts> {
        let profile = Profile::read(profile)?;
        Ok(Counts {
            instructions: profile.total.context("a profile without totals")?,
            allocations: profile.calls_of_allocators,
            locked: profile.locked(),
        })
    }
}

impl<'p> Profile<'p> {
    /// The name of a function or an object stands where it is first mentioned, after that only its number.
    fn read(text: &'p str) -> Result<Profile<'p>> {
        let mut profile = Profile::default();
        let (mut allocators, mut called) = (HashSet::new(), "");
        let (mut object, mut is_of_callee) = ("", false);
        for line in text.lines() {
            if line.starts_with("0x") {
                if !std::mem::take(&mut is_of_callee) {
                    profile.add(object, line)?;
                }
                continue;
            }
            let Some((key, value)) = line.split_once(['=', ':']) else {
                continue;
            };
            let (number, name) = value.split_once(' ').unwrap_or((value, ""));
            match key {
                "ob" | "cob" => {
                    if !name.is_empty() {
                        profile.objects.insert(number, name);
                    }
                    if key == "ob" {
                        object = number;
                    }
                }
                "fn" | "cfn" => {
                    if matches!(name, "malloc" | "calloc" | "realloc" | "posix_memalign") {
                        allocators.insert(number);
                    }
                    called = number;
                }
                "calls" => {
                    is_of_callee = true;
                    if allocators.contains(called) {
                        profile.calls_of_allocators += first_number(value)?;
                    }
                }
                "totals" => profile.total = Some(first_number(value)?),
                _ => {}
            }
        }
        Ok(profile)
    }

    /// Adds a line: address, line of the source, count.
    fn add(&mut self, object: &'p str, line: &str) -> Result<()> {
        let mut fields = line.split_whitespace();
        let address = fields.next().and_then(|field| field.strip_prefix("0x"));
        let address = u64::from_str_radix(address.context("an address")?, 16)?;
        let count: f64 = fields.nth(1).context("no count")?.parse()?;
        *self.addresses.entry((object, address)).or_default() += count;
        Ok(())
    }

    /// Returns how many locked operations ran.
    fn locked(&self) -> Option<f64> {
        let mut count = 0.0;
        let files = self.objects.iter();
        let files = files.map(|(number, object)| (number, Path::new(object)));
        for (number, object) in files.filter(|(_, object)| object.exists()) {
            let ran = |address: &u64| self.addresses.get(&(*number, *address));
            let locked = locked::addresses(object)?;
            count += locked.iter().filter_map(ran).sum::<f64>();
        }
        Some(count)
    }
}

/// Returns the number of instructions in a profile.
fn total(profile: &str) -> Result<f64> {
    let line = profile
        .lines()
        .find_map(|line| line.strip_prefix("totals:"));
    first_number(line.context("a profile without totals")?)
}

fn first_number(text: &str) -> Result<f64> {
    let number = text.split_whitespace().next().context("no number")?;
    Ok(number.parse()?)
}
