//! From the names that `core::any::type_name` gives to those that a trace shows.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

const CLOSURE: &str = "::{{closure}}";

/// Names that had to be changed in their middle: the compiler's, and ours.
static CHANGED: RwLock<Option<HashMap<&'static str, &'static str>>> = RwLock::new(None);

/// `crate::module::Type::method`, from the type name of a closure in that function.
pub(crate) fn function(closure: &'static str) -> &'static str {
    let name = closure.trim_end_matches(CLOSURE);
    if !name.contains(['<', '{']) {
        return name;
    }
    if let Some(known) = changed(name) {
        return known;
    }
    let mut names = CHANGED.write().unwrap_or_else(PoisonError::into_inner);
    names
        .get_or_insert_default()
        .entry(name)
        .or_insert_with(|| Box::leak(without_generics(name).into_boxed_str()))
}

/// An error's type path without generics; `Box`, `Arc` and `Rc` are seen through, and so are references.
pub(crate) fn error_type(name: &'static str) -> &'static str {
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

fn changed(name: &str) -> Option<&'static str> {
    let names = CHANGED.read().unwrap_or_else(PoisonError::into_inner);
    names.as_ref()?.get(name).copied()
}

/// `<a::S<u8> as b::Trait>::f<T>` → `a::S::f`, `a::S<u8>::new` → `a::S::new`.
fn without_generics(name: &str) -> String {
    let name = name.replace(CLOSURE, "");
    let (own, rest) = implementor(&name).unwrap_or(("", &name));
    let mut out = String::with_capacity(name.len());
    outside_brackets(own, &mut out);
    outside_brackets(rest, &mut out);
    out
}

/// `<T as Trait>::f` → `T` and `::f`.
fn implementor(name: &str) -> Option<(&str, &str)> {
    let inside = name.strip_prefix('<')?;
    let end = closing_bracket(inside)?;
    let own = inside[..end].split(" as ").next()?;
    Some((own, &inside[end + 1..]))
}

/// Where the bracket that was opened before `text` closes; the arrow of a function pointer closes none.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 1;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        match character {
            '<' => depth += 1,
            '>' if before != '-' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
        before = character;
    }
    None
}

fn outside_brackets(text: &str, out: &mut String) {
    let Some((before, inside)) = text.split_once('<') else {
        out.push_str(text);
        return;
    };
    out.push_str(before);
    if let Some(end) = closing_bracket(inside) {
        outside_brackets(&inside[end + 1..], out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_keeps_its_path_and_loses_its_generics() {
        for (closure, name) in [
            ("a::f::{{closure}}", "a::f"),
            ("a::f::{{closure}}::{{closure}}", "a::f"),
            ("a::f::{{closure}}::g::{{closure}}", "a::f::g"),
            ("a::S<alloc::vec::Vec<u8>>::new::{{closure}}", "a::S::new"),
            ("<a::S<u8> as b::T<u16>>::f<x::Y>::{{closure}}", "a::S::f"),
            ("<[u8] as b::T>::f::{{closure}}", "[u8]::f"),
            (
                "<(u8, alloc::vec::Vec<u8>) as b::T>::f::{{closure}}",
                "(u8, alloc::vec::Vec)::f",
            ),
            ("<fn(u8) -> u8 as b::T>::f::{{closure}}", "fn(u8) -> u8::f"),
        ] {
            assert_eq!(function(closure), name);
        }
    }

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
