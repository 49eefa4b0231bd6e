//! What a function assigns last to an argument is read by the argument's destructor: no false `unused_assignments`.

#![deny(warnings)]
#![allow(dead_code)]

use traced::traced;

struct D(u8, String, [u8; 2]);

impl Drop for D {
    fn drop(&mut self) {
        println!("{} {} {:?}", self.0, self.1, self.2);
    }
}

struct W {
    d: D,
    x: u8,
}

fn w() -> W {
    W { d: D(0, String::new(), [0, 0]), x: 0 }
}

#[traced] fn field(mut d: D) { d.0 = 5; }
#[traced] fn field_of_index(mut d: [D; 2]) { d[0].0 = 5; }
#[traced] fn index_of_field(mut d: D) { d.2[0] = 5; }
#[traced] fn index_of_fields(mut w: W) { w.d.2[1] = 5; }
#[traced] fn of_a_pair(mut d: (D, D)) { d.1.2[0] = 1; }
#[traced] fn of_a_box(mut d: Box<D>) { (*d).0 = 5; }
#[traced] fn whole_box(mut d: Box<D>, other: D) { *d = other; }
#[traced] fn parenthesized(mut d: D) { (d).0 = 5; }
#[traced] fn parenthesized_field(mut d: D) { (d.0) = 5; }
#[traced] fn as_value(mut d: D) { d.0 = 5 }
#[traced] fn added(mut w: W) { w.d.0 |= 5; w.x ^= 1; }
#[traced] fn shifted(mut d: D) { d.0 <<= 1; }
#[traced] fn shifted_back(mut d: D) { d.0 >>= 1; }
#[traced] fn of_a_block(mut d: D) { d.0 = { let n = 1; n }; }
#[traced] fn in_a_tuple(mut d: D) { (d.0, _) = (1, 2); }
#[traced] fn last_in_a_tuple(mut d: D) { (_, d.0) = (1, 2); }
#[traced] fn in_an_array(mut d: D) { [d.0, _] = [1, 2]; }
#[traced] fn in_a_structure(mut v: W) { W { x: v.x, .. } = w(); }
#[traced] fn in_a_loop(mut w: W) { for x in 0..3_u8 { (w.x, _) = (x, 1); } }
#[traced] fn behind_a_block(mut d: D) { if d.0 == 1 { drop(w()); } d.0 = 2; }
#[traced] fn in_a_branch(mut d: D) { if d.0 == 1 { d.0 = 2; } else { drop(w()); } }
#[traced] fn in_an_arm(mut d: D) { match d.0 { 1 => d.0 = 2, _ => () } }
#[traced] fn in_a_closure(mut d: D) { (|| d.0 = 1)(); }
#[traced] fn in_a_pattern((mut d, _): (D, u8)) { d.2[0] = 5; }
#[traced] fn before_a_return(mut d: D) -> u8 { if d.0 == 1 { d.0 = 5; return 1; } d.0 }
#[traced] fn promised(mut d: D) -> impl Future<Output = ()> { d.2[0] = 2; async {} }
#[traced] async fn later(mut d: D) { std::future::ready(()).await; d.2[0] = 5; }
#[traced] async fn later_in_an_array(mut d: D) { [d.0, _] = [1, 2]; std::future::ready(()).await; }

impl D {
    #[traced] fn self_field(mut self) { self.0 = 1; }
    #[traced] fn self_index(mut self) { self.2[0] = 1; }
    #[traced] fn self_tuple(mut self) { (self.0, _) = (1, 2); }
    #[traced] fn self_box(mut self: Box<Self>) { (*self).0 = 1; }
    #[traced] fn self_branch(mut self) { if self.0 == 1 { self.0 = 2; } else { println!("{}", self.1) } }
    #[traced] fn self_return(mut self) -> u8 { if self.0 == 1 { self.0 = 2; return 1; } self.0 }
    #[traced] fn self_taken(mut self) -> usize { self.0 = 2; std::mem::take(&mut self.1).len() }
    #[traced] fn self_handed_on(mut self) -> Self { self.2[0] = 1; self }
    #[traced] async fn self_later(mut self) { self.2[0] = 1; }
    #[traced] fn self_whole(mut self) { self = w().d; drop(self); }
}

impl W {
    #[traced] fn part(mut self) { self.d.0 = 1; }
}

fn main() {}
