//! Spawns Tokio tasks that continue in the current context.

use std::future::Future;

use ::tokio::task::{self, JoinHandle};

use super::in_current::{call_in_current_context, in_current_context};

/// Spawns a task as [`tokio::spawn`](task::spawn) does, but in the current context.
///
/// For other ways to spawn, such as a `JoinSet`, use [`in_current_context`]`(future)`.
///
/// # Panics
///
/// Panics outside of a runtime, as [`tokio::spawn`](task::spawn) does.
///
/// # Example
///
/// ```
/// use traced::traced;
///
/// #[traced]
/// async fn outer() {
///     traced::context::spawn(inner()).await.unwrap();
/// }
///
/// #[traced]
/// async fn inner() {}
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(outer());
/// ```
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    task::spawn(in_current_context(future))
}

/// Runs a blocking closure as [`tokio::task::spawn_blocking`](task::spawn_blocking) does, but in
/// the current context.
///
/// # Panics
///
/// Panics outside of a runtime, as `tokio::task::spawn_blocking` does.
///
/// # Example
///
/// ```
/// #[traced::traced]
/// async fn outer() -> u8 {
///     traced::context::spawn_blocking(|| 7).await.unwrap()
/// }
/// # let seven = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(outer());
/// # assert_eq!(seven, 7);
/// ```
pub fn spawn_blocking<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> JoinHandle<R> {
    task::spawn_blocking(call_in_current_context(f))
}
