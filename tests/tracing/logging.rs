//! A program that speaks `tracing` and is set up by `traced::init`, after a subscriber of its own if it is called with an argument.

use std::process::ExitCode;

use traced::traced;
use tracing::{debug, info, info_span};

fn main() -> ExitCode {
    if std::env::args().len() > 1 {
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_ansi(false)
            .without_time()
            .init();
    }
    let _guard = match traced::init() {
        Ok(guard) => guard,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    process_order();
    ExitCode::SUCCESS
}

#[traced]
fn process_order() {
    debug!("looking");
    info_span!("library").in_scope(|| info!("charged"));
}
