//! How a span of a traced function starts and ends.
//!
//! # How a span starts
//!
//! Every function in [`start`] takes a call site and returns a [`Started`]:
//!
//! 1. [`skip`] finds the calls that open no span: the call site is filtered out, no provider is
//!    set, or nothing is recorded below the current span. Such a call costs a few loads, and then
//!    its body runs. [`silence`] remembers for each thread that there is no provider.
//! 2. [`setup`] evaluates the options `parent`, `root`, `links` and `name`, if the function has any
//!    of them.
//! 3. [`by_native`] starts the span if the provider is our own. It usually asks nobody: the thread
//!    keeps spare boxes that already belong to the right tracer.
//! 4. Otherwise [`tracers`] returns the [`tracer`] for the scope of the call site, which it keeps
//!    for a second, and [`by_api`] builds the span through the OpenTelemetry API.
//! 5. If the span is recorded, its attributes are evaluated and written to it.
//!
//! The result is an [`Active`]. It waits in the thread until the function that runs the body takes
//! it; [`started`] explains why it is not simply returned.
//!
//! # While the body runs
//!
//! [`body`](crate::body) enters the span and leaves it again: once for a function, at each poll for
//! a future. In between, [`running`] knows where the span is. A span of our own provider lies on
//! the desk of the thread, where changes through the API find it. Any other is reached through its
//! context ([`in_context`]). The functions in [`current_span`] act on whichever span is current, no
//! matter who opened it.
//!
//! # How a span ends
//!
//! An [`Active`] is consumed by the method that says how its body ended ([`ending`]): `returned`,
//! `succeeded`, `panicked`, `passed_through` or `cancelled`. Each of them writes what came of the
//! body to the span ([`written`]), and then ends it. So a span cannot end twice, and nothing is
//! written to it after its end.
//!
//! # Invariants
//!
//! - Only [`native`] knows `sdk`, and `sdk` does not know what an [`Active`] is. Without the
//!   feature `sdk`, `no_native.rs` takes the place of [`native`].
//! - A sampler, a provider, the user's expressions and dropping a context may all call a traced
//!   function. They run while nothing is borrowed.
//! - A function whose span is not recorded still makes the span's context current: spans below it,
//!   here and in other processes, follow its decision.

pub(crate) mod active;
pub(crate) mod by_api;
mod by_native;
pub(crate) mod current_span;
mod ending;
mod in_context;
#[cfg(feature = "sdk")]
mod native;
#[cfg(not(feature = "sdk"))]
#[path = "no_native.rs"]
mod native;
#[cfg(feature = "root")]
pub mod root;
mod running;
pub(crate) mod setup;
mod silence;
mod skip;
pub(crate) mod start;
mod started;
mod tracer;
pub(crate) mod tracers;
mod written;

pub(crate) use active::Active;
pub(crate) use running::Running;
pub(crate) use skip::{is_skipped_apart, is_skipped_here};
pub(crate) use started::Started;
