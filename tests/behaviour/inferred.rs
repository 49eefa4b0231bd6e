//! Tests that bodies compile as before if they take types from the signature, or names from
//! elsewhere.

#![allow(
    clippy::if_same_then_else,
    clippy::let_and_return,
    clippy::needless_return,
    clippy::never_loop,
    clippy::redundant_closure_call,
    reason = "code that people write, not code that they should write"
)]

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::future::{Future, pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::str::FromStr;
use std::task::Poll;

use futures::{Stream, StreamExt as _, stream};
use insta::assert_snapshot;
use traced::testing::Capture;
use traced::{span, traced};
use traced_tests::block_on;

#[derive(Debug)]
struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed")
    }
}

impl Error for Failed {}

#[derive(Debug)]
struct OnlyDebug;

struct Bare;

type Boxed = Box<dyn Error + Send + Sync>;

macro_rules! of_each_error {
    ($($future:ident $stream:ident $block:ident: $error:ty = $value:expr;)*) => {
        $(
            #[traced]
            fn $future() -> impl Future<Output = Result<u8, $error>> {
                async { Err($value) }
            }

            #[traced]
            fn $stream() -> impl Stream<Item = Result<u8, $error>> {
                stream::iter([Ok(1), Err($value)])
            }

            async fn $block() -> Result<u8, $error> {
                span!("block" => async { Err($value) }).await
            }
        )*

        #[test]
        fn futures_and_streams_of_each_error() {
            let capture = Capture::new();
            capture.run(|| block_on(async {
                $(
                    assert!($future().await.is_err());
                    assert_eq!($stream().collect::<Vec<_>>().await.len(), 2);
                    assert!($block().await.is_err());
                )*
            }));
            assert_snapshot!(capture.tree());
        }
    };
}

of_each_error! {
    future_of_error stream_of_error block_of_error: Failed = Failed;
    future_of_string stream_of_string block_of_string: String = "text".to_owned();
    future_of_str stream_of_str block_of_str: &'static str = "text";
    future_of_boxed stream_of_boxed block_of_boxed: Boxed = Boxed::from("boxed");
    future_of_debug stream_of_debug block_of_debug: OnlyDebug = OnlyDebug;
    future_of_bare stream_of_bare block_of_bare: Bare = Bare;
    future_of_io stream_of_io block_of_io: std::io::Error = std::io::Error::other("io");
}

macro_rules! left_open {
    ($($name:ident $moving:ident: $output:ty = $value:expr;)*) => {
    $(
        #[traced]
        fn $name() -> impl Future<Output = $output> {
            async { $value }
        }

        #[traced(attributes(text = text.len()))]
        fn $moving(text: String) -> impl Future<Output = $output> + Send {
            let length = text.len();
            async move {
                drop(text);
                let _ = length;
                $value
            }
        }
    )*

        fn drop_all() {
            $(
                drop($name());
                drop($moving(String::new()));
            )*
        }
    };
}

left_open! {
    parsed parsed_moving: u64 = "1".parse().unwrap();
    questioned questioned_moving: Result<u8, String> = { Err("no")?; Ok(1) };
    converted converted_moving: Result<u8, Boxed> = { Err("no")?; Ok(1) };
    wrapped wrapped_moving: Result<u8, Boxed> = { Err(Failed)?; Ok(1) };
    into into_moving: String = "x".into();
    collected collected_moving: Vec<u8> = (0..3).collect();
    defaulted defaulted_moving: u8 = Default::default();
    none none_moving: Option<u8> = None;
    unfinished unfinished_moving: u8 = todo!();
    fine fine_moving: Result<(), OnlyDebug> = Ok(());
    empty empty_moving: Vec<String> = vec![];
}

#[test]
fn futures_that_are_not_polled_are_cancelled() {
    let capture = Capture::new();
    capture.run(drop_all);
    let tree = capture.tree();
    assert_eq!(tree.matches("traced.cancelled=true").count(), 22, "{tree}");
}

#[traced]
fn never_ready() -> impl Future<Output = u8> {
    pending()
}

#[traced]
fn ready_none() -> impl Future<Output = Option<u8>> {
    ready(None)
}

#[traced]
fn no_items() -> impl Stream<Item = Result<u8, String>> {
    stream::empty()
}

#[traced]
fn converted_items() -> impl Stream<Item = String> {
    stream::iter(vec!["a".into()])
}

#[traced]
fn opaque_inside() -> impl Future<Output = Result<impl Iterator<Item = u8>, String>> {
    async { Ok(0..3) }
}

#[traced]
fn borrowed(text: &str) -> impl Future<Output = Result<&str, String>> + '_ {
    async move {
        if text.is_empty() {
            Err("empty")?;
        }
        Ok(text)
    }
}

#[traced]
fn generic<T: Default + Send, E: From<&'static str>>() -> impl Future<Output = Result<T, E>> + Send
{
    async {
        Err("no")?;
        Ok(T::default())
    }
}

trait Makes {
    type Made;

