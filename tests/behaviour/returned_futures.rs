//! Tests of functions that return futures, spelled in every way.

use std::future::{Future, pending, ready};
use std::marker::PhantomData;
use std::pin::Pin;

use async_trait::async_trait;
use futures::FutureExt as _;
use futures::future::{BoxFuture, LocalBoxFuture};
use insta::assert_snapshot;
use traced::testing::Capture;
use traced::traced;
use traced_tests::{block_on, tree, tree_async};

#[traced(attributes(n))]
fn opaque(n: u8) -> impl Future<Output = Result<u8, String>> + Send + 'static {
    traced::add_event("eager");
    async move {
        traced::add_event("polled");
        tokio::task::yield_now().await;
        n.checked_sub(1).ok_or_else(|| "too small".to_owned())
    }
}

#[traced]
fn combinator(n: u8) -> impl Future<Output = u8> {
    if n == 0 {
        return ready(0).left_future();
    }
    ready(n).map(|n| n + 1).right_future()
}

#[traced(attributes(n))]
fn pinned<'a>(n: &'a u8) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send + 'a>> {
    traced::add_event("eager");
    let doubled = *n * 2;
    Box::pin(async move {
        if doubled == 0 {
            Err("zero".to_owned())
        } else {
            Ok(doubled)
        }
    })
}

#[traced]
fn aliased(n: u8) -> BoxFuture<'static, Result<u8, String>> {
    async move { Err(format!("aliased {n}")) }.boxed()
}

type Renamed<'a> = LocalBoxFuture<'a, u8>;

#[traced]
fn renamed(n: &u8) -> Renamed<'_> {
    async move { *n }.boxed_local()
}

struct NoFuture(u8);
type Alias = Result<NoFuture, String>;

#[traced]
fn no_future(n: u8) -> NoFuture {
    NoFuture(n)
}

#[traced]
fn alias_of_a_result() -> Alias {
    Err("no future".to_owned())
}

#[test]
fn the_span_lasts_until_the_future_is_ready() {
    let tree = tree_async(async {
        let _ = opaque(0).await;
        assert_eq!(combinator(1).await, 2);
        let _ = pinned(&0).await;
        let _ = aliased(1).await;
        assert_eq!(renamed(&7).await, 7);
        assert_eq!(no_future(7).0, 7);
        let _ = alias_of_a_result();
    });
    assert_snapshot!(tree, @r#"

    opaque error "too small" {n=0, error.type="alloc::string::String"}
      ! eager
      ! polled
      ! exception {exception.type="alloc::string::String", exception.message="too small"}
    combinator
    pinned error "zero" {n=0, error.type="alloc::string::String"}
      ! eager
      ! exception {exception.type="alloc::string::String", exception.message="zero"}
    aliased error "aliased 1" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="aliased 1"}
    renamed
    no_future
    alias_of_a_result error "no future" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="no future"}
    "#);
}

#[test]
fn the_span_starts_with_the_call() {
    let tree = tree(|| {
        let future = opaque(1);
        traced::add_event("outside");
        drop(future);
        drop(pinned(&1));
        drop(aliased(1));
    });
    assert_snapshot!(tree, @"

    opaque {n=1, traced.cancelled=true}
      ! eager
    pinned {n=1, traced.cancelled=true}
      ! eager
    aliased {traced.cancelled=true}
    ");
}

#[traced]
fn outer(future: impl Future<Output = Result<u8, String>>) {
    let _ = block_on(future);
}

#[test]
fn its_parent_is_the_callers_span() {
    let tree = tree(|| {
        let future = opaque(0);
        outer(future);
        outer(async { opaque(1).await });
    });
    assert_snapshot!(tree, @r#"

    opaque error "too small" {n=0, error.type="alloc::string::String"}
      ! eager
      ! polled
      ! exception {exception.type="alloc::string::String", exception.message="too small"}
    outer
    outer
      opaque {n=1}
        ! eager
        ! polled
    "#);
}

#[traced]
fn panics_at_once(flag: bool) -> impl Future<Output = ()> {
    assert!(flag, "at once");
    async {}
}

#[traced]
fn panics_later() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async { panic!("later") })
}

#[test]
fn a_panic_counts_at_both_times() {
    let capture = Capture::new();
    let caught = |f: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).is_err();
    assert!(capture.run(|| caught(&|| drop(panics_at_once(false)))));
    assert!(capture.run(|| caught(&|| block_on(panics_later()))));
    assert_snapshot!(capture.tree(), @r#"

    panics_at_once error "at once" {error.type="panic"}
      ! exception {exception.type="panic", exception.message="at once"}
    panics_later error "later" {error.type="panic"}
      ! exception {exception.type="panic", exception.message="later"}
    "#);
}

#[async_trait]
trait Store {
    async fn load(&self, id: u8) -> Result<String, String>;

