//! Threads that go on in the current context.

use std::thread::{JoinHandle, Scope, ScopedJoinHandle};

use super::call_in_current_context;

/// [`std::thread::spawn`], in the current context.
///
/// # Panics
///
/// If the system gives no thread, as the original does.
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

/// [`Scope::spawn`], in the current context.
///
/// # Panics
///
/// If the system gives no thread, as the original does.
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
