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

/// The maximum number of types that a thread remembers.
const REMEMBERED: usize = 8;

thread_local! {
    static KNOWN: Known = const { Known::new() };
}

/// The types that a thread has named most recently.
struct Known {
    /// The one that was asked for last, since errors of one type often come in a row.
    last: Cell<Named>,
    all: [Cell<Named>; REMEMBERED],
    /// The number of types that were named, which says where the next one goes.
    count: Cell<usize>,
}

/// The full name of a type, and what a trace shows.
type Named = (&'static str, ErrorType);

const NOTHING: Named = (
    "",
    ErrorType {
        name: "",
        is_pointer: false,
    },
);

impl ErrorType {
    /// Returns what a trace shows for the type with this full name.
    pub(crate) fn of(full: &'static str) -> ErrorType {
        KNOWN.with(|known| {
            let (last, shown) = known.last.get();
            if ptr::eq(last, full) {
                shown
            } else {
                known.find(full)
            }
        })
    }
}

impl Known {
    const fn new() -> Known {
        Known {
            last: Cell::new(NOTHING),
            all: [const { Cell::new(NOTHING) }; REMEMBERED],
            count: Cell::new(0),
        }
    }

    #[inline(never)]
    fn find(&self, full: &'static str) -> ErrorType {
        let mut all = self.all.iter().map(Cell::get);
        let known = all.find(|(known, _)| ptr::eq(*known, full));
        let named = known.unwrap_or_else(|| self.learn(full));
        self.last.set(named);
        named.1
    }

    fn learn(&self, full: &'static str) -> Named {
        let name = error_type(full);
        let is_pointer = is_pointer_to_any_error(name);
        let named = (full, ErrorType { name, is_pointer });
        let count = self.count.get();
        self.all[count % REMEMBERED].set(named);
        self.count.set(count.wrapping_add(1));
        named
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

    #[test]
    fn each_type_is_named_once() {
        let named = |types: &[&'static str]| {
            let before = KNOWN.with(|known| known.count.get());
            for full in types.iter().cycle().take(1_000) {
                assert_eq!(ErrorType::of(full).name, error_type(full));
            }
            KNOWN.with(|known| known.count.get()) - before
        };
        let types = [
            "a::A", "a::B", "a::C<u8>", "a::D", "a::E", "a::F", "a::G", "a::H",
        ];
        assert_eq!(named(&types[..1]), 1);
        assert_eq!(named(&types[..2]), 1);
        assert_eq!(named(&types), 6);
        assert_eq!(named(&types), 0);
        // A ninth type takes the place of the first.
        assert_eq!(named(&["a::I"]), 1);
        assert_eq!(named(&types[1..]), 0);
        assert_eq!(named(&types[..1]), 1);
    }
}