    fn make(&self) -> impl Future<Output = Self::Made> + Send;
}

struct Maker;

impl Makes for Maker {
    type Made = Option<u8>;

    #[traced]
    fn make(&self) -> impl Future<Output = Self::Made> + Send {
        async { None }
    }
}

#[test]
fn what_is_left_open_comes_from_the_signature() {
    let capture = Capture::new();
    capture.run(|| {
        block_on(async {
            assert_eq!(parsed().await, 1);
            assert_eq!(
                questioned_moving("text".to_owned()).await,
                Err("no".to_owned())
            );
            assert!(converted().await.is_err());
            assert!(wrapped().await.is_err());
            assert_eq!(into_moving("text".to_owned()).await, "x");
            assert_eq!(collected().await, [0, 1, 2]);
            assert_eq!(defaulted().await, 0);
            assert_eq!(none().await, None);
            assert!(fine().await.is_ok());
            assert!(empty().await.is_empty());
            drop((never_ready(), unfinished()));
            assert_eq!(ready_none().await, None);
            assert_eq!(no_items().count().await, 0);
            assert_eq!(converted_items().collect::<String>().await, "a");
            assert_eq!(opaque_inside().await.unwrap().count(), 3);
            assert!(borrowed("").await.is_err());
            assert!(generic::<u8, Boxed>().await.is_err());
            assert_eq!(Maker.make().await, None);
        });
    });
    assert_snapshot!(capture.tree(), @r#"

    parsed
    questioned_moving error "no" {text=4, error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="no"}
    converted error "no" {error.type="dyn core::error::Error"}
      ! exception {exception.type="dyn core::error::Error", exception.message="no"}
    wrapped error "failed" {error.type="Failed"}
      ! exception {exception.type="Failed", exception.message="failed"}
    into_moving {text=4}
    collected
    defaulted
    none
    fine
    empty
    never_ready {traced.cancelled=true}
    unfinished {traced.cancelled=true}
    ready_none
    no_items
    converted_items
    opaque_inside
    borrowed error "empty" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="empty"}
    generic error "" {error.type="dyn core::error::Error"}
      ! exception {exception.type="dyn core::error::Error"}
    Maker::make
    "#);
}

async fn open_blocks() -> Result<u64, String> {
    let parsed: u64 = span!("parsed" => async { "1".parse().unwrap() }).await;
    let none: Option<u64> = span!("none" => async { None }).await;
    let text: String = span!("text" => async { "x".into() }).await;
    let sum: u64 = span!("sum" => async { [parsed, 2].iter().sum() }).await;
    assert_eq!((none, &*text, sum), (None, "x", 3));
    span!("failed" => async { Err("no")?; Ok(sum) }).await
}

