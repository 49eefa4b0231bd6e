//! Runs each contender in each situation in a separate process. A line asks it for a turn, and a
//! line answers.

use std::env;
use std::io::{self, BufRead, BufReader, Lines, Write};
use std::process::{Child as Process, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::contender::{Contender, Entry, Flush};
use crate::figures::Figures;
use crate::sink::Sink;
use crate::situation::Situation;
use crate::turn;

/// The environment variable that names the collector.
pub(crate) const URL: &str = "BENCH_COLLECTOR";

/// The argument before those of [`serve`].
pub(crate) const SERVE: &str = "--serve";

/// Answers each line with a turn. This runs in the child.
pub(crate) fn serve<C: Contender>(situation: &Situation) -> Result<()> {
    let flush = install::<C>(situation)?;
    for line in io::stdin().lines() {
        line?;
        let figures = turn::turn::<C>(situation, &flush);
        println!("{}", serde_json::to_string(&figures)?);
    }
    Ok(())
}

/// Sets this process up for the situation.
pub(crate) fn install<C: Contender>(situation: &Situation) -> Result<Flush> {
    Ok(match (situation.sampling, situation.otlp) {
        (Some(sampling), None) => C::install(sampling),
        (Some(sampling), Some(protocol)) => C::install_otlp(sampling, protocol, &env::var(URL)?),
        (None, _) => Box::new(|| ()),
    })
}

/// A contender in a situation, as the parent sees it.
pub(crate) struct Child {
    process: Process,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    sink: Option<Sink>,
}

impl Child {
    pub(crate) fn start(contender: &Entry, situation: &Situation) -> Result<Child> {
        let sink = situation.otlp.map(Sink::start).transpose()?;
        let mut process = Command::new(env::current_exe()?)
            .args([SERVE, contender.name, situation.name])
            .env(URL, sink.as_ref().map_or("", |sink| &sink.url))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let questions = process.stdin.take().context("no standard input")?;
        let answers = process.stdout.take().context("no standard output")?;
        Ok(Child {
            process,
            questions,
            answers: BufReader::new(answers).lines(),
            sink,
        })
    }

    pub(crate) fn turn(&mut self) -> Result<Figures> {
        writeln!(self.questions)?;
        let answer = self.answers.next().context("the child is gone")??;
        let mut figures: Figures = serde_json::from_str(&answer)?;
        if let Some(sink) = &mut self.sink {
            let bytes = u32::try_from(sink.bytes()?)?;
            figures.bytes = Some(f64::from(bytes) / f64::from(figures.made));
        }
        Ok(figures)
    }

    pub(crate) fn end(mut self) -> Result<()> {
        drop(self.questions);
        ensure!(self.process.wait()?.success(), "a child failed");
        self.sink.map_or(Ok(()), Sink::end)
    }
}
