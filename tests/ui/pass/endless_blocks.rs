//! A block that never comes to its end has no code of ours behind it that would be found unreachable.

#![deny(warnings)]
#![allow(dead_code)]

use traced::span;

fn returns() -> u8 {
    span!("returns" => { return 5; })
}

fn returns_early(n: u8) -> u8 {
    span!("returns early" => { if n > 1 { return 5; } });
    n
}

fn panics() -> u8 {
    span!("panics" => { panic!("p"); })
}

fn serves() -> ! {
    span!("serves" => { loop { std::hint::spin_loop(); }; })
}

fn breaks() {
    loop {
        span!("breaks" => { break; });
    }
}

fn initializes() -> u8 {
    let n;
    span!("initializes" => { n = 5; });
    n
}

fn main() {}
