//! Converts the type names of errors to those that a trace shows.

use std::cell::Cell;
use std::ptr;

/// The name of an error's type in a trace.
#[derive(Clone, Copy)]
pub(crate) struct ErrorType {
    /// The path of the type, without generics. `Box`, `Arc`, `Rc` and references stand for the type
    /// that they point to.
    pub(crate) name: &'static str,
    /// `true` if the type says nothing about the error, such as `dyn Error`.
    pub(crate) is_pointer: bool,
}

impl ErrorType {
    /// Returns the type with this name. A thread remembers the last one, since errors of one type
    /// often come in a row.
    pub(crate) fn of(full: &'static str) -> ErrorType {
        thread_local! {
            static LAST: Cell<(&'static str, ErrorType)> =
                const { Cell::new(("", ErrorType { name: "", is_pointer: false })) };
        }
        let (last, known) = LAST.get();
        if ptr::eq(last, full) {
            return known;
        }
        let name = error_type(full);
        let found = ErrorType {
            name,
            is_pointer: is_pointer_to_any_error(name),
        };
        LAST.set((full, found));
        found
    }
}

fn error_type(name: &'static str) -> &'static str {
    let pointee = ["alloc::boxed::Box<", "alloc::sync::Arc<", "alloc::rc::Rc<"]
        .iter()
        .find_map(|pointer| name.strip_prefix(pointer)?.strip_suffix('>'))
        .or_else(|| {
            name.strip_prefix("&mut ")
                .or_else(|| name.strip_prefix('&'))
        });
    if let Some(pointee) = pointee {
        return error_type(pointee);
    }
    let end = name.bytes().position(|byte| matches!(byte, b'<' | b'+'));
    name[..end.unwrap_or(name.len())].trim_end()
}

/// Returns `true` for the name of `Box<dyn Error>`, its variants, and the well-known types that
/// stand for it.
fn is_pointer_to_any_error(name: &str) -> bool {
    name.starts_with("dyn ") || matches!(name, "anyhow::Error" | "eyre::Report")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_named_by_what_it_holds() {
        for (full, name) in [
            ("a::Error", "a::Error"),
            ("a::Error<alloc::vec::Vec<u8>>", "a::Error"),
            (
                "alloc::boxed::Box<dyn core::error::Error + core::marker::Send>",
                "dyn core::error::Error",
            ),
            (
                "alloc::sync::Arc<alloc::boxed::Box<a::Error<u8>>>",
                "a::Error",
            ),
            ("&str", "str"),
        ] {
            assert_eq!(error_type(full), name);
        }
    }
}
