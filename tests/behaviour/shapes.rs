//! Tests that every shape of function that once broke in a crate like this compiles, runs, and has
//! its span.
//!
//! This file is built in every edition, as a module and as separate crates.

// Unidiomatic on purpose.
#![allow(clippy::all, clippy::pedantic)]

use std::cell::{Ref, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use traced::testing::Capture;
use traced::traced;

/// Runs `f` with and without a provider. Both must return the same, and with a provider there must
/// be a span of this name.
fn check<R: PartialEq + std::fmt::Debug>(name: &str, f: impl Fn() -> R) {
    let off = f();
    let capture = Capture::new();
    let on = capture.run(&f);
    assert_eq!(off, on);
    let tree = capture.tree();
    assert!(
        tree.contains(&format!(
            "
{name}"
        )),
        "no span {} in {}",
        name,
        tree
    );
}

fn check_async<R: PartialEq + std::fmt::Debug, F: Future<Output = R>>(
    name: &str,
    f: impl Fn() -> F,
) {
    check(name, || traced_tests::block_on(f()))
}

#[traced]
async fn boxed_closure() -> Result<Box<dyn FnOnce() -> u8 + Send + Sync>, String> {
    Ok(Box::new(|| 7))
}

#[traced]
async fn boxed_future() -> Result<Pin<Box<dyn Future<Output = u8> + Send>>, String> {
    Ok(Box::pin(async { 7 }))
}

#[traced]
fn sync_boxed_trait(flag: bool) -> Box<dyn Fn(u8) -> u8> {
    if flag {
        return Box::new(|n| n + 1);
    }
    Box::new(|n| n)
}

#[traced]
fn sync_result_coerced() -> Result<Box<dyn Fn() -> u8>, Box<dyn std::error::Error>> {
    let _: u8 = "7".parse()?;
    Ok(Box::new(|| 7))
}

#[test]
fn coercions_still_happen() {
    check_async("boxed_closure", || async {
        boxed_closure().await.unwrap()()
    });
    check_async("boxed_future", || async {
        boxed_future().await.unwrap().await
    });
    check("sync_boxed_trait", || sync_boxed_trait(true)(1));
    check("sync_result_coerced", || sync_result_coerced().unwrap()());
}

#[traced]
fn opaque_closure() -> impl Fn(&str) -> usize {
    |text| text.len()
}

#[traced]
fn opaque_iterator<'a>(list: &'a [u8], flag: bool) -> impl Iterator<Item = &'a u8> + 'a {
    if flag {
        return list.iter().take(1);
    }
    list.iter().take(2)
}

#[traced]
fn nested_opaque() -> Result<impl ToString, std::fmt::Error> {
    Ok(7)
}

#[traced]
fn nested_opaque_closure() -> Option<impl Fn(&str) -> usize> {
    Some(|text: &str| text.len())
}

#[traced]
async fn async_opaque() -> impl Iterator<Item = u8> {
    (0..3).map(|n| n + 1)
}

#[traced]
fn takes_opaque(f: impl FnOnce() -> u8, mut g: impl FnMut() -> u8) -> u8 {
    f() + g()
}

#[test]
fn opaque_types_are_inferred() {
    check("opaque_closure", || opaque_closure()("abc"));
    check("opaque_iterator", || {
        opaque_iterator(&[1, 2, 3], true).count()
    });
    check("nested_opaque", || nested_opaque().unwrap().to_string());
    check("nested_opaque_closure", || {
        nested_opaque_closure().unwrap()("abc")
    });
    check_async("async_opaque", || async {
        async_opaque().await.sum::<u8>()
    });
    check("takes_opaque", || takes_opaque(|| 1, || 2));
}

#[traced]
fn first_mut(list: &mut Vec<u8>) -> &mut u8 {
    &mut list[0]
}

#[traced]
fn reference<'a>(text: &'a str, _other: &str) -> &'a str {
    text
}

