//! The door to our own provider: nothing else in the core names `sdk`.
//!
//! A [`NativeSpan`] is the box of a span of ours. The thread's desk keeps the boxes of spans that
//! have ended, each with the provider that it last served. So the usual start asks nobody:
//! [`begin`] takes a box that still serves the call site, and decides by nothing but the parent.
//! Where that is not enough, it returns the box as [`Asked`], and the sampler has to be asked
//! ([`Asked::start`]). If there is no such box, the provider has to be asked for a tracer
//! ([`NativeTracer::behind`]), which provides a box ([`NativeTracer::serve`]). Both may run foreign
//! code.
//!
//! `no_native.rs` stands in for this file where our own provider is not compiled in. It has the
//! same types and functions, so there is no `cfg` elsewhere.

use std::mem;

use opentelemetry::Context;
use opentelemetry::trace::SpanId;

use crate::attributes::{Attributes, Sink};
use crate::sdk;
pub(super) use crate::sdk::{Desk, Key, Wanted, at_desk, choose, records_everything};
use crate::site::CallSite;

/// The span of a function, by our own provider.
pub(super) struct NativeSpan(Box<sdk::FunctionSpan>);

/// A box that serves a call site, for a span that was asked for and has not begun.
pub(super) struct Asked(Box<sdk::FunctionSpan>);

impl Asked {
    /// Takes a box that serves the call site from the desk. Returns `None` if there is none.
    #[inline]
    pub(super) fn ready(desk: &Desk, site: &'static CallSite) -> Option<Asked> {
        let (mut span, now) = desk.ready(site)?;
        span.asked_at = now;
        Some(Asked(span))
    }

    /// Starts the span below the current context, which [`begin`] has put into the box. This may
    /// run foreign code.
    #[inline(never)]
    pub(super) fn start_below_current(
        mut self,
        site: &'static CallSite,
        function: &'static str,
    ) -> NativeSpan {
        let parent = mem::take(&mut self.0.context);
        self.start(&Wanted {
            site,
            function,
            parent: &parent,
            name: None,
            links: &[],
        })
    }

    /// Starts the span, which may run foreign code.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "see `sdk::start`")]
    pub(super) fn start(mut self, wanted: &Wanted<'_>) -> NativeSpan {
        sdk::start(&mut self.0, wanted);
        NativeSpan(self.0)
    }
}

impl NativeSpan {
    /// Records the names and the attributes of the function on its span, which has begun. Returns
    /// `false` if the span is not recorded.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "one of its two callers is where it has to be fast"
    )]
    pub(super) fn describe(
        &mut self,
        function: &'static str,
        attributes: Option<&dyn Fn(&mut Attributes)>,
    ) -> bool {
        if !self.0.is_recording() {
            return false;
        }
        self.0.describe(function);
        if let Some(attributes) = attributes {
            self.0.record(attributes);
        }
        true
    }

    /// Takes the context of a span that is not recorded, and keeps its box at the desk.
    #[cold]
    pub(super) fn into_context(mut self, desk: &Desk) -> Context {
        let context = mem::take(&mut self.0.context);
        desk.keep(self.0);
        context
    }

    #[inline]
    pub(super) fn site(&self) -> &'static CallSite {
        self.0.site
    }

    #[inline]
    pub(super) fn context(&self) -> &Context {
        &self.0.context
    }

    #[cfg(feature = "root")]
    #[inline]
    pub(super) fn context_mut(&mut self) -> &mut Context {
        &mut self.0.context
    }

    /// Returns the ids of the span and of the one above it.
    pub(super) fn ids(&self) -> (SpanId, SpanId) {
        self.0.ids()
    }

    /// Lets the span wait for its function.
    #[inline]
    pub(super) fn wait(self, desk: &Desk) {
        desk.wait(self.0);
    }

    /// Takes the span that waits for its function, if there is one.
    #[inline]
    pub(super) fn take_waiting(desk: &Desk) -> Option<NativeSpan> {
        desk.take_waiting().map(NativeSpan)
    }

    /// Puts the span on the desk, where changes through the API find it. Returns the span as an
    /// error if this thread is ending, and so has no desk.
    #[inline]
    pub(super) fn put(self) -> Result<Key, Option<NativeSpan>> {
        let mut span = Some(self);
        let key = at_desk(|desk| Some(desk.put(span.take()?.0)));
        key.ok_or(span)
    }

    /// Puts the span of a body that runs once on the desk. Returns the span's context, which
    /// nothing else needs.
    #[inline]
    pub(super) fn put_for_once(mut self, desk: &Desk) -> (Context, Key) {
        let context = mem::take(&mut self.0.context);
        (context, desk.put(self.0))
    }

    /// Takes the span from the desk, if it is there.
    #[inline]
    pub(super) fn take(desk: &Desk, key: Key) -> Option<NativeSpan> {
        desk.take(key).map(NativeSpan)
    }

    /// Applies what other threads have done to the span, and returns it if it has not ended.
    #[inline]
    pub(super) fn open(&mut self) -> Option<&mut dyn Sink> {
        sdk::settle(&mut self.0);
        self.0.is_open().then_some(&mut *self.0 as &mut dyn Sink)
    }

    /// Drops the context. This runs the user's code if the context holds a value of the user's.
    #[inline]
    pub(super) fn forget_context(&mut self) {
        self.0.forget_context();
    }

    /// Ends the span. Its context must have been forgotten.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it is where a span ends")]
    pub(super) fn end(self, desk: &Desk) {
        desk.end(self.0);
    }
}

/// Begins a span below `above`, the current context. Returns `Err` with a box that holds this
/// context if the sampler has to be asked, or `Err(None)` if a provider has to be asked.
#[inline(always)]
#[expect(clippy::inline_always, reason = "its caller is apart itself")]
pub(super) fn begin(
    desk: &Desk,
    above: &Context,
    site: &'static CallSite,
) -> Result<NativeSpan, Option<Asked>> {
    match sdk::begin(desk, above, site) {
        Ok(span) => Ok(NativeSpan(span)),
        Err(asked) => Err(asked.map(Asked)),
    }
}

/// A tracer of our own provider.
#[derive(Clone)]
pub(super) struct NativeTracer(sdk::Tracer);

#[expect(
    clippy::unused_self,
    reason = "only where there is such a tracer, there is its clock"
)]
impl NativeTracer {
    /// Returns our own tracer behind the one that `ask` gets from the global provider, or the
    /// latter as an error if it is another provider's.
    pub(super) fn behind<T>(ask: impl FnOnce() -> T) -> Result<NativeTracer, T> {
        let tracer = sdk::behind(ask)?;
        Ok(NativeTracer(tracer.of_one_thread()))
    }

    /// Returns a second, in the ticks of the clock of the spans.
    #[inline]
    pub(super) fn second(&self) -> u64 {
        sdk::second()
    }

    /// Returns the present time, in ticks.
    #[inline]
    pub(super) fn now(&self) -> u64 {
        sdk::now()
    }

    /// Returns a box for a span of this tracer, which the provider returned at the time `since`.
    /// Returns `None` if the provider was shut down.
    pub(super) fn serve(
        self,
        desk: &Desk,
        site: &'static CallSite,
        (since, now): (u64, u64),
    ) -> Option<Asked> {
        let mut span = self.0.keep(desk, site, since)?;
        span.asked_at = now;
        Some(Asked(span))
    }
}
