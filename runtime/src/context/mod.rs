//! Carries the current context to places where it would be lost: to other tasks and other threads.
//!
//! A task or a thread starts with an empty context, so its spans form a separate trace. If it is
//! started through this module, it continues in the context of the code that started it. The span
//! of that code may end first.
//!
//! | to | write |
//! |---|---|
//! | a tokio task | [`spawn`]`(future)` |
//! | tokio's blocking pool | [`spawn_blocking`]`(closure)` |
//! | a thread | [`thread::spawn`]`(closure)`, [`thread::spawn_scoped`]`(scope, closure)` |
//! | anything that takes a future or a stream | [`in_current_context`]`(future)` |
//! | anything that takes a closure, as rayon does | [`call_in_current_context`]`(closure)`, [`each_in_current_context`]`(closure)` |
//!
//! # Channels
//!
//! Send the context with the item, and name it as the parent on the other side:
//!
//! ```
//! use std::sync::mpsc;
//! use opentelemetry::Context;
//! use traced::traced;
//!
//! struct Job {
//!     id: u64,
//!     context: Context,
//! }
//!
//! #[traced(parent = job.context)]
//! fn work(job: &Job) {}
//!
//! let (sender, receiver) = mpsc::channel();
//! sender.send(Job { id: 7, context: Context::current() })?;
//! work(&receiver.recv()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rayon
//!
//! ```
//! use traced::context::{call_in_current_context, each_in_current_context};
//! use rayon::prelude::*;
//!
//! # fn left() {} fn right() {}
//! rayon::join(call_in_current_context(left), call_in_current_context(right));
//! let squares: Vec<u64> = (0..10_u64).into_par_iter().map(each_in_current_context(|n| n * n)).collect();
//! # assert_eq!(squares[9], 81);
//! ```
//!
//! While a closure waits inside rayon, its thread may run another closure. If that one is not
//! wrapped, it sees the context of the one that waits.
//!
//! # What a wrapper does
//!
//! A wrapper keeps the context in which it was created, by counting references and without copying
//! anything. It attaches this context for one call or one poll, and restores the previous one
//! before it returns, so an executor may move it to another thread between two polls. A future or
//! stream is also dropped in its context, since `Drop` may use the current span. In a thread that
//! is ending, where no context can be attached, the call runs without one.
#![doc = ""]
#![cfg_attr(
    not(feature = "tokio"),
    doc = "[`spawn`]: https://docs.rs/traced/latest/traced/context/fn.spawn.html"
)]
#![cfg_attr(
    not(feature = "tokio"),
    doc = "[`spawn_blocking`]: https://docs.rs/traced/latest/traced/context/fn.spawn_blocking.html"
)]

mod in_current;
pub mod thread;
#[cfg(feature = "tokio")]
mod tokio;

pub use self::in_current::{
    InContext, call_in_current_context, each_in_current_context, in_current_context,
};
#[cfg(feature = "tokio")]
pub use self::tokio::{spawn, spawn_blocking};
