//! A program that uses `tracing` and `log`, and is set up by `traced::init`: `logging WORK`.

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::process::ExitCode;

use log::{Log, Metadata, Record};
use traced::{InitError, traced};
use tracing::{debug, error, info, info_span};

fn main() -> ExitCode {
    match run(&std::env::args().nth(1).unwrap_or_default()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(work: &str) -> Result<(), InitError> {
    let builder = traced::builder();
    let (builder, work): (_, fn()) = match work {
        "subscriber" => {
            tracing_subscriber::fmt()
                .with_writer(std::io::stderr)
                .with_ansi(false)
                .without_time()
                .init();
            (builder, process_order)
        }
        "attributes" => (builder.with_span_attributes_on_lines(), || {
            charge(7, "4111");
        }),
        "json" => (builder.with_json_lines(), process_order),
        "json_attributes" => (
            builder.with_json_lines().with_span_attributes_on_lines(),
            || {
                charge(7, "4111");
            },
        ),
        "log" => (builder, lines_of_log),
        "logger" => {
            log::set_boxed_logger(Box::new(Own)).expect("the first one");
            log::set_max_level(log::LevelFilter::Trace);
            (builder, lines_of_log)
        }
        "hostile" => (builder, hostile),
        "hostile_json" => (
            builder.with_json_lines().with_span_attributes_on_lines(),
            || {
                hostile();
                info!("{HOSTILE}");
            },
        ),
        "parents" => (builder, parents),
        _ => (builder, process_order),
    };
    let _guard = builder.init()?;
    work();
    Ok(())
}

#[traced]
fn process_order() {
    debug!("looking");
    info_span!("library", rows = 3_u64).in_scope(|| info!("charged"));
    info!("done");
}

#[traced("order charge", attributes(order.id = id, card, items = ["a\"b", "c"]))]
fn charge(id: u64, card: &str) {
    info!("first");
    traced::set_attribute("paid", true);
    traced::set_attribute("order.id", 8);
    info!("second");
    traced::span!("step" => info!("third"));
}

#[traced]
fn lines_of_log() {
    log::info!(target: "billing", "order {}", 7);
    log::debug!("unseen");
    info!("max level of log: {}", log::max_level());
}

#[traced]
fn parents() {
    let never_entered = info_span!("never entered");
    info!(parent: &never_entered, "to it");
    info!(parent: None, "to nobody");
    info!("to the function");
}

/// The logger of a program that has one.
struct Own;

impl Log for Own {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        if record.target() == "billing" {
            eprintln!("logging: own: {}", record.args());
        }
    }

    fn flush(&self) {}
}

/// A text that clears the screen, sets the title, forges a line, rings the bell, and reverses the
/// text.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;title\u{7}\r\nINFO forged\u{9b}31m\u{7f}\u{202e}";

#[derive(Debug)]
struct Refused(Option<Box<Refused>>);

impl Display for Refused {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(HOSTILE)
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_deref()?)
    }
}

/// A value whose `Debug` writes its text raw, although it should escape it.
struct Raw;

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(HOSTILE)
    }
}

#[traced(name = HOSTILE)]
fn hostile() {
    let error = Refused(Some(Box::new(Refused(None))));
    let span = info_span!("library", shown = %HOSTILE);
    let entered = span.enter();
    info!("{HOSTILE}");
    info!(text = HOSTILE, shown = %HOSTILE, raw = ?Raw, "it's \"fine\" at C:\\temp");
    error!(error = &error as &dyn Error, "failed");
    log::warn!(target: HOSTILE, "{HOSTILE}");
    drop(entered);
    info!(traced = true, "in the function");
}
