//! Runs all pairs, or a sample of `SIZE` cases: `cargo run -p traced-matrix [-- SIZE [SEED]]`.

use std::process::ExitCode;

use anyhow::Result;

fn main() -> Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let cases = match arguments.next() {
        None => traced_matrix::all_pairs(),
        Some(size) => {
            let seed = arguments.next().map_or(Ok(7), |seed| seed.parse())?;
            traced_matrix::sample(size.parse()?, seed)
        }
    };
    let failures = traced_matrix::run(&cases)?;
    for failure in &failures {
        println!("{failure}");
    }
    println!("{} of {} cases failed", failures.len(), cases.len());
    Ok(ExitCode::from(u8::from(!failures.is_empty())))
}
