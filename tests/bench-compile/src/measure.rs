//! Measures what the compiler needs for a crate whose dependencies are built, and the size of the
//! result.

use std::fs;
use std::ops::Sub;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};
use object::{File, Object, ObjectSection};

/// The cost of a crate, or the difference of two.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// Seconds of processor time.
    pub(crate) check: f64,
    /// Seconds of processor time.
    pub(crate) release: f64,
    /// Bytes.
    pub(crate) text: f64,
}

impl Cost {
    pub(crate) const WORST: Cost = Cost {
        check: f64::MAX,
        release: f64::MAX,
        text: f64::MAX,
    };

    pub(crate) fn best(self, other: Cost) -> Cost {
        Cost {
            check: self.check.min(other.check),
            release: self.release.min(other.release),
            text: self.text.min(other.text),
        }
    }
}

impl Sub for Cost {
    type Output = Cost;

    fn sub(self, other: Cost) -> Cost {
        Cost {
            check: self.check - other.check,
            release: self.release - other.release,
            text: self.text - other.text,
        }
    }
}

/// Compiles the package of this name in `folder`, again if it is compiled already.
pub(crate) fn cost(folder: &Path, name: &str, build: &Path) -> Result<Cost> {
    let check = compile(folder, build, &["check"])?;
    let release = compile(folder, build, &["build", "--release"])?;
    let binary = fs::read(build.join("release").join(name))?;
    let file = File::parse(&*binary)?;
    let text = file.section_by_name(".text").context("no .text")?.size();
    let text = u32::try_from(text)?.into();
    Ok(Cost {
        check,
        release,
        text,
    })
}

/// Returns the processor time of a cargo command and of everything that it starts, in seconds.
fn compile(folder: &Path, build: &Path, arguments: &[&str]) -> Result<f64> {
    let source = folder.join("src/main.rs");
    fs::write(&source, fs::read(&source)?)?;
    let before = children_time()?;
    let mut cargo = Command::new("cargo");
    cargo.args(arguments).arg("--quiet").current_dir(folder);
    let status = cargo
        .env("CARGO_TARGET_DIR", build)
        .env("CARGO_INCREMENTAL", "0")
        .status()?;
    ensure!(status.success(), "{} does not compile", folder.display());
    Ok(children_time()? - before)
}

/// Returns the processor time of all children so far, in seconds.
fn children_time() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    Ok(seconds(usage.user_time())? + seconds(usage.system_time())?)
}

fn seconds(time: TimeVal) -> Result<f64> {
    let micros = u64::try_from(time.num_microseconds())?;
    Ok(Duration::from_micros(micros).as_secs_f64())
}
