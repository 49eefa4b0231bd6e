//! A block is an expression and can be an operand.

#![allow(unused_must_use)]

use traced::span;

fn main() {
    let _ = span!("value" => { 1 + "x".len() }) + 1;
    span!("value" => { 1 + "x".len() }) + 1;
}
