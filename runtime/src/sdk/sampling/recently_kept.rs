//! Remembers the traces that were kept recently, so that their late spans are kept too.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::RandomState;
use opentelemetry::trace::TraceId;

use super::kept::Kept;

/// The maximum number of decisions that are remembered.
const DECISIONS: usize = 10_000;

/// The ids of traces that were kept recently. The oldest is forgotten first.
#[derive(Default)]
pub(super) struct RecentlyKept {
    traces: HashMap<TraceId, Kept, RandomState>,
    order: VecDeque<TraceId>,
}

impl RecentlyKept {
    /// Returns how this trace was kept, if it was kept recently.
    pub(super) fn get(&self, id: TraceId) -> Option<Kept> {
        self.traces.get(&id).copied()
    }

    pub(super) fn remember(&mut self, id: TraceId, kept: Kept) {
        if self.traces.insert(id, kept).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > DECISIONS
            && let Some(oldest) = self.order.pop_front()
        {
            self.traces.remove(&oldest);
        }
    }
}
