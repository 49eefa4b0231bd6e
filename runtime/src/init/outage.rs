//! The one warning that spans are being lost.

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether spans are being lost at present, which is said once until they get through again.
static SAID: AtomicBool = AtomicBool::new(false);

/// Spans were lost: said on standard error unless it has been said, since an application may have no other log.
pub(super) fn report(why: fmt::Arguments<'_>) {
    if !SAID.swap(true, Ordering::Relaxed) {
        // A closed standard error is no reason to fail.
        let _ = writeln!(io::stderr(), "traced: {why}");
    }
}

/// Spans get through, as far as is known.
pub(super) fn end() {
    SAID.store(false, Ordering::Relaxed);
}
