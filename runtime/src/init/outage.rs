//! The one warning that spans are being lost.

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether spans are being lost at present, which is said once until they get through again.
#[derive(Debug, Default)]
pub(super) struct Outage(AtomicBool);

impl Outage {
    /// Spans were lost: said on standard error unless it has been said, since an application may have no other log.
    pub(super) fn report(&self, why: fmt::Arguments<'_>) {
        if !self.0.swap(true, Ordering::Relaxed) {
            // A closed standard error is no reason to fail.
            let _ = writeln!(io::stderr(), "traced: {why}");
        }
    }

    /// Spans got through.
    #[cfg(feature = "otlp")]
    pub(super) fn end(&self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