    #[traced(attributes(id))]
    async fn load_twice(&self, id: u8) -> Result<String, String> {
        let first = self.load(id).await?;
        Ok(first + &self.load(id).await?)
    }
}

struct Memory;

#[async_trait]
impl Store for Memory {
    #[traced(attributes(id), ret)]
    async fn load(&self, id: u8) -> Result<String, String> {
        tokio::task::yield_now().await;
        if id == 0 {
            Err("nothing there".to_owned())
        } else {
            Ok(format!("item {id}"))
        }
    }
}

struct Cache;

#[traced(kind = client)]
#[async_trait]
impl Store for Cache {
    async fn load(&self, id: u8) -> Result<String, String> {
        Ok(format!("cached {id}"))
    }
}

#[async_trait]
#[traced(kind = client)]
impl Store for u8 {
    async fn load(&self, id: u8) -> Result<String, String> {
        Err(format!("{self} {id}"))
    }
}

#[test]
fn async_trait_in_both_orders() {
    let tree = tree_async(async {
        let _ = Memory.load_twice(1).await;
        let _ = Memory.load_twice(0).await;
        let _ = Cache.load(1).await;
        let _ = 7.load(1).await;
    });
    assert_snapshot!(tree, @r#"

    Memory::load_twice {id=1}
      Memory::load {id=1, return="item 1"}
      Memory::load {id=1, return="item 1"}
    Memory::load_twice error "nothing there" {id=0, error.type="alloc::string::String"}
      Memory::load error "nothing there" {id=0, error.type="alloc::string::String"}
        ! exception {exception.type="alloc::string::String", exception.message="nothing there"}
    Cache::load [client]
    u8::load [client] error "7 1" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="7 1"}
    "#);
}

#[traced]
fn clonable() -> impl Future<Output = u8> + Clone {
    ready(7)
}

#[test]
fn what_a_wrapper_would_lose_is_not_wrapped() {
    let tree = tree_async(async { assert_eq!(clonable().clone().await, 7) });
    assert_snapshot!(tree, @"

    clonable
    ");
}

#[traced]
fn never_ready(n: &u8) -> BoxFuture<'_, u8> {
    Box::pin(async move {
        pending::<()>().await;
        *n
    })
}

#[test]
fn a_cancelled_one_says_so() {
    let tree = tree_async(async {
        tokio::select! {
            biased;
            _ = never_ready(&1) => {}
            () = ready(()) => {}
        }
    });
    assert_snapshot!(tree, @"

    never_ready {traced.cancelled=true}
    ");
}

#[test]
fn without_a_provider_they_work_the_same() {
    assert!(block_on(opaque(0)).is_err());
    assert_eq!(block_on(pinned(&2)), Ok(4));
    assert!(block_on(aliased(2)).is_err());
}

macro_rules! aliased_with {
    ($($name:ident($($option:tt)*);)*) => {
        $(
            #[traced($($option)*)]
            fn $name(n: u8) -> BoxFuture<'static, Result<u8, String>> {
                async move {
                    traced::add_event("inside");
                    n.checked_sub(1).ok_or_else(|| "too small".to_owned())
                }
                .boxed()
            }
        )*

        #[test]
        fn options_about_the_value_are_about_what_an_aliased_future_returns() {
            let tree = tree_async(async {
                $(
                    let _ = $name(1).await;
                    let _ = $name(0).await;
                )*
                drop(ret(1));
            });
            assert_snapshot!(tree);
        }
    };
}

aliased_with! {
    ret(ret);
    ret_display(ret = %);
    ret_debug(ret = ?);
    ret_of("doubled", ret("twice" = |n| *n * 2));
    err_display(err = %);
    err_debug(err = ?);
    err_off(err = off);
    error_type(error_type = |error| error.len() + 1);
    error_if(error_if = |returned| matches!(returned, Ok(0)));
    fine(ok, ret);
}

type Plain = Result<u8, String>;

#[traced(ret, err = ?, error_type = |_| "given")]
fn aliased_result(n: u8) -> Plain {
    n.checked_sub(1).ok_or_else(|| "too small".to_owned())
}

#[traced(error_if = |returned| returned.as_ref().is_ok_and(|found| *found > limit))]
fn alias_and_a_closure_that_captures(n: u8, limit: u8) -> Plain {
    Ok(n)
}

