//! Tests that names in the user's scope cannot break the expansion, and that the user's code cannot
//! see the names of the expansion.

use ::traced::testing::Capture;
use ::traced_tests::block_on;
use futures::StreamExt as _;

mod hostile {
    #![deny(warnings, clippy::pedantic)]
    #![allow(
        dead_code,
        non_camel_case_types,
        non_snake_case,
        clippy::upper_case_acronyms,
        unused_imports,
        unused_macros,
        unreachable_pub
    )]
    #![forbid(unsafe_code)]

    mod std {}
    mod core {}
    mod alloc {}
    mod traced {
        pub mod private {}
    }
    mod opentelemetry {}
    mod tracing {}

    enum Option {}
    enum Result {}
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    struct String;
    struct Box;
    struct Vec;
    trait Fn {}
    trait FnOnce {}
    trait Future {}
    trait Drop {}
    trait Error {}
    trait Into {}
    struct SITE(u8);

    macro_rules! concat {
        () => {
            compile_error!("the user's own macro")
        };
    }
    macro_rules! file {
        () => {
            compile_error!("the user's own macro")
        };
    }
    macro_rules! option_env {
        () => {
            compile_error!("the user's own macro")
        };
    }

    /// Has methods that method resolution must not prefer.
    trait Everywhere {
        fn error(&self) {}
        fn failure(&self) {}
        fn value(&self) {}
        fn display(&self) {}
        fn kind(&self) {}
        fn ok(&self) {}
        fn poll(&self) {}
        fn await_(&self) {}
    }
    impl<T: ?Sized> Everywhere for T {}

    /// Has the same methods by value, which come before all methods that take a reference.
    trait ByValue: Sized {
        fn ask(self) {}
        fn at(self) {}
        fn at_level(self) {}
        fn auto(self) {}
        fn call(self) {}
        fn call_at(self) {}
        fn call_by(self) {}
        fn deref(self) {}
        fn display(self) {}
        fn debug(self) {}
        fn error(self) {}
        fn failure(self) {}
        fn find(self) {}
        fn find_text(self) {}
        fn keys(self) {}
        fn kind(self) {}
        fn link(self) {}
        fn links(self) {}
        fn linked_root(self) {}
        fn look(self) {}
        fn map(self) {}
        fn name(self) {}
        fn ok(self) {}
        fn parent(self) {}
        fn question(self) {}
        fn root(self) {}
        fn scope(self) {}
        fn set(self) {}
        fn typed(self) {}
        fn value(self) {}
        fn wrap(self) {}
    }
    impl<T> ByValue for T {}

    #[::traced::traced("sync", kind = client, ok, attributes(span, setup, ret, result, caller, %debug, ?display, ctx))]
    #[allow(clippy::too_many_arguments)]
    pub fn sync(
        span: u8,
        setup: u8,
        ret: u8,
        result: u8,
        caller: u8,
        debug: u8,
        display: u8,
        ctx: u8,
    ) -> ::std::result::Result<u8, u8> {
        ::std::result::Result::Ok(span + setup + ret + result + caller + debug + display + ctx)
    }

    #[::traced::traced(name = ::std::format!("async {span}"), parent = setup, attributes(span, a = %attributes, b = ?ret))]
    pub async fn later(
        span: u8,
        setup: &::opentelemetry::Context,
        attributes: &str,
        ret: &str,
    ) -> ::std::result::Result<u8, &'static str> {
        let started = ::std::convert::identity(setup);
        ::std::convert::identity(started);
        ::std::future::ready(()).await;
        ::std::result::Result::Err("hostile")
    }

    #[::traced::traced(attributes(span))]
    pub fn in_place(span: u8) -> impl ::std::iter::Iterator<Item = u8> {
        let _ = span;
        0..span_of(span)
    }

    fn span_of(span: u8) -> u8 {
        span
    }

    pub type Later = ::std::pin::Pin<::std::boxed::Box<dyn ::std::future::Future<Output = u8>>>;
    pub type Value = u8;

    #[::traced::traced(parent = parent, links = [parent], ret, error_type = |e| *e)]
    pub fn promised(
        parent: &::opentelemetry::Context,
    ) -> impl ::std::future::Future<Output = ::std::result::Result<u8, u8>> {
        async { ::std::result::Result::Err(7) }
    }

    #[::traced::traced]
    pub fn alias() -> Later {
        ::std::boxed::Box::pin(async { 7 })
    }

    #[::traced::traced(ret, scope = "own", level = warn)]
    pub fn plain_alias(root: u8) -> Value {
        root
    }

    #[::traced::traced(ret("x" = |x| *x), error_if = |_| true)]
    pub fn boxed() -> ::std::pin::Pin<::std::boxed::Box<dyn ::std::future::Future<Output = u8>>> {
        ::std::boxed::Box::pin(async { 7 })
    }

    #[::traced::traced]
    pub fn items() -> impl ::futures::Stream<Item = ::std::result::Result<u8, u8>> {
        ::futures::stream::iter([::std::result::Result::Err(7)])
    }

    pub async fn blocks() -> ::std::result::Result<u8, u8> {
        let wait = ::traced::span!("wait", ok, attributes("n" = 1) => async { ::std::result::Result::Ok(1) });
        let waited: ::std::result::Result<u8, u8> = wait.await;
        let value = waited?;
        ::traced::span!("value", err = ? => { ::std::result::Result::Err(value) })
    }

    /// The body sees the item outside, not one of the expansion.
    #[::traced::traced]
    pub fn sees_own_items() -> usize {
        let _: SITE = SITE(1);
        ::std::mem::size_of::<SITE>()
    }
}

