//! Snapshots of complete expansions. The files are in `snapshots/`.

use proc_macro2::TokenStream;
use quote::quote;

/// Returns the expansion, formatted.
fn expansion(args: TokenStream, item: TokenStream) -> String {
    let tokens = crate::traced::traced(args, item);
    prettyplease::unparse(&syn::parse2(tokens).expect("the expansion is a file"))
}

/// Creates a test for each `name: (args) (item)`.
macro_rules! golden {
    ($($name:ident: ($($args:tt)*) ($($item:tt)*))*) => { $(
        #[test]
        fn $name() {
            insta::assert_snapshot!(expansion(quote!($($args)*), quote!($($item)*)));
        }
    )* };
}

golden! {
    sync: () (fn f(a: u64) -> Result<(), E> { body(a)?; Ok(()) })

    two_attributes: ("order.process", attributes(order.id, amount)) (
        fn f(order: &Order, amount: u64) -> Result<(), E> { body }
    )

    asynchronous: ("later", kind = client, ok, attributes(%user)) (
        pub async fn f(&self, user: User, list: Vec<u8>) -> Result<u8, E> { body(user, list) }
    )

    unit: () (fn f() { body() })

    never: () (unsafe fn f() -> ! { body() })

    async_never: () (async fn f() -> ! { body() })

    in_place: () (fn f<'a>(list: &'a [u8]) -> impl Iterator<Item = &'a u8> + 'a { list.iter() })

    dynamic: (name = format!("job {id}"), parent = headers, err = ?) (
        fn f(id: u64, headers: &Headers) -> Result<(), E> { body }
    )

    droppable: () (fn f(a: A, unused: B, (c, _): (C, D), mut e: E, _: F) { body(a, c, e) })

    returned_future: () (fn f(n: u8) -> impl Future<Output = u8> + Send { async move { n } })

    boxed_future: (ret) (fn f(n: &u8) -> Pin<Box<dyn Future<Output = u8> + '_>> { Box::pin(body(n)) })

    alias: () (fn f(n: u8) -> BoxFuture<'static, u8> { body(n) })

    stream: () (fn f() -> impl Stream<Item = Result<u8, E>> { body() })

    current: (current, attributes(n), ret("total" = |r| r.total)) (fn f(n: u8) -> Result<R, E> { body() })

    everything: (
        "name", kind = server, level = debug, scope = SCOPE, root(link), links = batch, ok, err = ?,
        error_type = |e| e.code(), error_if = |r| r.is_err(), crate = other::traced
    ) (async fn f(batch: &[Message]) -> Result<(), E> { body() })

    an_impl: (kind = client) (
        impl<T> Type<T> {
            const LIMIT: u8 = 1;
            fn first(&self) { body() }
            #[traced("own", ok)]
            pub fn second(&self) { body() }
            #[traced(skip)]
            fn third(&self) { body() }
            const fn fourth() {}
            #[inline]
            #[cfg_attr(feature = "a", must_use, cfg_attr(test, traced(ret)))]
            #[cfg_attr(feature = "b", traced(skip))]
            fn fifth() -> u8 { body() }
        }
    )

    attributes_and_body: () (
        /// Documented.
        #[inline]
        #[must_use]
        pub(crate) extern "C" fn f<T: Clone>(a: &T) -> T where T: Send {
            #![allow(unused)]
            const N: u8 = 1;
            a.clone()
        }
    )
}

/// The size of an expansion is limited, since one is compiled for each annotated function.
#[test]
fn expansions_are_small() {
    let item = quote!(
        fn f(a: u64) -> Result<(), E> {}
    );
    assert!(expansion(quote!(), item).lines().count() < 25);

    let item = quote!(
        fn f(order: &Order, amount: u64) -> Result<(), E> {}
    );
    let (bare, args) = (
        expansion_length(&item),
        quote!(attributes(order.id, amount)),
    );
    let added = expansion(args, item).len() - bare;
    assert!(added <= 600, "{added} bytes");
}

/// Returns the length of the formatted item, in bytes.
fn expansion_length(item: &TokenStream) -> usize {
    prettyplease::unparse(&syn::parse2(item.clone()).expect("a file")).len()
}
