//! Unknown, repeated and malformed options.

use traced::traced;

#[traced(fields(a))]
fn from_tracing(a: u8) {}

#[traced(knd = client)]
fn misspelt() {}

#[traced(colour)]
fn unheard_of() {}

#[traced(kind = client, kind = server)]
fn twice() {}

#[traced("a", name = "b")]
fn two_names() {}

#[traced(kind = client, "late")]
fn late_name() {}

#[traced("")]
fn empty_name() {}

#[traced(kind)]
fn kind_without_value() {}

#[traced(kind = sever)]
fn misspelt_kind() {}

#[traced(kind = "server")]
fn quoted_kind() {}

#[traced(name =)]
fn name_without_value() {}

#[traced(err = !)]
fn odd_err() -> Result<(), u8> {
    Ok(())
}

#[traced(err = ?)]
fn err_without_result() -> u8 {
    1
}

#[traced(ok kind = client)]
fn no_comma() {}

#[traced(42)]
fn no_option() {}

#[traced(crate)]
fn crate_without_path() {}

#[traced(crate = "traced")]
fn crate_without_a_path() {}

#[traced(ok = true, root = true)]
fn value_for_a_flag() -> Result<(), u8> {
    Ok(())
}

fn main() {}