#[test]
fn options_about_the_value_are_about_an_aliased_result() {
    let tree = tree(|| {
        let _ = aliased_result(1);
        let _ = aliased_result(0);
        let _ = alias_and_a_closure_that_captures(1, 2);
        let _ = alias_and_a_closure_that_captures(3, 2);
    });
    assert_snapshot!(tree, @r#"

    aliased_result {return=0}
    aliased_result error "\"too small\"" {error.type="given"}
      ! exception {exception.type="alloc::string::String", exception.message="\"too small\""}
    alias_and_a_closure_that_captures
    alias_and_a_closure_that_captures error "" {error.type="_OTHER"}
    "#);
}

/// A box may live longer than what the future returns. It cannot be boxed again, so the span covers the call.
mod short_lived_outputs {
    use super::*;

    struct Pool(u8);

    struct Guard<'p>(PhantomData<&'p Pool>);

    trait Acquire<'p> {
        fn acquire(self) -> BoxFuture<'static, Result<Guard<'p>, String>>;
        fn spelled(self) -> Pin<Box<dyn Future<Output = Guard<'p>> + Send>>;
    }

    impl<'p> Acquire<'p> for &'p Pool {
        #[traced]
        fn acquire(self) -> BoxFuture<'static, Result<Guard<'p>, String>> {
            ready_guard(self.0)
        }

        #[traced]
        fn spelled(self) -> Pin<Box<dyn Future<Output = Guard<'p>> + Send>> {
            never_guard()
        }
    }

    fn ready_guard<'p>(n: u8) -> BoxFuture<'static, Result<Guard<'p>, String>> {
        Box::pin(async move { Err(format!("no guard {n}")) })
    }

    fn never_guard<'p>() -> Pin<Box<dyn Future<Output = Guard<'p>> + Send>> {
        Box::pin(async { pending().await })
    }

    #[traced]
    fn elided(pool: &Pool) -> Pin<Box<dyn Future<Output = Option<&Pool>> + Send + 'static>> {
        _ = pool;
        Box::pin(async { None })
    }

    trait Connection: Send + Sync {
        type Options;

        fn number(&self) -> u8;

        #[traced]
        fn connect(url: &str) -> BoxFuture<'static, Result<Self, String>>
        where
            Self: Sized,
        {
            let error = format!("cannot connect to {url}");
            Box::pin(async move { Err(error) })
        }

        #[traced]
        fn connect_with(options: &Self::Options) -> BoxFuture<'_, Result<Self, String>>
        where
            Self: Sized,
        {
            _ = options;
            Box::pin(async move { Err("cannot connect with options".to_owned()) })
        }

        /// The type of this argument says that the options live long enough.
        #[traced]
        fn chosen(options: &Self::Options) -> BoxFuture<'_, Result<&Self::Options, String>>
        where
            Self: Sized,
        {
            _ = options;
            Box::pin(async move { Err("not chosen".to_owned()) })
        }

        #[traced]
        fn transaction<'a, F, R, E>(&'a mut self, callback: F) -> BoxFuture<'a, Result<R, E>>
        where
            for<'c> F: FnOnce(&'c mut Self) -> BoxFuture<'c, Result<R, E>> + 'a + Send + Sync,
            Self: Sized,
            R: Send,
            E: From<String> + Send,
        {
            Box::pin(async move { callback(self).await })
        }

        /// The type of this argument says that of `R`.
        #[traced]
        fn map<'a, R: Send + Sync + Clone>(
            &'a self,
            value: &'a R,
        ) -> BoxFuture<'a, Result<R, String>> {
            Box::pin(async move {
                match self.number() {
                    0 => Ok(value.clone()),
                    n => Err(format!("{n} is not zero")),
                }
            })
        }

        /// A bound says that too.
        #[traced]
        fn owned<R: Send + 'static>(value: R) -> BoxFuture<'static, Result<R, String>>
        where
            Self: Sized,
        {
            Box::pin(async move {
                drop(value);
                Err("lost".to_owned())
            })
        }
    }

    struct Line(u8);

    impl Connection for Line {
        type Options = u8;

        fn number(&self) -> u8 {
            self.0
        }
    }

    #[test]
    fn a_box_that_outlives_its_output_is_not_boxed_again() {
        let pool = Pool(3);
        assert_snapshot!(tree_async(async {
            assert!(pool.acquire().await.is_err());
            drop(pool.spelled());
            assert!(elided(&pool).await.is_none());
            assert!(Line::connect("a").await.is_err());
            assert!(Line::connect_with(&1).await.is_err());
            assert!(Line::chosen(&1).await.is_err());
            let mut line = Line(5);
            let called: Result<u8, String> =
                line.transaction(|line| Box::pin(async { Ok(line.number()) })).await;
            assert_eq!(called, Ok(5));
            assert!(line.map(&1).await.is_err());
            assert!(Line::owned(1).await.is_err());
        }), @r#"
        Pool::acquire
        Pool::spelled
        elided
        Line::connect
        Line::connect_with
        Line::chosen error "not chosen" {error.type="alloc::string::String"}
          ! exception {exception.type="alloc::string::String", exception.message="not chosen"}
        Line::transaction
        Line::map error "5 is not zero" {error.type="alloc::string::String"}
          ! exception {exception.type="alloc::string::String", exception.message="5 is not zero"}
        Line::owned error "lost" {error.type="alloc::string::String"}
          ! exception {exception.type="alloc::string::String", exception.message="lost"}
        "#);
    }
}
