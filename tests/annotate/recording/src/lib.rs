//! `traced` with a provider that is installed before `main` and counts spans.
//!
//! A crate that depends on it under the name `traced` records, whatever its own tests do. By default the provider is the SDK's, and
//! every span that ends is counted. With the feature `native` it is our own with adaptive sampling on, and the spans that reach its
//! exporter are counted. The variable `TRACED_SPANS` names a folder in which each process writes its count to a file named by its id.

#[cfg(feature = "native")]
mod native;
#[cfg(not(feature = "native"))]
mod standard;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, process};

use opentelemetry::trace::noop::NoopTracerProvider;

pub use traced::*;

/// Counts up to this number are written one by one, and later ones in steps of it, since none of
/// our code runs when a process exits.
const STEP: u64 = 1024;

#[ctor::ctor(unsafe)]
fn install() {
    #[cfg(feature = "native")]
    native::install(Counter::new(native::ENOUGH));
    #[cfg(not(feature = "native"))]
    standard::install(Counter::new(standard::ENOUGH));
}

/// A counter of the spans of this process.
#[derive(Debug)]
struct Counter {
    spans: AtomicU64,
    /// The number of spans after which the process has shown enough, and continues without a
    /// provider. Some tests would take hours otherwise.
    enough: u64,
    file: Option<File>,
}

impl Counter {
    fn new(enough: u64) -> Counter {
        let file = env::var("TRACED_SPANS")
            .ok()
            .and_then(|folder| File::create(format!("{folder}/{}", process::id())).ok());
        Counter {
            spans: AtomicU64::new(0),
            enough,
            file,
        }
    }

    fn count_one(&self) {
        let spans = self.spans.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(file) = &self.file
            && (spans <= STEP || spans.is_multiple_of(STEP))
        {
            let text = format!("{spans:>20}");
            // A count that is lost shows in the report; a test must not fail because of it.
            let _ = file.write_all_at(text.as_bytes(), 0);
        }
        if spans == self.enough {
            traced::set_tracer_provider(NoopTracerProvider::new());
        }
    }
}
