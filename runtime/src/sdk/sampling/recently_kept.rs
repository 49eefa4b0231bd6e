//! Remembers the traces that were kept recently, so that their late spans are kept too.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;
use opentelemetry::trace::TraceId;

use super::kept::Reason;

/// The number of decisions that are remembered.
const DECISIONS: usize = 10_000;

/// The ids of traces that were kept recently. The oldest is forgotten first.
#[derive(Default)]
pub(super) struct RecentlyKept {
    reasons: HashMap<TraceId, Reason, RandomState>,
    order: VecDeque<TraceId>,
}

impl RecentlyKept {
    /// Returns the reason why this trace was kept, if it was.
    pub(super) fn reason(&self, id: TraceId) -> Option<Reason> {
        self.reasons.get(&id).copied()
    }

    pub(super) fn remember(&mut self, id: TraceId, reason: Reason) {
        if self.reasons.insert(id, reason).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > DECISIONS
            && let Some(oldest) = self.order.pop_front()
        {
            self.reasons.remove(&oldest);
        }
    }
}
