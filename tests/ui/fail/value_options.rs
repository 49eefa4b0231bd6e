//! Options about the returned value.

use traced::traced;

#[traced(ret)]
fn ret_of_nothing() {}

#[traced(ret = !)]
fn odd_ret() -> u8 {
    1
}

#[traced(ret("total"))]
fn ret_without_closure() -> u8 {
    1
}

#[traced(ret("total" = 1))]
fn ret_with_value() -> u8 {
    1
}

#[traced(ret(total))]
fn ret_with_argument(total: u8) -> u8 {
    total
}

#[traced(ret)]
async fn ret_never() -> ! {
    loop {}
}

#[traced(ret)]
fn ret_of_opaque() -> impl Iterator<Item = u8> {
    0..1
}

#[traced(ret)]
fn ret_of_stream() -> impl futures::Stream<Item = u8> {
    futures::stream::empty()
}

#[traced(error_type = "name")]
fn error_type_without_closure() -> Result<(), u8> {
    Ok(())
}

#[traced(error_type = |a, b| a)]
fn error_type_of_two() -> Result<(), u8> {
    Ok(())
}

#[traced(error_type = |e| e)]
fn error_type_without_result() -> u8 {
    1
}

#[traced(error_type = |e| "x", err = off)]
fn error_type_of_no_error() -> Result<(), u8> {
    Ok(())
}

#[traced(error_if = true)]
fn error_if_without_closure() -> u8 {
    1
}

#[traced(error_if = |r| r)]
fn error_if_of_nothing() {}

#[traced(stream)]
async fn no_stream() -> u8 {
    1
}

#[traced(stream)]
fn nothing_like_a_stream() -> Vec<u8> {
    Vec::new()
}

fn main() {}
