//! Tests that a variable of a `macro_rules!` in an option's value is evaluated as if it were in
//! parentheses.

#![allow(
    clippy::pedantic,
    clippy::eq_op,
    clippy::nonminimal_bool,
    clippy::overly_complex_bool_expr,
    clippy::unnecessary_cast,
    reason = "code that people write, not code that they should write"
)]

use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;

use insta::assert_snapshot;
use opentelemetry::Context;
use opentelemetry::trace::SpanContext;
use traced::testing::Capture;
use traced::{span, traced};
use traced_tests::{block_on, tree};

macro_rules! values {
    ($name:ident, $value:expr, $number:ty) => {
        #[traced(attributes(
            "value" = $value,
            "display" = %$value,
            "debug" = ?$value,
            "cast" = $value as $number,
            "method" = $value.to_string(),
            "macro" = format!("{}", $value.clone()),
            "block" = { let value = $value.clone(); value },
        ))]
        fn $name(n: u8) {
            let _ = n;
            span!("block", attributes("value" = $value, "display" = %$value, "debug" = ?$value) => {});
        }
    };
}

values!(sum, 1 + 1, u64);
values!(cast, 'a' as u32, u8);
values!(comparison, 1 < 2, u8);
values!(negative, -1, i64);
values!(literal, 7, i64);
values!(range, (1..3).len(), i64);
values!(block, { 5 }, i64);
values!(choice, if true { 1 } else { 2 }, i64);

