//! `cargo run -p traced-matrix [-- SIZE [SEED]]`: all pairs, or a sample of so many cases.

use std::process::ExitCode;

use anyhow::Result;

fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let (name, cases) = match arguments.next() {
        None => ("pairs", traced_matrix::all_pairs()),
        Some(size) => {
            let seed = arguments.next().map_or(Ok(7), |seed| seed.parse())?;
            ("sample", traced_matrix::sample(size.parse()?, seed))
        }
    };
    let failures = traced_matrix::run(name, &cases)?;
    for failure in &failures {
        println!("{failure}");
    }
    println!("{} of {} cases failed", failures.len(), cases.len());
    Ok(ExitCode::from(u8::from(!failures.is_empty())))
}
