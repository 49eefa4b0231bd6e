//! The state that the spans of a provider share with its background thread.

use std::sync::atomic::{AtomicBool, Ordering};

use super::buffers::{Buffers, Pushed, Rings};
use super::mailbox::Mailbox;
use super::stats::Counters;
use super::warnings::Warnings;
use crate::sdk::ids::Ids;
use crate::sdk::record::Limits;
use crate::sdk::record::layout::is_error;
use crate::sdk::sampling::Head;
use crate::sdk::scopes::Scopes;

/// The state of a provider.
pub(crate) struct Shared {
    pub(crate) buffers: Buffers,
    pub(crate) limits: Limits,
    pub(crate) head: Head,
    pub(crate) ids: Ids,
    pub(crate) scopes: Scopes,
    pub(crate) mailbox: Mailbox,
    pub(crate) counters: Counters,
    pub(crate) warnings: Warnings,
    pub(crate) is_shut_down: AtomicBool,
}

impl Shared {
    #[inline]
    pub(crate) fn is_shut_down(&self) -> bool {
        self.is_shut_down.load(Ordering::Relaxed)
    }

    /// Hands over a span that has ended. `rings` are those of the thread, or `None` if the thread
    /// is ending. A span that ends after the shutdown, or finds no room, is counted as dropped.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "it is called where a span ends, and nowhere else"
    )]
    pub(crate) fn ended(&self, rings: Option<&Rings>, record: &[u8]) {
        if self.is_shut_down() {
            self.counters.after_shutdown.fetch_add(1, Ordering::Relaxed);
            return self.warnings.tell_of_late();
        }
        match self.buffers.push(rings, record) {
            Pushed::Kept => {}
            Pushed::KeptFillingUp => self.mailbox.call(),
            Pushed::Dropped => {
                self.counters.buffer_full.fetch_add(1, Ordering::Relaxed);
                let errors = u64::from(is_error(record));
                self.counters.errors.fetch_add(errors, Ordering::Relaxed);
            }
        }
    }
}
