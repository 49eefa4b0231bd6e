//! Stands in for `native.rs` where our own provider is not compiled in: it never has a span or a
//! tracer.

use std::any::Any;

use opentelemetry::Context;
use opentelemetry::trace::{Link, SpanId};

use crate::ambient;
use crate::attributes::{Attributes, Sink};
use crate::site::CallSite;

/// A thread's desk, which holds nothing.
pub(super) struct Desk;

/// Runs `f`. Returns `None` in a thread that is ending.
pub(super) fn at_desk<R>(f: impl FnOnce(&Desk) -> Option<R>) -> Option<R> {
    ambient::is_alive().then(|| f(&Desk)).flatten()
}

pub(super) fn choose(_: &dyn Any) {}

pub(super) fn records_everything() -> bool {
    false
}

pub(crate) struct Key;

#[expect(
    dead_code,
    reason = "nobody reads what a span of ours would be asked for"
)]
pub(super) struct Wanted<'a> {
    pub(super) site: &'static CallSite,
    pub(super) function: &'static str,
    pub(super) parent: &'a Context,
    pub(super) name: Option<&'a str>,
    pub(super) links: &'a [Link],
}

pub(super) enum Asked {}

impl Asked {
    pub(super) fn ready(_: &Desk, _: &'static CallSite) -> Option<Asked> {
        None
    }

    pub(super) fn start_below_current(self, _: &'static CallSite, _: &'static str) -> NativeSpan {
        match self {}
    }

    pub(super) fn start(self, _: &Wanted<'_>) -> NativeSpan {
        match self {}
    }
}

pub(super) enum NativeSpan {}

impl NativeSpan {
    pub(super) fn describe(
        &mut self,
        _: &'static str,
        _: Option<&dyn Fn(&mut Attributes)>,
    ) -> bool {
        match *self {}
    }

    pub(super) fn into_context(self, _: &Desk) -> Context {
        match self {}
    }

    pub(super) fn site(&self) -> &'static CallSite {
        match *self {}
    }

    pub(super) fn context(&self) -> &Context {
        match *self {}
    }

    #[cfg(feature = "root")]
    pub(super) fn context_mut(&mut self) -> &mut Context {
        match *self {}
    }

    pub(super) fn ids(&self) -> (SpanId, SpanId) {
        match *self {}
    }

    pub(super) fn wait(self, _: &Desk) {
        match self {}
    }

    pub(super) fn take_waiting(_: &Desk) -> Option<NativeSpan> {
        None
    }

    pub(super) fn put(self) -> Result<Key, Option<NativeSpan>> {
        match self {}
    }

    pub(super) fn put_for_once(self, _: &Desk) -> (Context, Key) {
        match self {}
    }

    pub(super) fn take(_: &Desk, _: Key) -> Option<NativeSpan> {
        None
    }

    pub(super) fn open(&mut self) -> Option<&mut dyn Sink> {
        match *self {}
    }

    pub(super) fn forget_context(&mut self) {
        match *self {}
    }

    pub(super) fn end(self, _: &Desk) {
        match self {}
    }
}

pub(super) fn begin(
    _: &Desk,
    _: &Context,
    _: &'static CallSite,
) -> Result<NativeSpan, Option<Asked>> {
    Err(None)
}

#[derive(Clone)]
pub(super) enum NativeTracer {}

impl NativeTracer {
    pub(super) fn behind<T>(ask: impl FnOnce() -> T) -> Result<NativeTracer, T> {
        Err(ask())
    }

    pub(super) fn second(&self) -> u64 {
        match *self {}
    }

    pub(super) fn now(&self) -> u64 {
        match *self {}
    }

    pub(super) fn serve(self, _: &Desk, _: &'static CallSite, _: (u64, u64)) -> Option<Asked> {
        match self {}
    }
}