#[traced]
fn in_cell(cell: &RefCell<Option<u8>>) -> Result<Option<Ref<'_, u8>>, String> {
    Ok(Ref::filter_map(cell.borrow(), Option::as_ref).ok())
}

#[traced]
async fn async_reference(text: &str, _other: u8) -> Result<&str, String> {
    Ok(text)
}

#[test]
fn borrows_go_through() {
    check("first_mut", || {
        let mut list = vec![1];
        *first_mut(&mut list) += 1;
        list
    });
    check("reference", || reference("a", "b").to_owned());
    check("in_cell", || {
        in_cell(&RefCell::new(Some(7))).unwrap().map(|n| *n)
    });
    check_async("async_reference", || async {
        async_reference("x", 1).await
    });
}

#[traced]
fn never(flag: bool) -> ! {
    if flag {
        std::panic::panic_any(1_u8);
    }
    panic!("never")
}

#[traced]
async fn async_never() -> ! {
    traced::add_event("once");
    loop {
        std::future::pending::<()>().await;
    }
}

#[test]
fn functions_that_never_return() {
    check("never", || {
        std::panic::catch_unwind(|| never(true)).is_err()
    });
    check_async("async_never", || async {
        tokio::select! {
            biased;
            _ = async_never() => false,
            () = std::future::ready(()) => true,
        }
    });
}

#[traced]
unsafe fn unsafe_function(pointer: *const u8) -> u8 {
    // SAFETY: the caller's promise.
    #[allow(unused_unsafe)]
    unsafe {
        *pointer
    }
}

#[traced]
async unsafe fn async_unsafe(pointer: *const u8) -> u8 {
    // SAFETY: the caller's promise.
    #[allow(unused_unsafe)]
    unsafe {
        *pointer
    }
}

#[traced]
extern "C" fn extern_c(n: u8) -> u8 {
    n + 1
}

#[test]
fn qualified_functions() {
    // SAFETY: the pointer is that of a live value.
    check("unsafe_function", || unsafe { unsafe_function(&7) });
    // SAFETY: the pointer is that of a static.
    check_async("async_unsafe", || unsafe { async_unsafe(&7) });
    let function: extern "C" fn(u8) -> u8 = extern_c;
    check("extern_c", || function(1));
}

#[traced]
#[track_caller]
fn caller_line() -> u32 {
    std::panic::Location::caller().line()
}

#[test]
fn track_caller_tells_the_caller() {
    check("caller_line", || {
        let (before, here, after) = (line!(), caller_line(), line!());
        assert!((before..=after).contains(&here));
    });
}

struct Indexed(Vec<u8>);

impl std::ops::Index<usize> for Indexed {
    type Output = u8;

    #[traced]
    fn index(&self, at: usize) -> &u8 {
        &self.0[at]
    }
}

#[test]
fn a_trait_may_have_track_caller_for_its_implementations() {
    // Other tests panic meanwhile, on threads of their own.
    thread_local!(static PLACE: std::cell::Cell<Option<u32>> = const { std::cell::Cell::new(None) });
    check("Indexed::index", || Indexed(vec![7])[0]);
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| {
        PLACE.set(info.location().map(std::panic::Location::line));
    }));
    let caught = std::panic::catch_unwind(|| Indexed(Vec::new())[0]);
    let here = line!() - 1;
    std::panic::set_hook(before);
    assert!(caught.is_err());
    assert_eq!(PLACE.get(), Some(here));
}

#[traced]
fn inner_attributes() -> u8 {
    #![allow(unused_variables)]
    #![allow(clippy::let_and_return)]
    let unused = 1;
    let value = 7;
    value
}

#[traced]
fn conditional(#[cfg(not(test))] missing: u8, #[cfg(test)] present: String, rest: String) -> usize {
    #[cfg(test)]
    let length = present.len();
    #[cfg(not(test))]
    let length = usize::from(missing);
    length + rest.len()
}

#[traced]
fn r#struct(r#type: u8) -> u8 {
    r#type
}