#[test]
fn names_do_not_collide() {
    let capture = Capture::new();
    capture.run(|| {
        assert_eq!(hostile::sync(1, 2, 3, 4, 5, 6, 7, 8), Ok(36));
        let context = ::opentelemetry::Context::new();
        assert!(block_on(hostile::later(1, &context, "a", "b")).is_err());
        assert_eq!(hostile::in_place(3).count(), 3);
        assert_eq!(hostile::sees_own_items(), 1);
        assert_eq!(block_on(hostile::promised(&context)), Err(7));
        assert_eq!(block_on(hostile::alias()), 7);
        assert_eq!(hostile::plain_alias(7), 7);
        assert_eq!(block_on(hostile::boxed()), 7);
        assert_eq!(block_on(hostile::items().collect::<Vec<_>>()), [Err(7)]);
        assert_eq!(block_on(hostile::blocks()), Err(1));
    });
    insta::assert_snapshot!(capture.tree(), @r#"

    sync [client] ok {span=1, setup=2, ret=3, result=4, caller=5, debug="6", display="7", ctx=8}
    async 1 error "hostile" {span=1, a="a", b="\"b\"", error.type="str"}
      ! exception {exception.type="str", exception.message="hostile"}
    in_place {span=3}
    sees_own_items
    promised error "7" {error.type="7"}
      ! exception {exception.type="u8", exception.message="7"}
    alias
    plain_alias {return=7}
    boxed error "" {x=7, error.type="_OTHER"}
    items error "7" {error.type="u8"}
      ! exception {exception.type="u8", exception.message="7"}
    wait ok {n=1}
    value error "1" {error.type="u8"}
      ! exception {exception.type="u8", exception.message="1"}
    "#);
}

/// The user may forbid groups of lints, so the expansion does not allow any.
mod forbidding {
    #![forbid(
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        nonstandard_style,
        rust_2018_idioms,
        unsafe_code,
        unused
    )]

    use ::traced::{span, traced};

    #[traced]
    pub(super) fn hidden(
        text: String,
        _first: Vec<u8>,
        (list, _second): (Vec<u8>, String),
    ) -> usize {
        let length = text.len() + list.len();
        drop((text, list));
        span!("block", ret => { length })
    }

    #[traced(attributes(%text), ok)]
    pub(super) async fn later(text: &str, mut list: Vec<u8>, _first: String) -> Result<usize, u8> {
        list = ::std::future::ready(list).await;
        list.push(1);
        Ok(text.len() + list.len())
    }

    /// The value is a future, and nobody forgot to await it.
    #[traced]
    pub(super) async fn future(n: u8) -> ::std::future::Ready<u8> {
        ::std::future::ready(n).await;
        ::std::future::ready(n)
    }

    #[traced]
    pub(super) async fn opaque(n: u8) -> impl Future<Output = u8> {
        ::std::future::ready(n).await;
        ::std::future::ready(n)
    }
}

#[test]
fn lints_may_be_forbidden() {
    let tree = traced_tests::tree(|| {
        assert_eq!(
            forbidding::hidden("a".into(), vec![], (vec![1], "b".into())),
            2
        );
        assert_eq!(block_on(forbidding::later("a", vec![1], "b".into())), Ok(3));
        assert_eq!(block_on(async { forbidding::future(1).await.await }), 1);
        assert_eq!(block_on(async { forbidding::opaque(1).await.await }), 1);
    });
    insta::assert_snapshot!(tree, @r#"

    hidden
      block {return=2}
    later ok {text="a"}
    future
    opaque
    "#);
}

mod renamed {
    pub(crate) use ::traced as instrumented;

    #[instrumented::traced(crate = crate::hygiene::renamed::instrumented, attributes(n))]
    pub(crate) fn function(n: u8) -> Result<u8, String> {
        Ok(n)
    }
}

#[test]
fn the_runtime_can_be_renamed() {
    let tree = traced_tests::tree(|| renamed::function(7));
    insta::assert_snapshot!(tree, @"

    function {n=7}
    ");
}

#[test]
fn an_argument_that_only_the_attribute_uses_is_used() {
    #[deny(unused_variables)]
    #[::traced::traced(attributes(behind))]
    fn f(used: String, behind: String) -> usize {
        used.len()
    }
    let capture = Capture::new();
    capture.run(|| f("abc".to_owned(), "x".to_owned()));
    assert_eq!(capture.tree(), "\nf {behind=\"x\"}\n");
}
