//! Libraries that use `tracing` become part of the trace, with their spans and events. Their log
//! lines have the ids of the trace.
//!
//!     cargo run --features tracing --example with_tracing
//!
//! `RUST_LOG=debug` shows more events of libraries.

use traced::traced;

#[traced(attributes(order.id = id))]
fn process_order(id: u64) {
    http_client::get("/users/7", || {
        tracing::info!("the user is known");
    });
}

/// Stands for a library that does not know `traced`.
mod http_client {
    use tracing::{debug, info_span, warn};

    pub(crate) fn get(path: &str, on_answer: impl FnOnce()) {
        let span = info_span!("GET", path, status = tracing::field::Empty);
        let _entered = span.enter();
        debug!("connecting");
        warn!(attempt = 2, "the connection was lost");
        span.record("status", 200);
        on_answer();
        super::parse_answer();
    }
}

/// Its span is below the library's.
#[traced]
fn parse_answer() {}

fn main() -> Result<(), traced::InitError> {
    // Installs a subscriber, unless the program has one already.
    let _guard = traced::init()?;
    process_order(7);
    Ok(())
}