#[traced]
fn mutable(mut list: Vec<u8>, mut n: u8) -> Vec<u8> {
    n += 1;
    list.push(n);
    list
}

#[traced]
async fn async_mutable(mut list: Vec<u8>, mut n: u8) -> Vec<u8> {
    n += 1;
    list.push(n);
    list
}

struct Point {
    x: u8,
    y: u8,
}

#[traced]
fn destructured(
    (a, mut b): (u8, u8),
    Point { x, y: renamed }: Point,
    [c, ..]: [u8; 3],
    &d: &u8,
) -> u8 {
    b += 1;
    a + b + x + renamed + c + d
}

#[test]
fn arguments_of_every_form() {
    check("inner_attributes", inner_attributes);
    check("conditional", || {
        conditional("a".to_owned(), "b".to_owned())
    });
    check("struct", || r#struct(7));
    check("mutable", || mutable(vec![1], 1));
    check_async("async_mutable", || async_mutable(vec![1], 1));
    check("destructured", || {
        destructured((1, 2), Point { x: 3, y: 4 }, [5, 0, 0], &6)
    });
}

trait Shape {
    fn area(&self) -> u32;

    #[traced]
    fn double(&self) -> u32 {
        self.area() * 2
    }

    #[traced]
    fn make() -> Self
    where
        Self: Sized + Default,
    {
        Self::default()
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Square<const N: usize, T>(u32, T);

impl<const N: usize, T> Shape for Square<N, T> {
    #[traced]
    fn area(&self) -> u32 {
        self.0 * self.0
    }
}

impl<const N: usize, T: Clone> Square<N, T> {
    #[traced]
    fn by_value(self) -> T {
        self.1
    }

    #[traced]
    fn by_arc(self: Arc<Self>) -> usize {
        Arc::strong_count(&self)
    }

    #[traced]
    fn by_pin(self: Pin<&mut Self>) -> u32 {
        self.0
    }

    #[traced]
    fn by_box(mut self: Box<Self>) -> Self {
        self.0 += 1;
        *self
    }

    #[traced]
    fn returns_self(&self) -> Self {
        Self(self.0, self.1.clone())
    }

    #[traced]
    fn get_mut(&mut self) -> Option<&mut T> {
        Some(&mut self.1)
    }

    #[traced]
    async fn later(&mut self, n: u32) -> &mut u32 {
        self.0 += n;
        &mut self.0
    }

    #[traced]
    fn size() -> usize {
        N
    }
}

#[test]
fn methods_of_every_form() {
    let square = || Square::<3, u8>(2, 7);
    check("Square::double", || square().double());
    check("Square::make", Square::<3, u8>::make);
    check("Square::area", || square().area());
    check("Square::by_value", || square().by_value());
    check("Square::by_arc", || Arc::new(square()).by_arc());
    check("Square::by_pin", || Pin::new(&mut square()).by_pin());
    check("Square::by_box", || Box::new(square()).by_box());
    check("Square::returns_self", || square().returns_self());
    check("Square::get_mut", || square().get_mut().copied());
    check_async("Square::later", || async { *square().later(1).await });
    check("Square::size", Square::<3, u8>::size);
}

trait AsyncShape {
    #[allow(async_fn_in_trait)]
    async fn load(&self, n: u8) -> Result<u8, String>;

    #[allow(async_fn_in_trait)]
    #[traced]
    async fn load_twice(&self, n: u8) -> Result<u8, String> {
        Ok(self.load(n).await? + self.load(n).await?)
    }
}

impl AsyncShape for u8 {
    #[traced]
    async fn load(&self, n: u8) -> Result<u8, String> {
        Ok(self + n)
    }
}

#[test]
fn async_functions_in_traits() {
    check_async("u8::load_twice", || async { 1.load_twice(2).await });
}

mod aliases {
    pub(crate) type Result<T> = std::result::Result<T, u8>;
    pub(crate) mod glob {
        #[allow(dead_code)]
        pub(crate) type Result = u16;
    }
}

#[traced]
fn alias_shadowed_inside() -> aliases::Result<u8> {
    #[allow(unused_imports)]
    use self::aliases::glob::*;
    #[allow(dead_code)]
    type Local = Result;
    Err(1)
}

#[traced]
fn lifetimes_before_generics<'a, T: Clone, const N: usize>(list: &'a [T; N]) -> Option<&'a T>
where
    T: 'a,
{
    list.first()
}

#[traced]
fn recursive(n: u64) -> u64 {
    if n == 0 { 0 } else { 1 + recursive(n - 1) }
}

#[traced]
fn with_items(n: u8) -> u8 {
    const ONE: u8 = 1;
    static TWO: u8 = 2;
    struct Local(u8);
    fn inner(n: u8) -> Local {
        Local(n + ONE + TWO)
    }
    use std::convert::identity;
    identity(inner(n)).0
}

#[traced]
fn closures_and_loops(list: &[u8]) -> u8 {
    let mut sum = 0;
    'outer: loop {
        for n in list {
            sum += n;
            if sum > 9 {
                break 'outer sum;
            }
        }
        if sum == 0 {
            return list.iter().copied().max().unwrap_or_default();
        }
    }
}

#[traced]
fn names_its_type() -> &'static str {
    struct Local;
    std::any::type_name::<Local>()
}

