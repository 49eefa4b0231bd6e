//! Converts the names that `core::any::type_name` returns to those that a trace shows.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

const CLOSURE: &str = "::{{closure}}";

/// The names that had to be changed, and not only cut at the end, each with the result.
static CHANGED: RwLock<Option<HashMap<&'static str, &'static str>>> = RwLock::new(None);

/// The meaning of a call site's name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Naming {
    /// The name of the span, as the user gave it.
    Span,
    /// The name of a method, which is preceded by the name of its type.
    Method,
    /// The name of a function that may be a method without a receiver.
    Function,
}

/// The names of one instantiation of a call site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    /// The path of the function, such as `crate::module::Type::method`.
    pub(crate) function: &'static str,
    /// The name of the span, unless that is given at run time.
    pub(crate) span: &'static str,
}

impl Naming {
    /// Returns the names of the instantiation that contains a closure with this type name. `name`
    /// is the call site's.
    pub(crate) fn names(self, name: &'static str, closure: &'static str) -> Names {
        let function = function(closure);
        let span = match self {
            Naming::Span => name,
            Naming::Method => method(function),
            Naming::Function => method_or_function(function),
        };
        Names { function, span }
    }
}

/// Returns `crate::module::Type::method`, given the type name of a closure in that function.
fn function(closure: &'static str) -> &'static str {
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

/// Returns `Type::method`, the end of a method's `crate::module::Type::method`.
fn method(function: &str) -> &str {
    let Some((owner, _)) = function.rsplit_once("::") else {
        return function;
    };
    &function[owner.len() - last_segment(owner).len()..]
}

/// Returns `Type::method`, or only the name of a function in a module. A type is recognized by its
/// capital letter, or by a character that no module's name begins with (`[u8]`). The compiler's
/// type names say no more.
fn method_or_function(function: &str) -> &str {
    let Some((owner, name)) = function.rsplit_once("::") else {
        return function;
    };
    let owner = last_segment(owner);
    let is_word = |c: char| c.is_alphanumeric() && !c.is_uppercase();
    let is_module = owner.trim_start_matches('_').starts_with(is_word);
    if is_module && !PRIMITIVES.contains(&owner) {
        name
    } else {
        method(function)
    }
}

const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16",
    "u32", "u64", "u128", "usize",
];

/// Returns what a type is called: `S` for `a::S`, and `(u8, a::S)` for `&mut (u8, a::S)`.
fn last_segment(path: &str) -> &str {
    let mut depth = 0;
    for (at, character) in path.char_indices().rev() {
        match character {
            ')' | ']' => depth += 1,
            '(' | '[' => depth -= 1,
            ':' | '&' | ' ' if depth == 0 => return &path[at + 1..],
            _ => {}
        }
    }
    path
}

fn changed(name: &str) -> Option<&'static str> {
    let names = CHANGED.read().unwrap_or_else(PoisonError::into_inner);
    names.as_ref()?.get(name).copied()
}

/// Removes generics and traits: `<a::S<u8> as b::Trait>::f<T>` → `a::S::f`, `a::S<u8>::new` →
/// `a::S::new`, `c::<impl a::S>::f` → `a::S::f`.
fn without_generics(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    outside_brackets(&name.replace(CLOSURE, ""), &mut out);
    out
}

/// Returns the type in `<T as Trait>`, which can only come first, or in `<impl T>` and `<impl Trait
/// for T>`, which the compiler writes for an `impl` in another module than its type.
fn implementor(inside: &str, is_first: bool) -> Option<&str> {
    let own = match inside.strip_prefix("impl ") {
        Some(block) => block.rsplit_once(" for ").map_or(block, |(_, own)| own),
        None if is_first => inside.split(" as ").next()?,
        None => return None,
    };
    own.split(" + ").next()
}

/// Returns the position at which the bracket that was opened before `text` is closed, or `None`.
/// The arrow of a function pointer does not close one.
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

/// Appends `text` without the parts in angle brackets. A type that implements something replaces
/// everything before it.
fn outside_brackets(text: &str, out: &mut String) {
    let Some((before, inside)) = text.split_once('<') else {
        out.push_str(text);
        return;
    };
    out.push_str(before);
    let Some(end) = closing_bracket(inside) else {
        return;
    };
    if let Some(own) = implementor(&inside[..end], out.is_empty()) {
        let mut ty = String::new();
        outside_brackets(own, &mut ty);
        *out = ty;
    }
    outside_brackets(&inside[end + 1..], out);
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
            ("<dyn b::T + core::marker::Send>::f", "dyn b::T::f"),
            ("c::<impl a::S<u8>>::f<u8>::{{closure}}", "a::S::f"),
            ("c::<impl b::T<u8> for a::S<u8>>::f", "a::S::f"),
            ("c::<impl a::S<_>>::f::g::{{closure}}", "a::S::f::g"),
            ("a::f<c::<impl a::S>::g::{{closure}}>", "a::f"),
        ] {
            assert_eq!(function(closure), name);
        }
    }

    #[test]
    fn a_method_is_named_with_its_type() {
        for (function, name) in [
            ("a::b::S::f", "S::f"),
            ("[u8]::f", "[u8]::f"),
            ("&[a::S; 2]::f", "[a::S; 2]::f"),
            ("&mut (u8, a::S)::f", "(u8, a::S)::f"),
            ("dyn b::T::f", "T::f"),
            ("a::odd_type::f", "odd_type::f"),
        ] {
            assert_eq!(method(function), name);
        }
    }

    #[test]
    fn a_function_without_receiver_is_a_method_behind_a_type() {
        for (function, name) in [
            ("a::b::S::new", "S::new"),
            ("a::b::_S::new", "_S::new"),
            ("u8::new", "u8::new"),
            ("(u8, u8)::new", "(u8, u8)::new"),
            ("a::b::f", "f"),
            ("a::S::new::nested", "nested"),
            ("f", "f"),
        ] {
            assert_eq!(method_or_function(function), name);
        }
    }
}
