//! Tests of functions that call themselves, and of others that only seem to.

use std::{panic, thread};

use insta::assert_snapshot;
use traced::testing::Capture;
use traced::traced;
use traced_tests::tree;

#[traced]
fn depth(n: u32) -> u32 {
    if n == 0 { 0 } else { 1 + depth(n - 1) }
}

#[test]
fn deep_recursion_fits_its_stack() {
    let capture = Capture::new();
    let run = move || {
        let spans = capture.run(|| depth(70_000));
        (spans, capture.spans().len())
    };
    let thread = thread::Builder::new().stack_size(64 << 20).spawn(run);
    assert_eq!(thread.unwrap().join().unwrap(), (70_000, 70_001));
}

type Load = fn(u8) -> Result<u8, String>;

fn load(n: u8) -> Result<u8, String> {
    Err(format!("{n} is not there"))
}

#[traced]
fn parameter(parameter: impl Fn(u8) -> Result<u8, String>) -> Result<u8, String> {
    parameter(1)
}

#[traced]
fn in_pattern(n: u8, (in_pattern, _): (Load, u8)) -> Result<u8, String> {
    let n = n + 1;
    in_pattern(n)
}

#[traced]
fn local(n: u8) -> Result<u8, String> {
    let local = load;
    local(n)
}

#[traced]
fn nested(n: u8) -> Result<u8, String> {
    let loaded = {
        fn nested(n: u8) -> Result<u8, String> {
            load(n)
        }
        nested(n)
    }?;
    Ok(loaded + 1)
}

#[traced]
fn imported(n: u8) -> Result<u8, String> {
    let loaded = {
        use load as imported;
        imported(n)
    }?;
    Ok(loaded + 1)
}

#[traced]
fn closure(n: u8) -> Result<u8, String> {
    let call = |closure: Load| closure(n);
    call(load)
}

struct Type;

impl Type {
    /// The name alone stands for the free function.
    #[traced]
    fn load(n: u8) -> Result<u8, String> {
        load(n)
    }

    #[traced]
    fn method(&self, method: Load) -> Result<u8, String> {
        method(4)
    }
}

#[traced]
impl Type {
    fn panics() -> u8 {
        panics()
    }
}

fn panics() -> u8 {
    panic!("told")
}

#[test]
fn what_has_the_functions_name_is_not_the_function() {
    let tree = tree(|| {
        let _ = parameter(load);
        let _ = in_pattern(1, (load, 0));
        let _ = local(3);
        let _ = nested(3);
        let _ = imported(3);
        let _ = closure(3);
        let _ = Type::load(3);
        let _ = Type.method(load);
        assert!(panic::catch_unwind(Type::panics).is_err());
    });
    assert_snapshot!(tree, @r#"

    parameter error "1 is not there" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="1 is not there"}
    in_pattern error "2 is not there" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="2 is not there"}
    local error "3 is not there" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="3 is not there"}
    nested error "3 is not there" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="3 is not there"}
    imported error "3 is not there" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="3 is not there"}
    closure error "3 is not there" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="3 is not there"}
    Type::load error "3 is not there" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="3 is not there"}
    Type::method error "4 is not there" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="4 is not there"}
    Type::panics error "told" {error.type="panic"}
      ! exception {exception.type="panic", exception.message="told"}
    "#);
}
