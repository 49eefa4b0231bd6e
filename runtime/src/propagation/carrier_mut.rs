//! The trait for headers that can be written.

/// Headers that a context can be written to.
///
/// # Example
///
/// ```
/// use traced::propagation::{CarrierMut, inject};
///
/// struct Message {
///     headers: Vec<(String, String)>,
/// }
///
/// impl CarrierMut for Message {
///     fn set(&mut self, name: &str, value: String) {
///         self.remove(name);
///         self.headers.push((name.to_owned(), value));
///     }
///
///     fn remove(&mut self, name: &str) {
///         self.headers.retain(|(header, _)| !header.eq_ignore_ascii_case(name));
///     }
/// }
///
/// inject(&mut Message { headers: Vec::new() });
/// ```
#[diagnostic::on_unimplemented(
    message = "a trace context cannot be written to `{Self}`",
    label = "expected headers, with the feature for their crate enabled, or an `Injector` wrapped with `to_injector`"
)]
pub trait CarrierMut {
    /// Sets a header, replacing all headers with the same name, whatever its case.
    ///
    /// If these headers cannot hold the name or the value, this adds nothing. It must not panic.
    fn set(&mut self, name: &str, value: String);

    /// Removes all headers with this name, whatever its case.
    fn remove(&mut self, name: &str);
}

impl<T: CarrierMut + ?Sized> CarrierMut for &mut T {
    fn set(&mut self, name: &str, value: String) {
        (**self).set(name, value);
    }

    fn remove(&mut self, name: &str) {
        (**self).remove(name);
    }
}