#[test]
fn values_keep_together() {
    let tree = tree(|| {
        sum(1);
        cast(1);
        comparison(1);
        negative(1);
        literal(1);
        range(1);
        block(1);
        choice(1);
    });
    assert_snapshot!(tree, @r#"

    sum {value=2, display="2", debug="2", cast=2, method="2", macro="2", block=2}
      block {value=2, display="2", debug="2"}
    cast {value=97, display="97", debug="97", cast=97, method="97", macro="97", block=97}
      block {value=97, display="97", debug="97"}
    comparison {value=true, display="true", debug="true", cast=1, method="true", macro="true", block=true}
      block {value=true, display="true", debug="true"}
    negative {value=-1, display="-1", debug="-1", cast=-1, method="-1", macro="-1", block=-1}
      block {value=-1, display="-1", debug="-1"}
    literal {value=7, display="7", debug="7", cast=7, method="7", macro="7", block=7}
      block {value=7, display="7", debug="7"}
    range {value=2, display="2", debug="2", cast=2, method="2", macro="2", block=2}
      block {value=2, display="2", debug="2"}
    block {value=5, display="5", debug="5", cast=5, method="5", macro="5", block=5}
      block {value=5, display="5", debug="5"}
    choice {value=1, display="1", debug="1", cast=1, method="1", macro="1", block=1}
      block {value=1, display="1", debug="1"}
    "#);
}

macro_rules! arithmetic {
    ($value:expr) => {
        #[traced(attributes("twice" = $value * 2, "negative" = -$value, "power" = $value.pow(2)))]
        fn arithmetic() -> i32 {
            span!("block", attributes("twice" = $value * 2) => $value * 2)
                + span!("braces" => { $value * 2 })
        }
    };
}

arithmetic!(1_i32 + 2);

#[test]
fn operators_bind_them_whole() {
    let tree = tree(|| assert_eq!(arithmetic(), 12));
    assert_snapshot!(tree, @"

    arithmetic {twice=6, negative=-3, power=9}
      block {twice=6}
      braces
    ");
}

macro_rules! closures {
    ($error_if:expr, $error_type:expr, $ret:expr) => {
        #[traced(error_if = $error_if, ret("part" = $ret))]
        fn decided() -> u8 {
            7
        }

        #[traced(error_type = $error_type)]
        fn typed() -> Result<u8, u8> {
            Err(5)
        }

        struct Inner;

        #[traced(ret("part" = $ret))]
        impl Inner {
            #[traced(error_if = $error_if)]
            fn inherited() -> u8 {
                8
            }
        }

        fn closed() -> u8 {
            span!("block", error_if = $error_if, ret("part" = $ret) => { 9 })
        }
    };
}

closures!(|n| *n > 6, |error| format!("code {error}"), |n| *n + 1);

#[test]
fn closures_are_seen() {
    let tree = tree(|| {
        decided();
        let _ = typed();
        Inner::inherited();
        closed();
    });
    assert_snapshot!(tree, @r#"

    decided error "" {part=8, error.type="_OTHER"}
    typed error "5" {error.type="code 5"}
      ! exception {exception.type="u8", exception.message="5"}
    Inner::inherited error "" {part=9, error.type="_OTHER"}
    block error "" {part=10, error.type="_OTHER"}
    "#);
}

macro_rules! words {
    (
        $name:expr, $kind:ident, $level:tt, $parent:expr, $links:expr, $scope:expr, $link:ident,
        $key:literal, $const_key:expr, $argument:ident, $path:expr, $($k:ident = $v:expr),*
    ) => {
        #[traced(
            name = $name, kind = $kind, level = $level, parent = $parent, links = $links,
            scope = $scope, attributes(
                $key = 1, {$const_key} = 2, $argument.0, ?$argument.1, $path = 3, $($k = $v),*
            )
        )]
        fn all_words($argument: (u8, u8)) {
            let _ = $argument;
        }

        #[traced($name, root($link))]
        fn named_first() {}
    };
}

const KEY: &str = "const.key";

words!(
    "named",
    client,
    warn,
    Context::new(),
    [SpanContext::NONE; 1],
    "own".to_owned() + " scope",
    link,
    "literal.key",
    KEY,
    pair,
    dotted.path,
    x = 1 + 1,
    y = 'b' as u32
);

macro_rules! dynamic {
    ($name:expr, $n:ident, $path:path) => {
        #[traced(name = $name, crate = $path)]
        fn dynamic($n: u8) {
            let _ = $n;
        }
    };
}

dynamic!(if n > 1 { "many" } else { "one" }, n, ::traced);

#[test]
fn every_option_takes_them() {
    let capture = Capture::new();
    capture.run(|| {
        all_words((1, 2));
        named_first();
        dynamic(2);
    });
    assert_snapshot!(capture.tree(), @r#"

    named [client] {literal.key=1, const.key=2, pair.0=1, pair.1="2", dotted.path=3, x=2, y=98}
    named
    many
    "#);
    let scopes: Vec<_> = capture
        .spans()
        .iter()
        .map(|span| span.instrumentation_scope.name().to_owned())
        .collect();
    assert_eq!(scopes[0], "own scope");
}

macro_rules! blocks {
    ($block:block, $future:expr, $sum:expr) => {{
        let value = span!("block" => $block);
        let later = block_on(span!("future" => $future));
        value + later + span!("sum" => $sum) + span!("product" => $sum * 2)
    }};
}

#[test]
fn blocks_are_theirs() {
    let one = 1;
    let tree = tree(|| assert_eq!(blocks!({ one + 1 }, async { 3 }, one + 2), 14));
    assert_snapshot!(tree, @"

    block
    future
    sum
    product
    ");
}

macro_rules! bodies {
    ($sum:expr, $either:expr, $type:ty, $block:block, $pattern:pat, $lifetime:lifetime, $visibility:vis) => {
        #[traced]
        fn tail() -> u32 {
            $sum * 2
        }

        #[traced]
        fn with_arguments(text: String) -> u32 {
            let doubled = $sum * 2;
            doubled + text.chars().count() as u32
        }

        #[traced]
        fn with_inner_attributes(text: String) -> u32 {
            #![allow(unused_variables)]
            let unused = 1;
            drop(text);
            $sum * 2
        }

        #[traced]
        #[track_caller]
        fn in_place() -> u32 {
            $sum * 2
        }

        #[traced]
        fn closure() -> impl Fn() -> u32 {
            || $sum * 2
        }

        #[traced]
        async fn awaited(text: String) -> u32 {
            drop(text);
            $sum * 2
        }

        #[traced]
        fn promised() -> impl Future<Output = u32> {
            async { $sum * 2 }
        }

        #[traced]
        fn boxed() -> Pin<Box<dyn Future<Output = u32>>> {
            Box::pin(async { $sum * 2 })
        }

        #[traced]
        fn negated() -> i64 {
            -i64::from($sum) * -(2 - $sum as i64)
        }

        #[traced]
        fn not() -> bool {
            !$either
        }

        #[traced]
        fn method() -> String {
            $sum.to_string()
        }

        #[traced]
        fn array(array: [u8; $sum as usize * 2]) -> [u8; $sum as usize * 2] {
            array
        }

        #[traced]
        $visibility fn others<$lifetime>(object: &$lifetime $type, $pattern: u8) -> &$lifetime $type {
            $block;
            object
        }

        fn in_a_block() -> u32 {
            span!("block" => { $sum * 2 })
        }

        struct Holder;

        #[traced]
        impl Holder {
            const DOUBLED: u32 = $sum * 2;

            fn doubled(&self) -> u32 {
                $sum * 2
            }
        }

        #[traced]
        trait Doubles {
            const DOUBLED: u32 = $sum * 2;

            fn doubled(&self, _object: &$type) -> u32 {
                $sum * 2
            }
        }

        impl Doubles for u8 {}

        #[traced]
        mod module {
            pub(super) const DOUBLED: u32 = $sum * 2;
            pub(super) static NEGATIVE: i64 = -$sum;

            pub(super) fn doubled() -> u32 {
                $sum * 2
            }
        }
    };
}

bodies!(1 + 2, true || true, dyn Display + Send, { let _ = 1 + 2; }, _, 'a, pub(crate));

#[test]
fn bodies_keep_together() {
    tree(|| {
        assert_eq!([tail(), in_place(), closure()(), in_a_block()], [6; 4]);
        assert_eq!(with_arguments("a".to_owned()), 7);
        assert_eq!(with_inner_attributes("a".to_owned()), 6);
        assert_eq!(block_on(awaited("a".to_owned())), 6);
        assert_eq!(block_on(promised()), 6);
        assert_eq!(block_on(boxed()), 6);
        assert_eq!(negated(), -3);
        assert!(!not());
        assert_eq!(method(), "3");
        assert_eq!(array([0; 6]).len(), 6);
        assert_eq!(others(&5, 1).to_string(), "5");
        assert_eq!([Holder::DOUBLED, Holder.doubled()], [6; 2]);
        assert_eq!([<u8 as Doubles>::DOUBLED, 0_u8.doubled(&5)], [6; 2]);
        assert_eq!([module::DOUBLED, module::doubled()], [6; 2]);
        assert_eq!(module::NEGATIVE, -3);
    });
}

macro_rules! containers {
    (
        $block:block, $inner:item, $module:item, $function:item, $skipped:item, $type:ty,
        $($(#[$meta:meta])* $visibility:vis fn $name:ident($self:ident) -> $returns:ty $body:block)*
    ) => {
        #[traced(kind = client)]
        impl $type {
            fn first() $block
            fn second() {}
            fn third() $block
            #[traced("own")]
            fn fourth() {}
            fn fifth() $block
            #[traced(skip)]
            fn sixth() {}
            $function
            $skipped
            fn last() {}
        }

        #[traced(kind = server)]
        impl Repeated {
            $($(#[$meta])* $visibility fn $name($self) -> $returns $body)*
        }

        #[traced(kind = producer)]
        trait Defaults {
            fn default_block(&self) $block
            fn declared(&self);
            fn last_default(&self) {}
        }

        #[traced(kind = consumer)]
        impl Defaults for $type {
            fn declared(&self) $block
            fn last_default(&self) {}
        }

        #[traced(kind = internal)]
        mod of_items {
            use super::*;

            $inner
            pub(super) fn behind_impl() {}
            $module
            pub(super) fn behind_mod() {}
            $function
            pub(super) fn behind_function() {}
        }
    };
}

struct Holding<T>(T);
struct Repeated;

containers!(
    {},
    impl Holding<u8> { pub(super) fn in_impl() {} },
    pub(super) mod module { pub(in super::super) fn in_mod() {} },
    pub(super) fn whole() {},
    #[traced(skip)] pub(super) fn skipped() {},
    Holding<(u8, u8)>,
    fn one(self) -> u8 { 1 }
    #[inline] pub(super) fn two(self) -> u8 { 2 }
    #[traced("three")] fn three(self) -> u8 { 3 }
    #[must_use] fn four(self) -> u8 { 4 }
);

#[test]
fn containers_find_where_each_function_ends() {
    let tree = tree(|| {
        type Held = Holding<(u8, u8)>;
        for function in [Held::first, Held::second, Held::third, Held::fourth] {
            function();
        }
        for function in [
            Held::fifth,
            Held::sixth,
            Held::whole,
            Held::skipped,
            Held::last,
        ] {
            function();
        }
        assert_eq!(
            Repeated.one() + Repeated.two() + Repeated.three() + Repeated.four(),
            10
        );
        Holding((1, 2)).default_block();
        Holding((1, 2)).declared();
        Holding((1, 2)).last_default();
        Holding::<u8>::in_impl();
        of_items::behind_impl();
        of_items::module::in_mod();
        of_items::behind_mod();
        of_items::whole();
        of_items::behind_function();
    });
    assert_snapshot!(tree, @r#"

    Holding::first [client]
    Holding::second [client]
    Holding::third [client]
    own [client]
    Holding::fifth [client]
    Holding::whole [client]
    Holding::last [client]
    Repeated::one [server]
    Repeated::two [server]
    three [server]
    Repeated::four [server]
    Holding::default_block [producer]
    Holding::declared [consumer]
    Holding::last_default [consumer]
    Holding::in_impl
    behind_impl
    in_mod
    behind_mod
    whole
    behind_function
    "#);
}

macro_rules! headers {
    ($type:ty, $length:expr, $tuple:ty) => {
        #[traced]
        impl Sized2 for &$type {
            fn size(&self) -> usize {
                1
            }
        }

        #[traced]
        impl Sized2 for [&$type; $length * 2] {
            fn size(&self) -> usize {
                2
            }
        }

        #[traced]
        impl Sized2 for Counted<{ $length * 2 }> {
            fn size(&self) -> usize {
                3
            }
        }

        #[traced]
        trait Bounded
        where
            for<'a> &'a $type: Sized2,
        {
            fn bounded(&self) {}
        }

        #[traced]
        impl Bounded for *const $type {}

        #[traced]
        impl Other<&'static $type> for $tuple
        where
            Option<&'static $type>: Copy,
        {
            fn other(&self) {}
        }
    };
}

trait Sized2 {
    fn size(&self) -> usize;
}

trait Other<T> {
    fn other(&self);
}

struct Counted<const N: usize>;

headers!(dyn Display + Send, 1 + 1, (u8, u8));

#[test]
fn headers_keep_together() {
    let tree = tree(|| {
        let shown: &(dyn Display + Send) = &1;
        assert_eq!(shown.size() + [shown; 4].size() + Counted::<4>.size(), 6);
        std::ptr::from_ref(shown).bounded();
        (1_u8, 2_u8).other();
    });
    assert_snapshot!(tree, @r#"

    Display::size
    Display::size
    Counted::size
    Display::bounded
    (u8, u8)::other
    "#);
}

mod visibility {
    macro_rules! write {
        ($visibility:vis fn $name:ident $arguments:tt -> $type:ty $body:block) => {
            #[traced::traced]
            $visibility fn $name $arguments -> $type $body

            #[traced::traced]
            impl Type {
                $visibility fn $name $arguments -> $type $body
            }
        };
    }

    pub(super) struct Type;

    write! {
        pub(super) fn written(n: u8) -> u8 {
            n + 1
        }
    }
}

#[test]
fn a_visibility_may_be_a_variable() {
    let tree = tree(|| {
        assert_eq!(visibility::written(1), 2);
        assert_eq!(visibility::Type::written(1), 2);
    });
    assert_snapshot!(tree, @r"

    written
    Type::written
    ");
}
