//! What runs around the body of a traced function.
//!
//! The span of a function is current while its body runs, and its end records what came of the
//! body. How this is done depends on the shape of the function, and the macro chooses:
//!
//! | the function | its span ends | file |
//! |---|---|---|
//! | is synchronous | when it returns or panics | [`call`] |
//! | is `async` | when its future completes or is dropped | [`future`](mod@future) |
//! | returns a boxed future or stream | when that ends or is dropped | [`deferred::boxed`] |
//! | returns `impl Future` or `impl Stream` | when that ends or is dropped | [`deferred::promised`] |
//! | returns a type that may be an alias of a boxed future | as one of the above | [`deferred::alias`] |
//! | is not a function but a block with `span!` | when the block is left, including by `?` or `break` | [`guard`] |
//!
//! # How a body is run
//!
//! 1. The span is taken from its [`Started`](crate::span::Started). If there is none, the body is
//!    called, and nothing else happens.
//! 2. The span is entered: it goes to the desk of the thread, and its context becomes the current
//!    one.
//! 3. [`ambient::run`](crate::ambient::run) calls the body and catches a panic. For a future, this
//!    is one poll ([`polled`]), and steps 2 to 4 are repeated at the next one.
//! 4. The span is left. If the body panicked, the span ends with the message, and the panic
//!    continues. Otherwise the [`Detector`](crate::outcome::Detector) finds the error in the
//!    returned value, and the span ends.
//!
//! A future or stream that is dropped early has its span current while it is dropped. Then the span
//! ends: that of a future as cancelled, that of a stream like any other, since streams are rarely
//! read to their end.
//!
//! # Why the code looks like this
//!
//! What is generic over the body is compiled again for every traced function. So there is little of
//! it: it hands the body as a `dyn` object to [`run`] and [`polled`], which are compiled once.
//! Without optimization, each function that a value passes through also has a copy of it on the
//! stack, and traced functions call each other deeply. So small steps are inlined in debug builds
//! too, a large body is boxed, and a large returned value is not moved.
//!
//! # Invariants
//!
//! - The body stands in one place and runs once, whether there is a span or not.
//! - A panic of the body goes on with its payload.
//! - No guard is held across polls, so that a traced future is `Send` if its body is.

pub(crate) mod call;
pub(crate) mod deferred;
pub(crate) mod future;
pub(crate) mod guard;
mod polled;
mod run;
pub(crate) mod stream;
