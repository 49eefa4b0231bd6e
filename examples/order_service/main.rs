//! Reads orders from a JSON file, processes each of them, and traces that: `cargo run --example
//! order_service [FILE]`. The file `-` is standard input.

mod orders;

use std::io::Read;
use std::process::ExitCode;

use orders::{Order, process_order};
use serde_json::Value;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/orders.json");

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let guard = match traced::init() {
        Ok(guard) => guard,
        Err(error) => return fail(&format!("tracing could not be set up: {error}")),
    };
    let source = std::env::args()
        .nth(1)
        .unwrap_or_else(|| SHIPPED.to_owned());
    let records = match read_records(&source) {
        Ok(records) => records,
        Err(message) => return fail(&message),
    };
    let (mut processed, mut failed, mut malformed) = (0, 0, 0);
    for (index, record) in records.into_iter().enumerate() {
        match serde_json::from_value::<Order>(record) {
            Ok(order) => match process_order(&order).await {
                Ok(()) => processed += 1,
                Err(_) => failed += 1,
            },
            Err(error) => {
                eprintln!("{source}: record {} is no order: {error}", index + 1);
                malformed += 1;
            }
        }
    }
    // This prints the traces on the console above the summary.
    guard.flush();
    println!("{processed} orders processed, {failed} failed, {malformed} malformed");
    ExitCode::SUCCESS
}

fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}

fn read_records(source: &str) -> Result<Vec<Value>, String> {
    let text = if source == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(source)
    };
    let text = text.map_err(|error| format!("{source} cannot be read: {error}"))?;
    serde_json::from_str(&text)
        .map_err(|error| format!("{source} is no JSON list of orders: {error}"))
}
