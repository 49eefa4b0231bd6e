//! Tests that locals and arguments are dropped in the same order as without the attribute.

use std::cell::RefCell;

use traced::testing::Capture;
use traced::traced;
use traced_tests::block_on;

thread_local! {
    static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

struct Noisy(&'static str);

impl Drop for Noisy {
    fn drop(&mut self) {
        LOG.with_borrow_mut(|log| log.push(self.0));
    }
}

/// Returns the order in which `f` drops things, with a provider and without one.
fn order(f: impl Fn()) -> (Vec<&'static str>, Vec<&'static str>) {
    let log = |run: &dyn Fn()| {
        run();
        LOG.take()
    };
    (log(&f), log(&|| Capture::new().run(&f)))
}

/// Defines a function twice, with and without the attribute, and compares the order.
macro_rules! same_order {
    ($($test:ident: { $($function:tt)* } $call:expr;)*) => { $(
        #[test]
        fn $test() {
            fn plain() {
                #[allow(unused_variables, unused_mut, unused_assignments)]
                $($function)*
                $call;
            }
            fn annotated() {
                #[allow(unused_variables, unused_mut, unused_assignments)]
                #[traced]
                $($function)*
                $call;
            }
            let (expected, _) = order(plain);
            let (off, on) = order(annotated);
            assert_eq!(off, expected, "without a provider");
            assert_eq!(on, expected, "with a provider");
        }
    )* };
}

macro_rules! pair {
    ($first:ident) => {
        ($first, _)
    };
}

fn n(name: &'static str) -> Noisy {
    Noisy(name)
}

struct Both(Noisy, Noisy);

same_order! {
    all_used: { fn f(a: Noisy, b: Noisy, c: Noisy) { let _ = (&c, &a, &b); let l = n("l"); } } f(n("a"), n("b"), n("c"));
    none_used: { fn f(a: Noisy, b: Noisy) { let l = n("l"); } } f(n("a"), n("b"));
    first_used: { fn f(a: Noisy, b: Noisy, c: Noisy) { let _x = &a; } } f(n("a"), n("b"), n("c"));
    middle_used: { fn f(a: Noisy, b: Noisy, c: Noisy) { let _x = &b; } } f(n("a"), n("b"), n("c"));
    last_used: { fn f(a: Noisy, b: Noisy, c: Noisy) { let _x = &c; } } f(n("a"), n("b"), n("c"));
    wildcards: { fn f(a: Noisy, _: Noisy, c: Noisy, _: Noisy) { let _x = (&a, &c); } } f(n("a"), n("b"), n("c"), n("d"));
    underscored: { fn f(a: Noisy, _b: Noisy) { let _x = &a; } } f(n("a"), n("b"));
    moved_out: { fn f(a: Noisy, b: Noisy) { drop(a); let l = n("l"); let _x = &b; } } f(n("a"), n("b"));
    part_moved: { fn f(a: Both, b: Noisy) { let first = a.0; let _x = &b; } } f(Both(n("a0"), n("a1")), n("b"));
    part_used: { fn f(a: Both, b: Noisy) { let _x = (&a.1, &b); } } f(Both(n("a0"), n("a1")), n("b"));
    destructured: { fn f(a: Noisy, (b, c): (Noisy, Noisy), d: Noisy) { let _x = (&a, &b, &c, &d); } } f(n("a"), (n("b"), n("c")), n("d"));
    reassigned: { fn f(mut a: Noisy, b: Noisy) { a = n("a2"); let _x = &b; } } f(n("a"), n("b"));
    in_a_macro: { fn f(a: Noisy, b: Noisy) { assert!(format!("{}!", b.0).ends_with('!')); let _x = &a; } } f(n("a"), n("b"));
    returned: { fn f(a: Noisy, b: Noisy) -> Noisy { let _x = &b; a } } { f(n("a"), n("b")); };
    async_all_used: { async fn f(a: Noisy, b: Noisy, c: Noisy) { let _ = (&c, &a, &b); let l = n("l"); } } block_on(f(n("a"), n("b"), n("c")));
    async_first_used: { async fn f(a: Noisy, b: Noisy, c: Noisy) { let _x = &a; } } block_on(f(n("a"), n("b"), n("c")));
    async_wildcards: { async fn f(a: Noisy, _: Noisy, c: Noisy, _: Noisy) { let _x = (&a, &c); } } block_on(f(n("a"), n("b"), n("c"), n("d")));
    async_destructured: { async fn f(a: Noisy, (b, c): (Noisy, Noisy), d: Noisy) { let _x = (&a, &b, &c, &d); } } block_on(f(n("a"), (n("b"), n("c")), n("d")));
    macro_pattern: { fn f(a: Noisy, pair!(b): (Noisy, Noisy), d: Noisy) { let _x = (&a, &b, &d); } } f(n("a"), (n("b"), n("c")), n("d"));
    async_macro_pattern: { async fn f(a: Noisy, pair!(b): (Noisy, Noisy), d: Noisy) { let _x = &b; } } block_on(f(n("a"), (n("b"), n("c")), n("d")));
    async_first_macro_pattern: { async fn f(pair!(b): (Noisy, Noisy), d: Noisy) { let _x = (&b, &d); } } block_on(f((n("b"), n("c")), n("d")));
    async_two_macro_patterns: { async fn f(pair!(a): (Noisy, Noisy), pair!(c): (Noisy, Noisy)) { let _x = (&a, &c); std::future::pending::<()>().await; } } cancel(f((n("a"), n("b")), (n("c"), n("d"))));
    async_unpolled: { async fn f(a: Noisy, b: Noisy) { let _x = (&a, &b); } } drop(f(n("a"), n("b")));
    async_cancelled: { async fn f(a: Noisy, b: Noisy) { let l = n("l"); let _x = (&a, &b); std::future::pending::<()>().await; } } cancel(f(n("a"), n("b")));
    async_cancelled_first_used: { async fn f(a: Noisy, b: Noisy) { let l = n("l"); let _x = &a; std::future::pending::<()>().await; } } cancel(f(n("a"), n("b")));
    lossy_pattern: { fn f(a: Noisy, (b, _): (Noisy, Noisy), d: Noisy) { let _x = (&a, &b, &d); } } f(n("a"), (n("b"), n("c")), n("d"));
    lossy_struct: { fn f(a: Noisy, Both(b, ..): Both, mut d: Noisy, (e, _): (Noisy, Noisy), _: Noisy) { let _x = (&a, &b, &d); d = n("d2"); } } f(n("a"), Both(n("b"), n("c")), n("d"), (n("e"), n("f")), n("g"));
    async_lossy_pattern: { async fn f(a: Noisy, (b, _): (Noisy, Noisy), d: Noisy) { let _x = (&a, &b, &d); } } block_on(f(n("a"), (n("b"), n("c")), n("d")));
    reassigned_behind_captured: { fn f(z: Noisy, mut a: Noisy, b: Noisy, unused: Noisy, _hidden: Noisy, _: Noisy) { a = n("a2"); let _x = (&z, &b); } } f(n("z"), n("a"), n("b"), n("u"), n("h"), n("w"));
    unused_behind_lossy: { fn f(a: Noisy, (b, _): (Noisy, Noisy), unused: Noisy, _hidden: Noisy) { let _x = (&a, &b); } } f(n("a"), (n("b"), n("c")), n("u"), n("h"));
    hidden_in_pattern: { fn f(a: Noisy, (_b, c): (Noisy, Noisy), d: Noisy) { let _x = (&a, &c, &d); } } f(n("a"), (n("b"), n("c")), n("d"));
    field_assigned: { fn f(a: Noisy, mut both: Both, c: Noisy) { let _x = (&a, &c); both.0 = n("b2"); } } f(n("a"), Both(n("b0"), n("b1")), n("c"));
    assigned_in_pattern: { fn f((mut a, b): (Noisy, Noisy), c: Noisy) { let _x = (&b, &c); a = n("a2"); } } f((n("a"), n("b")), n("c"));
    assigned_on_one_way: { fn f(a: Noisy, mut b: Noisy, c: Noisy) { if a.0 == "x" { b = n("b2"); } drop(a); let _x = &c; } } f(n("a"), n("b"), n("c"));
    async_reassigned: { async fn f(z: Noisy, mut a: Noisy, b: Noisy, _hidden: Noisy) { a = n("a2"); std::future::ready(()).await; let _x = (&z, &b); } } block_on(f(n("z"), n("a"), n("b"), n("h")));
    async_macro_in_pattern: { async fn f(a: Noisy, (pair!(b), c): ((Noisy, Noisy), Noisy), d: Noisy) { let _x = (&a, &b, &c); } } block_on(f(n("a"), ((n("b"), n("b2")), n("c")), n("d")));
    async_cancelled_reassigned: { async fn f(mut a: Noisy, b: Noisy) { let _x = (&a, &b); std::future::pending::<()>().await; a = n("a2"); } } cancel(f(n("a"), n("b")));
}

fn cancel(future: impl Future<Output = ()>) {
    let mut future = Box::pin(future);
    block_on(std::future::poll_fn(|task| {
        assert!(future.as_mut().poll(task).is_pending());
        std::task::Poll::Ready(())
    }));
}

impl Both {
    fn plain(self, b: Noisy) {
        let _x = (&self, &b);
    }

    #[traced]
    fn annotated(self, b: Noisy) {
        let _x = (&self, &b);
    }
}

#[test]
fn a_receiver_is_dropped_last() {
    let (expected, _) = order(|| Both(n("s0"), n("s1")).plain(n("b")));
    let (off, on) = order(|| Both(n("s0"), n("s1")).annotated(n("b")));
    assert_eq!((off, on), (expected.clone(), expected));
}
