//! The span of a traced function, owned by the function's thread or by its future.
//!
//! The box outlives the span. It serves one span after the other, and keeps the memory of the
//! record, the mark, and the provider whose spans it can hold.

use std::sync::Arc;
use std::{mem, ptr};

use opentelemetry::trace::{SpanContext, SpanId};
use opentelemetry::{Context, Key, Value};

use super::changes::{Changes, Mark};
use super::open_span::Open;
use super::scoped::Scoped;
use crate::attributes::{Attributes, Exception, Sink, ValueRef};
use crate::generation;
use crate::sdk::clock::{self, Time};
use crate::sdk::export::buffers::{self, Rings};
use crate::sdk::record::Record;
use crate::site::CallSite;

/// The maximum size of a record's memory that is kept for the next span, in bytes.
pub(super) const SPARE_BYTES: usize = 4 * 1024;

/// A span of a function, or the box of one that has ended.
pub(crate) struct FunctionSpan {
    pub(crate) open: Open,
    /// The span's context, or the parent's until [`start`](super::start) begins the span. It is
    /// empty while something else holds it, and when the span has ended.
    pub(crate) context: Context,
    pub(crate) site: &'static CallSite,
    pub(crate) mark: &'static Mark,
    pub(crate) turn: u64,
    /// The time at which the span was asked for, until [`start`](super::start) begins it.
    pub(crate) asked_at: u64,
    /// `true` if the span has ended and was handed over, or if it was never recorded.
    pub(super) is_handed_over: bool,
    serves: Serves,
    /// The span below this one on a stack.
    pub(crate) below: Option<Box<FunctionSpan>>,
}

/// The call sites whose spans the provider in the box can start, and for how long.
#[derive(Clone, Copy, Default)]
struct Serves {
    scope: u32,
    generation: u32,
    until: u64,
}

impl FunctionSpan {
    pub(crate) fn new(scoped: Arc<Scoped>, site: &'static CallSite) -> FunctionSpan {
        let mark = Mark::take_unused();
        mark.prepare(|side| side.limits = scoped.shared.limits);
        FunctionSpan {
            open: Open {
                record: Record::in_memory(buffers::fresh()),
                scoped,
            },
            context: Context::default(),
            site,
            mark,
            turn: 0,
            asked_at: 0,
            is_handed_over: true,
            serves: Serves::default(),
            below: None,
        }
    }

    /// Returns `true` if the provider in the box can start a span of this call site.
    #[inline]
    pub(crate) fn serves(&self, site: &'static CallSite, now: u64) -> bool {
        self.serves.scope == site.scope_number()
            && self.serves.generation == generation::current()
            && now <= self.serves.until
    }

    /// Lets the box start spans of this call site, and of others with its scope, by the provider in
    /// `scoped`. This expires one second after `since`, the time at which the provider was asked
    /// for the scope.
    pub(crate) fn serve(&mut self, scoped: Arc<Scoped>, site: &'static CallSite, since: u64) {
        if !Arc::ptr_eq(&self.open.scoped, &scoped) {
            let limits = scoped.shared.limits;
            self.mark.prepare(|side| side.limits = limits);
            self.open.scoped = scoped;
        }
        self.serves = Serves {
            scope: site.scope_number(),
            generation: generation::current(),
            until: since.saturating_add(clock::second()),
        };
    }

