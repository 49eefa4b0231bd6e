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
