//! Each kind of fault, planted in a small crate, is found.

use crate::check;
use crate::files::Files;
use crate::floors::Floors;

const FLOORS: &str = "
## Floors
```text
place
    lib
    top
    left middle right
    only left/door in left uses low
    low
```
";

/// Returns what is wrong in a crate with these files. Those that are not named are empty.
fn faults(planted: &[(&str, &str)]) -> Vec<String> {
    let owned = |(name, code): &(&str, &str)| ((*name).to_owned(), (*code).to_owned());
    let mut files: Vec<(String, String)> = planted.iter().map(owned).collect();
    for name in [
        "lib.rs",
        "top.rs",
        "left/mod.rs",
        "middle.rs",
        "right.rs",
        "low.rs",
    ] {
        if !planted.iter().any(|(planted, _)| *planted == name) {
            files.push((name.to_owned(), String::new()));
        }
    }
    check::faults(&Floors::parse(FLOORS, "place"), &Files::parse(&files))
}

#[test]
fn arrows_may_run_down_and_along() {
    let down = [
        ("lib.rs", "pub use top::A;"),
        ("top.rs", "use crate::left::A;"),
        ("left/mod.rs", "use crate::{middle::{self, C}, right::B};"),
        ("left/door.rs", "fn f() { crate::low::g() }"),
    ];
    assert_eq!(faults(&down), [""; 0]);
}

#[test]
fn an_arrow_upward_is_a_fault() {
    let up = [
        ("low.rs", "fn f() { crate::top::g() }"),
        ("middle.rs", "#[cfg(test)]\nmod tests { use crate::top; }"),
        ("left/deep/a.rs", "use super::super::super::top::T;"),
        (
            "left/b.rs",
            "mod inline { use super::super::super::unlisted; }",
        ),
    ];
    assert_eq!(
        faults(&up),
        [
            "left uses lib, which is above it: left/b.rs",
            "left uses top, which is above it: left/deep/a.rs",
            "low uses top, which is above it: low.rs",
        ]
    );
}

#[test]
fn a_room_without_a_floor_is_a_fault() {
    let unlisted = [("new.rs", "use crate::low::A;")];
    assert_eq!(faults(&unlisted), ["new has no floor: new.rs"]);
}

#[test]
fn a_way_past_a_door_is_a_fault() {
    let passed = [
        ("left/a.rs", "use crate::low::A;"),
        ("right.rs", "use crate::low::A;"),
    ];
    assert_eq!(
        faults(&passed),
        ["left/a.rs uses low, which only left/door may"]
    );
}

#[test]
fn two_rooms_that_use_each_other_are_a_loop() {
    let looped = [
        ("left/a.rs", "use crate::right;"),
        ("right.rs", "// crate::top\nuse crate::left::A;"),
    ];
    assert_eq!(
        faults(&looped),
        ["a loop: left uses right (left/a.rs); right uses left (right.rs)"]
    );
}

#[test]
fn a_circle_of_three_rooms_is_a_loop() {
    let looped = [
        ("left/a.rs", "use crate::middle::M;"),
        ("middle.rs", "fn f() -> crate::right::R {}"),
        ("right.rs", "use crate::left::b::B;"),
        ("left/b.rs", ""),
    ];
    assert_eq!(
        faults(&looped),
        [
            "a loop: left uses middle (left/a.rs); middle uses right (middle.rs); right uses left (right.rs)"
        ]
    );
}

#[test]
fn files_of_a_room_that_use_each_other_are_a_loop() {
    let looped = [
        ("left/mod.rs", "pub use a::A; pub use b::B as Other;"),
        ("left/a.rs", "use super::c; fn f(c: c::C) {}"),
        ("left/b.rs", "use crate::left::A;"),
        ("left/c.rs", "fn f() -> vec![super::Other; 1] {}"),
    ];
    assert_eq!(
        faults(&looped),
        [
            "a loop: left/a.rs uses left/c.rs (left::c::C); left/b.rs uses left/a.rs (left::A); \
         left/c.rs uses left/b.rs (left::Other)"
        ]
    );
}

#[test]
fn a_child_that_uses_what_its_parent_defines_is_a_loop() {
    let looped = [
        ("left/mod.rs", "mod a; struct P; fn f() { a::g() }"),
        ("left/a.rs", "impl super::P {}"),
    ];
    assert_eq!(
        faults(&looped),
        ["a loop: left/a.rs uses left/mod.rs (left::P); left/mod.rs uses left/a.rs (left::a::g)"]
    );
}

#[test]
fn a_file_that_stands_in_for_a_module_is_in_its_loops() {
    let looped = [
        (
            "left/mod.rs",
            "#[cfg(not(unix))] #[path = \"no_a.rs\"] mod a;",
        ),
        ("left/a.rs", ""),
        ("left/no_a.rs", "use super::b::B;"),
        ("left/b.rs", "use super::a::A;"),
    ];
    assert_eq!(
        faults(&looped),
        [
            "a loop: left/b.rs uses left/no_a.rs (left::a::A); left/no_a.rs uses left/b.rs (left::b::B)"
        ]
    );
}

#[test]
fn names_of_other_crates_and_visibilities_are_no_arrows() {
    let foreign = [
        (
            "left/mod.rs",
            "mod http; use http::H; fn f() { $crate::top::g!(); a.http::b() }",
        ),
        (
            "left/http.rs",
            "use ::left::L; pub(in super::super) fn f() -> impl Sized + use<'_> {}",
        ),
        (
            "right.rs",
            "pub use crate::__macro as m; use opentelemetry::{Context, trace::*};",
        ),
    ];
    assert_eq!(faults(&foreign), [""; 0]);
}
