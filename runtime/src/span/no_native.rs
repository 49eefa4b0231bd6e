//! Stands in for `native.rs` where our own provider is not compiled in.

#![expect(
    clippy::boxed_local,
    clippy::needless_pass_by_value,
    clippy::unused_self,
    reason = "the signatures are those of `native.rs`"
)]

use opentelemetry::Context;

use crate::ambient;
use crate::attributes::Attributes;
use crate::site::CallSite;
use crate::span::active::Active;
use crate::span::running::Running;
use crate::span::setup::{Called, Setup};

/// A span of our own provider. None can exist.
pub(super) enum FunctionSpan {}

/// A thread's desk, which holds nothing.
pub(super) struct Desk;

/// Runs `f`. Returns `None` in a thread that is ending.
pub(super) fn at_desk<R>(f: impl FnOnce(&Desk) -> Option<R>) -> Option<R> {
    ambient::is_alive().then(|| f(&Desk)).flatten()
}

impl Active {
    pub(super) fn kept(kept: Box<FunctionSpan>) -> Active {
        match *kept {}
    }

    pub(super) fn into_kept(self) -> Result<Box<FunctionSpan>, Active> {
        Err(self)
    }
}

impl Desk {
    pub(super) fn wait(&self, kept: Box<FunctionSpan>) {
        match *kept {}
    }

    pub(super) fn take_waiting(&self) -> Option<Box<FunctionSpan>> {
        None
    }
}

pub(super) fn enter_kept(_: &Desk, kept: Box<FunctionSpan>) -> (Context, Running) {
    match *kept {}
}

pub(super) fn begin(_: &Desk, _: &Context, _: &'static CallSite) -> Option<Box<FunctionSpan>> {
    None
}

pub(super) fn start_ready(_: &Desk, _: &Setup, _: &Called<'_>) -> Option<Active> {
    None
}

pub(super) fn describe(
    kept: Box<FunctionSpan>,
    _: &Desk,
    _: &'static str,
    _: Option<&dyn Fn(&mut Attributes)>,
) -> Active {
    match *kept {}
}