#[test]
fn blocks_may_leave_their_type_open() {
    let capture = Capture::new();
    assert!(capture.run(|| block_on(open_blocks())).is_err());
    assert_snapshot!(capture.tree(), @r#"

    parsed
    none
    text
    sum
    failed error "" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String"}
    "#);
}

impl From<&str> for Bare {
    fn from(_: &str) -> Bare {
        Bare
    }
}

#[derive(Default)]
struct Value;

impl FromStr for Value {
    type Err = Bare;

    fn from_str(_: &str) -> Result<Value, Bare> {
        Err(Bare)
    }
}

fn made<T: Default>() -> T {
    T::default()
}

macro_rules! blocks_of_outer_types {
    ($($name:ident: $returns:ty = $value:expr;)*) => {
        $(
            #[allow(unreachable_code)]
            async fn $name() -> $returns {
                span!(name = stringify!($name) => async { $value }).await
            }
        )*

        fn run_all() {
            $(drop(contained(|| block_on($name())));)*
        }
    };
}

fn contained<T>(call: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    catch_unwind(AssertUnwindSafe(call))
}

blocks_of_outer_types! {
    all_open: Value = made();
    in_a_variable: Value = { let value = "1".parse(); value.unwrap_or_default() };
    none_on_both_ways: Option<Value> = if Value.is_small() { None } else { None };
    some_on_one_way: Option<Value> = match 1 { 1 => None, _ => Some(made()) };
    result_in_an_option: Option<Result<u8, Bare>> = if Value.is_small() { Some(Err("no".into())) } else { None };
    result_in_a_poll: Poll<Option<Result<u8, Bare>>> = Poll::Ready(Some(Err(Bare)));
    open_in_a_poll: Poll<Option<Result<u8, Bare>>> = if Value.is_small() { Poll::Ready(Some(Err("no".into()))) } else { Poll::Pending };
    pending_of_anything: Poll<Value> = Poll::Pending;
    option_of_an_option: Option<Option<Value>> = Some(None);
    result_in_two_options: Option<Option<Result<u8, Bare>>> = Some(Some(Err("no".into())));
    list: Vec<Value> = Vec::new();
    pair: (Value, u8) = (made(), 1);
    broken_out: Value = loop { break made() };
    called: Option<Value> = (|| None)();
    returned: Value = return made();
    returned_before: Value = { return made(); };
    panicking: Value = panic!("panicked");
    unfinished_block: Value = todo!();
    succeeding: Result<u64, Bare> = Ok(1);
    parsed_error: Result<Value, Bare> = { let result = "1".parse(); result };
    converted_error: Result<u8, Bare> = Err("no")?;
    early_error: Result<u8, Bare> = { if Value.is_small() { return Err("no".into()); } Ok(1) };
    boxed_error: Result<u8, Boxed> = { let n: u8 = "x".parse()?; Ok(n) };
    spelled_error: Result<Value, String> = { Err("no")?; Ok::<_, String>(made()) };
    own_error: Result<Value, Failed> = Err(Failed);
    only_debug_error: Result<Value, OnlyDebug> = Err(OnlyDebug);
    bare_error: Result<Value, Bare> = Err(Bare);
    number_error: Result<Value, u16> = Err(404);
}

impl Value {
    fn is_small(&self) -> bool {
        true
    }
}

async fn endless() -> ! {
    span!("endless" => async { loop { pending::<()>().await } }).await
}

fn sync_blocks() -> Result<Value, Bare> {
    let value = span!("sync none" => { None });
    let early = span!("sync error" => {
        let result = Err("no".into());
        if let Ok(value) = result {
            return Ok(value);
        }
        result
    });
    value.map_or(early, Ok)
}

#[test]
fn blocks_are_looked_at_as_far_as_their_type_is_known() {
    let capture = Capture::new();
    capture.run(|| {
        run_all();
        drop(endless());
        assert!(sync_blocks().is_err());
    });
    assert_snapshot!(capture.tree());
}

mod own {
    use traced::traced;

    pub(super) trait Stream {
        type Item;

        fn first(&self) -> u8 {
            3
        }
    }

    pub(super) trait Future<Output> {
        fn value(&self) -> Option<Output> {
            None
        }
    }

    struct Both;

    impl Stream for Both {
        type Item = u8;
    }

    impl Future<u8> for Both {}

    #[traced]
    pub(super) fn stream() -> impl Stream<Item = u8> {
        Both
    }

    #[traced]
    pub(super) fn future() -> impl Future<u8> {
        Both
    }
}

#[test]
fn traits_of_the_same_names_are_no_futures_and_streams() {
    let capture = Capture::new();
    capture.run(|| {
        assert_eq!(own::Stream::first(&own::stream()), 3);
        assert_eq!(own::Future::value(&own::future()), None);
    });
    assert_snapshot!(capture.tree(), @r"

    stream
    future
    ");
}

enum Kind {
    Result,
    String,
}

struct Point {
    x: u8,
    y: u8,
}

mod other {
    pub(super) struct Point;
}

#[traced]
async fn uses_a_type_of_the_same_name() -> Result<u8, String> {
    use std::io::Result;
    let found: Result<u8> = std::io::Read::read(&mut &[7][..], &mut [0]).map(|_| 7);
    Ok(found.unwrap_or_default())
}

#[traced]
async fn uses_variants_of_the_same_names() -> Result<u8, String> {
    use Kind::*;
    Ok(Result as u8 + String as u8)
}

#[traced]
async fn defines_types_of_the_same_names() -> Result<u8, String> {
    struct Result;
    type String = u8;
    let (Result, one): (Result, String) = (Result, 1);
    Ok(one)
}

#[traced]
fn binds_a_pattern_of_the_same_name(first: String, Point { x, .. }: Point) -> usize {
    use other::Point;
    let Point = Point;
    first.len() + usize::from(x)
}

#[traced]
fn boxed_of_the_same_names() -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {
    struct String;
    use std::io::Result;
    let _: Result<String> = Ok(String);
    Box::pin(async { Ok(7) })
}

#[traced]
fn promised_of_the_same_names() -> impl Future<Output = Result<u8, String>> {
    struct String;
    use std::io::Result;
    let _: Result<String> = Ok(String);
    async { Err("no")? }
}

#[test]
fn names_in_a_body_are_its_own() {
    let capture = Capture::new();
    capture.run(|| {
        block_on(async {
            assert_eq!(uses_a_type_of_the_same_name().await, Ok(7));
            assert_eq!(uses_variants_of_the_same_names().await, Ok(1));
            assert_eq!(defines_types_of_the_same_names().await, Ok(1));
            assert_eq!(boxed_of_the_same_names().await, Ok(7));
            assert!(promised_of_the_same_names().await.is_err());
        });
        let point = Point { x: 1, y: 2 };
        assert_eq!(point.y, 2);
        assert_eq!(binds_a_pattern_of_the_same_name("ab".to_owned(), point), 3);
    });
    assert_snapshot!(capture.tree(), @r#"

    uses_a_type_of_the_same_name
    uses_variants_of_the_same_names
    defines_types_of_the_same_names
    boxed_of_the_same_names
    promised_of_the_same_names error "no" {error.type="alloc::string::String"}
      ! exception {exception.type="alloc::string::String", exception.message="no"}
    binds_a_pattern_of_the_same_name
    "#);
}
