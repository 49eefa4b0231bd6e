//! A crate without `std` and `alloc`, since the expansion names neither.

#![no_std]

use core::fmt;
use core::future::{Future, ready};

use traced::{span, traced};

/// A value that implements `core::error::Error`.
#[derive(Debug)]
pub struct Odd(pub u8);

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is odd", self.0)
    }
}

impl core::error::Error for Odd {}

/// Halves an even number.
///
/// # Errors
///
/// It is odd.
#[traced(attributes(n, shown = %n), ret, ok)]
pub fn half(n: u8) -> Result<u8, Odd> {
    span!("no_std.block", attributes(?n) => if n.is_multiple_of(2) { Ok(n / 2) } else { Err(Odd(n)) })
}

/// The same, later.
///
/// # Errors
///
/// It is odd.
#[traced(name = "no_std.later", kind = client)]
pub async fn half_later(n: u8) -> Result<u8, Odd> {
    half(ready(n).await)
}

/// A future, made at once.
#[traced]
pub fn future(n: u8) -> impl Future<Output = u8> {
    ready(n)
}

/// An iterator.
#[traced]
pub fn opaque(n: u8) -> impl Iterator<Item = u8> {
    0..n
}
