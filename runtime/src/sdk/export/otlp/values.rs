//! Encodes attributes and their values.

use opentelemetry::{Array, KeyValue, Value};

use super::wire::{
    bytes, field, fixed64, low, message, number, put, put_length, size_of, size_of_field,
};
use crate::sdk::record::{Simple, Stored, Text};

// The fields of a `KeyValue`, an `AnyValue` and an `ArrayValue`.
pub(super) const KEY: u8 = bytes(1);
pub(super) const VALUE: u8 = bytes(2);
const TEXT: u8 = bytes(1);
const BOOL: u8 = number(2);
const INT: u8 = number(3);
const DOUBLE: u8 = fixed64(4);
const ARRAY: u8 = bytes(5);
const ELEMENT: u8 = bytes(1);

/// Returns the size of a value as an `AnyValue`, in bytes.
#[inline]
pub(super) fn size_of_value(value: &Stored<'_>) -> usize {
    match value {
        Stored::Bool(_) => 2,
        Stored::I64(number) => 1 + size_of(number.cast_unsigned()),
        Stored::F64(_) => 9,
        Stored::Text(text) => size_of_field(text.bytes().len()),
        list => {
            let mut elements = 0;
            for_each(list, |element| {
                elements += size_of_field(size_of_value(element));
            });
            size_of_field(elements)
        }
    }
}

#[inline]
pub(super) fn put_value(out: &mut Vec<u8>, value: &Stored<'_>) {
    match value {
        Stored::Bool(value) => out.extend_from_slice(&[BOOL, u8::from(*value)]),
        Stored::I64(number) => {
            out.push(INT);
            put(out, number.cast_unsigned());
        }
        Stored::F64(number) => {
            out.push(DOUBLE);
            out.extend_from_slice(&number.to_le_bytes());
        }
        Stored::Text(text) => field(out, TEXT, text.bytes()),
        list => message(out, ARRAY, |out| {
            for_each(list, |element| put_element(out, element));
        }),
    }
}

fn put_element(out: &mut Vec<u8>, element: &Stored<'_>) {
    out.push(ELEMENT);
    put_length(out, size_of_value(element));
    put_value(out, element);
}

/// Calls `of` with each element of a list.
fn for_each(list: &Stored<'_>, mut of: impl FnMut(&Stored<'_>)) {
    match list {
        Stored::Bools(list) => list.iter().for_each(|byte| of(&Stored::Bool(*byte != 0))),
        Stored::I64s(list) => list
            .iter()
            .for_each(|bytes| of(&Stored::I64(i64::from_le_bytes(*bytes)))),
        Stored::F64s(list) => list
            .iter()
            .for_each(|bytes| of(&Stored::F64(f64::from_le_bytes(*bytes)))),
        Stored::Texts(list) => list.clone().for_each(|text| of(&Stored::Text(text))),
        Stored::Bool(_) | Stored::I64(_) | Stored::F64(_) | Stored::Text(_) => {}
    }
}

/// Appends a `KeyValue`. `key` is encoded already, followed by the tag of the value.
#[inline(never)]
pub(super) fn put_keyed(out: &mut Vec<u8>, tag: u8, key: &[u8], value: &Stored<'_>) {
    match value {
        Stored::Text(text) => put_simple(out, tag, key, Simple::Text(text.bytes())),
        other => put_any(out, tag, key, other),
    }
}

#[inline(never)]
fn put_any(out: &mut Vec<u8>, tag: u8, key: &[u8], value: &Stored<'_>) {
    let of_value = size_of_value(value);
    out.push(tag);
    put_length(out, key.len() + size_of(of_value as u64) + of_value);
    out.extend_from_slice(key);
    put_length(out, of_value);
    put_value(out, value);
}

/// Appends a `KeyValue` whose value has one of the most common types. `key` is encoded already,
/// followed by the tag of the value.
///
/// If the lengths of the key and the value fit into one byte each, this writes them without
/// calculating sizes first.
#[inline(always)]
#[expect(clippy::inline_always, reason = "puts most attributes")]
pub(super) fn put_simple(out: &mut Vec<u8>, tag: u8, key: &[u8], value: Simple<'_>) {
    match value {
        Simple::Text(text) if key.len() + text.len() < 112 => {
            let [of_key, of_text] = [key, text].map(|part| low(part.len() as u64));
            out.extend_from_slice(&[tag, of_key + of_text + 3]);
            out.extend_from_slice(key);
            out.extend_from_slice(&[of_text + 2, TEXT, of_text]);
            out.extend_from_slice(text);
        }
        Simple::I64(number @ 0..0x80) if key.len() < 112 => {
            out.extend_from_slice(&[tag, low(key.len() as u64) + 3]);
            out.extend_from_slice(key);
            out.extend_from_slice(&[2, INT, low(number.cast_unsigned())]);
        }
        other => put_any(out, tag, key, &other.into()),
    }
}

/// Appends a `KeyValue`.
#[inline]
pub(super) fn attribute(out: &mut Vec<u8>, tag: u8, key: &[u8], value: &Stored<'_>) {
    let of_value = size_of_value(value);
    out.push(tag);
    put_length(out, size_of_field(key.len()) + size_of_field(of_value));
    field(out, KEY, key);
    out.push(VALUE);
    put_length(out, of_value);
    put_value(out, value);
}

/// Appends an attribute of a resource or a scope.
pub(super) fn api_attribute(out: &mut Vec<u8>, tag: u8, attribute: &KeyValue) {
    message(out, tag, |out| {
        field(out, KEY, attribute.key.as_str().as_bytes());
        message(out, VALUE, |out| put_api_value(out, &attribute.value));
    });
}

fn put_api_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Bool(value) => put_value(out, &Stored::Bool(*value)),
        Value::I64(value) => put_value(out, &Stored::I64(*value)),
        Value::F64(value) => put_value(out, &Stored::F64(*value)),
        Value::Array(array) => message(out, ARRAY, |out| put_api_array(out, array)),
        other => put_value(out, &text(&other.as_str())),
    }
}

fn put_api_array(out: &mut Vec<u8>, array: &Array) {
    let mut put = |element: Stored<'_>| put_element(out, &element);
    match array {
        Array::Bool(list) => list.iter().for_each(|value| put(Stored::Bool(*value))),
        Array::I64(list) => list.iter().for_each(|value| put(Stored::I64(*value))),
        Array::F64(list) => list.iter().for_each(|value| put(Stored::F64(*value))),
        Array::String(list) => list.iter().for_each(|value| put(text(value.as_str()))),
        other => put(text(&other.to_string())),
    }
}

/// Returns a text as a value.
pub(super) fn text(text: &str) -> Stored<'_> {
    Stored::Text(Text::of(text))
}
