//! A flag takes no value.

use traced::traced;

#[traced(ok = true, root = true)]
fn value_for_a_flag() -> Result<(), u8> {
    Ok(())
}

fn main() {}
