//! Tests of the attribute on an `impl`, `trait` or `mod`.

use insta::assert_snapshot;
use traced::traced;
use traced_tests::{tree, tree_async};

struct Orders<T>(T);

#[traced(kind = client, attributes(service = "orders"), err = ?)]
impl<T: Copy> Orders<T> {
    const LIMIT: usize = { 1 + 1 };

    const fn limit() -> usize {
        Self::LIMIT
    }

    /// Documented.
    #[must_use]
    fn new(value: T) -> Self {
        Orders(value)
    }

    #[traced("load", kind = server)]
    fn load(&self) -> Result<T, String> {
        Err("not there".to_owned())
    }

    #[traced(attributes(own = 1, service = "later"))]
    async fn later(&self) -> T {
        self.0
    }

    #[traced(skip)]
    fn skipped(&self) -> usize {
        Self::limit()
    }

    #[traced]
    fn nothing(&self) -> ! {
        std::panic::panic_any(1_u8)
    }
}

#[traced]
trait Describe {
    type Output;

    fn describe(&self) -> Self::Output;

    fn describe_twice(&self) -> (Self::Output, Self::Output) {
        (self.describe(), self.describe())
    }
}

#[traced(level = debug, ret)]
impl Describe for &[u8] {
    type Output = usize;

    #[traced(level = info)]
    fn describe(&self) -> usize {
        self.len()
    }
}

#[traced(kind = internal, level = warn)]
mod inner {
    #![allow(unused_macros)]

    pub(super) const ONE: [u8; 3] = [1; 3];
    pub(super) static TWO: u8 = 2;
    type Three = [u8; 3];

    macro_rules! nothing {
        () => {};
    }
    nothing! {}
    nothing!();

    extern "C" fn callback(n: u8) -> u8 {
        n
    }

    pub(super) fn free() -> u8 {
        callback(TWO) + <Three as Default>::default()[0] + Unit.method()
    }

    struct Unit;

    impl Unit {
        fn method(&self) -> u8 {
            deeper::function()
        }
    }

    mod deeper {
        #[traced::traced(skip)]
        pub(super) fn untouched() -> u8 {
            7
        }

        #[traced::traced(level = error)]
        pub(super) fn function() -> u8 {
            untouched()
        }
    }
}

#[test]
fn each_function_has_its_span() {
    let tree = tree(|| {
        let orders = Orders::new(7);
        let _ = orders.load();
        traced_tests::block_on(orders.later());
        assert_eq!(orders.skipped(), 2);
        assert!(std::panic::catch_unwind(|| orders.nothing()).is_err());
        (&inner::ONE[..]).describe_twice();
        inner::free();
    });
    assert_snapshot!(tree, @r#"

    Orders::new [client] {service="orders"}
    load [server] error "\"not there\"" {service="orders", error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="\"not there\""}
    Orders::later [client] {own=1, service="later"}
    Orders::nothing [client] error "" {service="orders", error.type="panic"}
      ! exception {exception.type="panic"}
    [u8]::describe_twice
      [u8]::describe {return=3}
      [u8]::describe {return=3}
    free
      callback
      Unit::method
        function
    "#);
}

const TENANT: &str = "tenant";

#[traced(attributes(block = 1, both = "block", {TENANT} = "block"))]
impl Orders<()> {
    fn only_the_blocks() {}

    #[traced(attributes(own = 2))]
    fn joined() {}

    #[traced(attributes("both" = "own", {TENANT} = "own"))]
    fn replaced() {}
}

#[test]
fn attributes_of_both_are_joined() {
    let tree = tree(|| {
        Orders::only_the_blocks();
        Orders::joined();
        Orders::replaced();
    });
    assert_snapshot!(tree, @r#"

    Orders::only_the_blocks {block=1, both="block", tenant="block"}
    Orders::joined {block=1, both="block", tenant="block", own=2}
    Orders::replaced {block=1, both="own", tenant="own"}
    "#);
}

#[traced(kind = client)]
impl Orders<u16> {
    #[cfg_attr(all(), traced("given", kind = server))]
    fn held(&self) {}

    #[cfg_attr(any(), traced("given", kind = server))]
    fn not_held(&self) {}

    #[cfg_attr(all(), traced(skip))]
    fn skipped_if(&self) {}

    #[cfg_attr(any(), traced(skip))]
    fn not_skipped_if(&self) {}

    #[cfg_attr(all(), cfg_attr(all(), inline, traced("nested")), must_use)]
    fn nested(&self) -> u8 {
        1
    }

    #[cfg_attr(all(), cfg_attr(any(), inline, traced("nested")), must_use)]
    fn not_nested(&self) -> u8 {
        1
    }

    #[cfg_attr(any(), traced("first"))]
    #[cfg_attr(all(), traced("second"))]
    fn one_of_two(&self) {}

    #[cfg_attr(all(), inline)]
    fn of_others(&self) {}
}

#[test]
fn a_conditional_attribute_is_the_functions_own() {
    let tree = tree(|| {
        let orders = Orders(7_u16);
        orders.held();
        orders.not_held();
        orders.skipped_if();
        orders.not_skipped_if();
        assert_eq!(orders.nested() + orders.not_nested(), 2);
        orders.one_of_two();
        orders.of_others();
    });
    assert_snapshot!(tree, @"

    given [server]
    Orders::not_held [client]
    Orders::not_skipped_if [client]
    nested [client]
    Orders::not_nested [client]
    second [client]
    Orders::of_others [client]
    ");
}

mod outer_order {
    use async_trait::async_trait;
    use traced::traced;

    #[async_trait]
    #[traced(kind = client)]
    pub(super) trait Load {
        async fn load(&self) -> Result<u8, String>;

        async fn twice(&self) -> Result<u8, String> {
            Ok(self.load().await? + self.load().await?)
        }
    }

    #[traced]
    #[async_trait]
    impl Load for u8 {
        async fn load(&self) -> Result<u8, String> {
            Ok(*self)
        }
    }
}

#[test]
fn async_trait_may_stand_on_either_side() {
    use outer_order::Load;
    let tree = tree_async(async { assert_eq!(7.twice().await, Ok(14)) });
    assert_snapshot!(tree, @"

    u8::twice [client]
      u8::load
      u8::load
    ");
}