macro_rules! generated {
    ($name:ident, $argument:ident: $ty:ty, $body:block) => {
        #[traced(attributes($argument))]
        fn $name($argument: $ty, by_macro: String) -> usize {
            let own: usize = $body;
            own + by_macro.len()
        }
    };
    ($name:ident $body:block) => {
        #[traced]
        fn $name() -> u8 $body
    };
}

generated!(by_macro, text: String, { text.len() });
generated!(block_by_macro { 7 });

#[test]
fn bodies_of_every_form() {
    check("alias_shadowed_inside", alias_shadowed_inside);
    check("lifetimes_before_generics", || {
        lifetimes_before_generics(&[1, 2]).copied()
    });
    check("recursive", || recursive(50));
    check("with_items", || with_items(1));
    check("names_its_type", names_its_type);
    assert!(names_its_type().ends_with("::names_its_type::Local"));
    check("closures_and_loops", || closures_and_loops(&[1, 2]));
    check("by_macro", generated_call);
    check("block_by_macro", block_by_macro);
}

fn generated_call() -> usize {
    by_macro("abc".to_owned(), "d".to_owned())
}

#[traced]
async fn tail_temporary(cell: &RefCell<Vec<u8>>) -> usize {
    cell.borrow().len()
}

#[traced]
fn sync_tail_temporary(list: Vec<u8>) -> usize {
    let cell = RefCell::new(list);
    let length = cell.borrow().len();
    length
}

#[traced]
async fn question_marks(fail: bool) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
    if fail {
        Err("failed")?;
    }
    let n: u8 = "7".parse()?;
    Ok(n)
}

#[test]
fn tails_and_question_marks() {
    check_async("tail_temporary", || async {
        tail_temporary(&RefCell::new(vec![1])).await
    });
    check("sync_tail_temporary", || sync_tail_temporary(vec![1]));
    check_async("question_marks", || async {
        question_marks(true).await.is_err()
    });
    check_async("question_marks", || async {
        question_marks(false).await.ok()
    });
}

#[traced]
fn infers_from_return(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

#[traced]
async fn infers_from_async_return() -> Vec<Option<u8>> {
    let mut list = Vec::new();
    for n in 0..2 {
        list.push(None);
        list[0] = Some(n);
    }
    list.into_iter().rev().collect()
}

#[traced]
fn unit_by_inference() {
    Default::default()
}

#[test]
fn inference_comes_from_the_return_type() {
    check("infers_from_return", || infers_from_return("7"));
    check_async("infers_from_async_return", infers_from_async_return);
    check("unit_by_inference", unit_by_inference);
}
