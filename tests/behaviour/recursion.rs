use std::thread;

use traced::testing::Capture;
use traced::traced;

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

#[traced]
fn call(call: impl Fn() -> Result<u8, String>) -> Result<u8, String> {
    call()
}

type Visit = fn(u8) -> Result<u8, String>;

#[traced]
fn visit(n: u8, (visit, _): (Visit, u8)) -> Result<u8, String> {
    let m = n + 1;
    visit(m)
}

#[test]
fn a_parameter_of_the_functions_name_is_not_the_function() {
    let tree = traced_tests::tree(|| {
        assert!(call(|| Err("called".to_owned())).is_err());
        assert!(visit(1, (|n| Err(format!("visited {n}")), 1)).is_err());
    });
    insta::assert_snapshot!(tree, @r#"

    call error "called" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="called"}
    visit error "visited 2" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="visited 2"}
    "#);
}
