//! Spawns threads that continue in the current context.

use std::thread::{JoinHandle, Scope, ScopedJoinHandle};

use super::in_current::call_in_current_context;

/// Spawns a thread as [`std::thread::spawn`] does, but in the current context.
///
/// # Panics
///
/// Panics if the operating system cannot create a thread, as [`std::thread::spawn`] does.
///
/// # Example
///
/// ```
/// use traced::traced;
///
/// #[traced]
/// fn outer() {
///     traced::context::thread::spawn(inner).join().unwrap();
/// }
///
/// #[traced]
/// fn inner() {}
/// # outer();
/// ```
pub fn spawn<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> JoinHandle<R> {
    std::thread::spawn(call_in_current_context(f))
}

/// Spawns a scoped thread as [`Scope::spawn`] does, but in the current context.
///
/// # Panics
///
/// Panics if the operating system cannot create a thread, as [`Scope::spawn`] does.
///
/// # Example
///
/// ```
/// use std::thread;
/// use traced::context::thread::spawn_scoped;
///
/// let words = ["a", "bc"];
/// let length = thread::scope(|scope| {
///     let longest = spawn_scoped(scope, || words.iter().map(|word| word.len()).max());
///     longest.join().unwrap()
/// });
/// assert_eq!(length, Some(2));
/// ```
pub fn spawn_scoped<'scope, R: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    f: impl FnOnce() -> R + Send + 'scope,
) -> ScopedJoinHandle<'scope, R> {
    scope.spawn(call_in_current_context(f))
}
