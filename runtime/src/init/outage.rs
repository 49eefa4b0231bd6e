//! The one warning that spans, or log records, are being lost.

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether something is being lost at present, which is said once until it gets through again.
#[derive(Debug)]
pub(super) struct Outage {
    said: AtomicBool,
}

impl Outage {
    pub(super) const fn none() -> Outage {
        Outage {
            said: AtomicBool::new(false),
        }
    }

    /// Something was lost: said on standard error unless it has been said, since an application may have no other log.
    pub(super) fn report(&self, why: fmt::Arguments<'_>) {
        if !self.said.swap(true, Ordering::Relaxed) {
            // A closed standard error is no reason to fail.
            let _ = writeln!(io::stderr(), "traced: {why}");
        }
    }

    /// It gets through, as far as is known.
    pub(super) fn end(&self) {
        self.said.store(false, Ordering::Relaxed);
    }
}