    /// Returns `true` if the span is recorded and was not handed over. Another thread may have
    /// ended it.
    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        !self.is_handed_over
    }

    /// Records the names of the function, if the call site is named after another instantiation of
    /// it.
    #[inline]
    pub(crate) fn describe(&mut self, function: &'static str) {
        if !self.site.is_function(function) {
            self.describe_instance(function);
        }
    }

    #[cold]
    fn describe_instance(&mut self, function: &'static str) {
        let names = self.site.names(function);
        if !self.open.record.is_named() && names.span != self.site.name() {
            self.open.record.name(names.span);
        }
        let function = ValueRef::Str(names.function);
        self.open.set(&"code.function.name".into(), &function);
    }

    /// Records the attributes of the function. Nobody else can see the span's context yet.
    #[inline]
    pub(crate) fn record(&mut self, attributes: &dyn Fn(&mut Attributes)) {
        let site = self.site;
        Attributes::record(self, site, attributes);
    }

    /// Returns `true` if this is the span with this turn of the mark.
    #[inline]
    pub(crate) fn has(&self, mark: &'static Mark, turn: u64) -> bool {
        ptr::eq(self.mark, mark) && self.turn == turn
    }

    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        self.mark.is_open(self.turn)
    }

    /// Returns the ids of the span and of its parent.
    pub(crate) fn ids(&self) -> (SpanId, SpanId) {
        self.open.record.ids()
    }

    /// Returns `true` if other threads have done something that is not merged.
    #[inline]
    pub(crate) fn is_changed(&self) -> bool {
        self.mark.is_changed(self.turn)
    }

    /// Merges what other threads have done so far, and hands the span over if they have ended it.
    /// `rings` are those of this thread, or `None` if the thread is ending.
    #[cold]
    pub(super) fn settle(&mut self, rings: Option<&Rings>) {
        if let Some(end) = self.merge() {
            self.hand_over(end, rings);
        }
    }

    /// Merges the changes of other threads. Returns the time at which they ended the span, if they
    /// did.
    #[cold]
    fn merge(&mut self) -> Option<Time> {
        let Open { record, scoped } = &mut self.open;
        let limits = &scoped.shared.limits;
        let take = |side: &mut Changes| {
            record.merge(limits, &side.record);
            // The mark is never freed, so large memory must not stay in it.
            if side.record.capacity() > SPARE_BYTES {
                side.record = Record::default();
            }
            side.end.take()
        };
        self.mark.take(self.turn, take).flatten()
    }

    /// Drops the context. This may run the user's code, if the context holds a value of the user's.
    #[inline]
    pub(crate) fn forget_context(&mut self) {
        drop(mem::take(&mut self.context));
    }

    /// Ends the span, unless it was ended before. `rings` are those of this thread, or `None` if
    /// the thread is ending.
    #[cold]
    pub(super) fn end_at(&mut self, time: Time, rings: Option<&Rings>) {
        if self.is_handed_over {
            return;
        }
        // This comes first: whatever other threads do afterwards comes too late for the span.
        self.mark.end(self.turn, |side| side.end = Some(time));
        let end = self.merge().unwrap_or(time);
        self.hand_over(end, rings);
    }

    #[cold]
    fn hand_over(&mut self, end: Time, rings: Option<&Rings>) {
        self.is_handed_over = true;
        self.open.hand_over(end, rings);
    }
}

impl Drop for FunctionSpan {
    /// Ends a span that nobody has ended, as if this thread had no rings: usually the thread is
    /// ending.
    fn drop(&mut self) {
        self.end_at(Time::now(), None);
        self.mark.give_back();
    }
}

/// Defines one function for each kind of value, see [`Sink`].
macro_rules! indexed {
    ($($name:ident $value:ty;)*) => { $(
        fn $name(&mut self, index: u8, value: $value, site: &'static CallSite) {
            self.open.set_at(site, index, value);
        }
    )* };
}

/// This is how the span is written to while its attributes are evaluated, at its end, and between
/// the items of a stream.
impl Sink for FunctionSpan {
    fn is_open(&mut self) -> bool {
        FunctionSpan::is_open(self)
    }

    fn context(&self) -> SpanContext {
        self.open.record.context()
    }

    fn ids(&self) -> (SpanId, SpanId) {
        FunctionSpan::ids(self)
    }

    fn set(&mut self, key: Key, value: ValueRef<'_>) {
        self.open.set(&key, &value);
    }

    indexed! {
        bool_at bool;
        i64_at i64;
        f64_at f64;
        str_at &str;
        owned_at Value;
    }

    fn failure(&mut self, exception: &Exception<'_>) -> bool {
        self.open.failure(exception)
    }

    fn exception(&mut self, exception: &Exception<'_>) {
        self.open.exception(exception);
    }

    fn fail(&mut self, description: &str) {
        self.open.fail(description);
    }

    fn succeed(&mut self) {
        self.open.succeed();
    }
}
