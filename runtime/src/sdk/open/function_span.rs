//! The span of a traced function, which the function's thread keeps, or its future.
//!
//! All of it is in one box, which goes where the function goes and serves the next one when it is
//! over: to the thread's desk while the body runs, so that changes through the API find it there,
//! and back. The context has a [`Handle`] only.

use std::sync::Arc;
use std::{mem, ptr};

use opentelemetry::trace::{SpanContext, SpanId};
use opentelemetry::{Context, Key, Value};

use super::changes::{Mark, Side};
use super::open_span::Open;
use super::scoped::Scoped;
use crate::attributes::{Attributes, Exception, Sink, ValueRef};
use crate::generation;
use crate::sdk::clock::{self, Time};
use crate::sdk::export::buffers;
use crate::sdk::record::Record;
use crate::site::CallSite;

/// How large the memory of a record may be to be kept for the next span.
pub(super) const SPARE_BYTES: usize = 4 * 1024;

/// A span, or the room of one that is over.
pub(crate) struct Kept {
    pub(crate) open: Open,
    /// Empty while something holds it for us, and when the span is over.
    pub(crate) context: Context,
    pub(crate) site: &'static CallSite,
    pub(crate) mark: &'static Mark,
    pub(crate) turn: u64,
    /// Whether the span was ended, and is with the background thread, or was never recorded.
    pub(super) is_handed_over: bool,
    serves: Serves,
    /// The one below it on a pile.
    pub(crate) below: Option<Box<Kept>>,
}

/// Which call sites the provider in the box is right for, and how long.
#[derive(Clone, Copy, Default)]
struct Serves {
    scope: u32,
    generation: u32,
    until: u64,
}

impl Kept {
    pub(crate) fn new(scoped: Arc<Scoped>, site: &'static CallSite) -> Kept {
        let mark = Mark::take_unused();
        mark.prepare(|side| side.limits = scoped.shared.limits);
        Kept {
            open: Open {
                record: Record::in_memory(buffers::fresh()),
                scoped,
            },
            context: Context::default(),
            site,
            mark,
            turn: 0,
            is_handed_over: true,
            serves: Serves::default(),
            below: None,
        }
    }

    /// Returns whether the span of this call site can be started with what the box holds.
    #[inline]
    pub(crate) fn serves(&self, site: &'static CallSite, now: u64) -> bool {
        self.serves.scope == site.scope_number()
            && self.serves.generation == generation::current()
            && now <= self.serves.until
    }

    /// From now on it serves the call sites of this one's scope; the tracer is known since then.
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

    /// Returns whether the span that has begun is recorded, which it may have ended since.
    #[inline]
    pub(crate) fn is_recording(&self) -> bool {
        !self.is_handed_over
    }

    /// Writes the names of another instantiation than the call site's first, which it does not say
    /// itself.
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

    /// Records the attributes that the function names. It is in no context so far that anybody
    /// sees.
    #[inline]
    pub(crate) fn record(&mut self, attributes: &dyn Fn(&mut Attributes)) {
        let site = self.site;
        Attributes::record(self, site, attributes);
    }

    /// Returns whether this is the span that has this turn of the mark.
    #[inline]
    pub(crate) fn has(&self, mark: &'static Mark, turn: u64) -> bool {
        ptr::eq(self.mark, mark) && self.turn == turn
    }

    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        self.mark.is_open(self.turn)
    }

    /// The span's id, and that of the span above.
    pub(crate) fn ids(&self) -> (SpanId, SpanId) {
        self.open.record.ids()
    }

    /// Takes over what others did so far.
    #[inline]
    pub(crate) fn settle(&mut self) {
        if self.mark.is_changed(self.turn)
            && let Some(end) = self.merge()
        {
            self.hand_over(end);
        }
    }

    /// Takes over the changes of others; returns when they ended the span, if they did.
    #[cold]
    fn merge(&mut self) -> Option<Time> {
        let Open { record, scoped } = &mut self.open;
        let limits = &scoped.shared.limits;
        let take = |side: &mut Side| {
            record.merge(limits, &side.record);
            // The mark stays for ever, and what is large would with it.
            if side.record.capacity() > SPARE_BYTES {
                side.record = Record::default();
            }
            side.end.take()
        };
        self.mark.take(self.turn, take).flatten()
    }

    /// Drops the context, and with it what the user may have put into it, which is foreign code.
    #[inline]
    pub(crate) fn forget_context(&mut self) {
        drop(mem::take(&mut self.context));
    }

    /// Ends the span, unless it was ended before.
    #[cold]
    pub(crate) fn end_at(&mut self, time: Time) {
        if self.is_handed_over {
            return;
        }
        // First: what comes later comes too late.
        self.mark.end(self.turn, |side| side.end = Some(time));
        let end = self.merge().unwrap_or(time);
        self.hand_over(end);
    }

    #[cold]
    fn hand_over(&mut self, end: Time) {
        self.is_handed_over = true;
        self.open.hand_over_anywhere(end);
    }
}

impl Drop for Kept {
    /// What was forgotten ends here.
    fn drop(&mut self) {
        self.end_at(Time::now());
        self.mark.give_back();
    }
}

/// One function for each kind of value: see [`Sink`].
macro_rules! indexed {
    ($($name:ident $value:ty;)*) => { $(
        fn $name(&mut self, index: u8, value: $value, site: &'static CallSite) {
            self.open.set_at(site, index, value);
        }
    )* };
}

/// The span while its attributes are evaluated, at its end, and between the items of a stream.
impl Sink for Kept {
    fn is_open(&mut self) -> bool {
        Kept::is_open(self)
    }

    fn context(&self) -> SpanContext {
        self.open.record.context()
    }

    fn ids(&self) -> (SpanId, SpanId) {
        Kept::ids(self)
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
