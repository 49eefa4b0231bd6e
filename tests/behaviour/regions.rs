//! Tests of types whose traits demand lifetimes that the function's own types do not have. Method
//! resolution ignores that, so the borrow checker used to reject the expansion. This was found in
//! `arrayvec` and `tower`.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use insta::assert_snapshot;
use traced::traced;
use traced_tests::tree_async;

#[derive(Debug)]
struct Full<T>(T);

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("full")
    }
}

/// Only types that live forever implement this.
impl<T: Any + fmt::Debug> Error for Full<T> {}

struct Slot<T>(Option<T>);

impl<T> Slot<T> {
    #[traced]
    fn put(&mut self, value: T) -> Result<(), Full<T>> {
        match self.0 {
            None => {
                self.0 = Some(value);
                Ok(())
            }
            Some(_) => Err(Full(value)),
        }
    }

    #[traced(err = %, error_type = |_| "full")]
    fn put_named(&mut self, value: T) -> Result<(), Full<T>> {
        self.put(value)
    }

    #[traced]
    async fn put_later(&mut self, value: T) -> Result<(), Full<T>> {
        self.put(value)
    }

    fn put_in_block(&mut self, value: T) -> Result<(), Full<T>> {
        traced::span!("block" => { self.put(value) })
    }
}

type Put<T> = Result<(), Full<T>>;
type Borrowed<'a> = Result<(), Full<&'a str>>;
type Named<T, E = Full<T>> = Result<T, E>;

/// Aliases tell even less.
impl<T> Slot<T> {
    #[traced]
    fn put_by_alias(&mut self, value: T) -> Put<T> {
        self.put(value)
    }

    #[traced]
    async fn put_by_alias_later(&mut self, value: T) -> Put<T> {
        self.put(value)
    }

    #[traced]
    fn put_by_alias_promised(&mut self, value: T) -> impl Future<Output = Option<Put<T>>> {
        let put = self.put(value);
        async { Some(put) }
    }

    #[traced]
    fn put_boxed<'a>(
        &'a mut self,
        value: T,
    ) -> Pin<Box<dyn Future<Output = Named<(), Full<T>>> + 'a>>
    where
        T: 'a,
    {
        Box::pin(async { self.put(value) })
    }
}

#[traced]
fn put_borrowed(text: &str) -> Borrowed<'_> {
    Err(Full(text))
}

#[traced]
fn put_reference<'a>(text: &'a str) -> Put<&'a str> {
    put_borrowed(text)
}

impl<'a> TryFrom<&'a str> for Slot<&'a str> {
    type Error = Full<&'a str>;

    #[traced]
    fn try_from(text: &'a str) -> Result<Self, Self::Error> {
        Err(Full(text))
    }
}

trait Service<T> {
    type Output;
    type Future: Future<Output = Self::Output>;

    fn call(&mut self, request: T) -> Self::Future;
}

struct Boxed<S>(S);

type Object<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<T, S> Service<T> for Boxed<S>
where
    S: Service<T>,
    S::Future: Send + 'static,
{
    type Output = S::Output;
    type Future = Object<S::Output>;

    #[traced]
    fn call(&mut self, request: T) -> Self::Future {
        Box::pin(self.0.call(request))
    }
}

impl<S> Boxed<S> {
    #[traced]
    fn spelled<T, O>(&mut self, request: T) -> Pin<Box<dyn Future<Output = O> + Send>>
    where
        S: Service<T, Output = O>,
        S::Future: Send + 'static,
    {
        Box::pin(self.0.call(request))
    }

    #[traced]
    fn aliased<T, O>(&mut self, request: T) -> Object<O>
    where
        S: Service<T, Output = O>,
        S::Future: Send + 'static,
    {
        Box::pin(self.0.call(request))
    }
}

struct Ready;

impl Service<u8> for Ready {
    type Output = u8;
    type Future = std::future::Ready<u8>;

    fn call(&mut self, request: u8) -> Self::Future {
        std::future::ready(request)
    }
}

#[test]
fn they_compile_and_have_their_spans() {
    let text = String::from("borrowed");
    let tree = tree_async(async {
        let mut slot = Slot(Some(text.as_str()));
        assert!(slot.put(&text).is_err());
        assert!(slot.put_named(&text).is_err());
        assert!(slot.put_later(&text).await.is_err());
        assert!(slot.put_in_block(&text).is_err());
        assert!(Slot::try_from(text.as_str()).is_err());
        assert!(slot.put_by_alias(&text).is_err());
        assert!(slot.put_by_alias_later(&text).await.is_err());
        assert!(matches!(
            slot.put_by_alias_promised(&text).await,
            Some(Err(_))
        ));
        assert!(slot.put_boxed(&text).await.is_err());
        assert!(put_reference(&text).is_err());
        assert_eq!(Boxed(Ready).call(7).await, 7);
        assert_eq!(Boxed(Ready).spelled(7).await, 7);
        assert_eq!(Boxed(Ready).aliased(7).await, 7);
    });
    assert_snapshot!(tree, @r#"

    Slot::put error "full" {error.type="behaviour::regions::Full"}
      ! exception {exception.type="behaviour::regions::Full", exception.message="full"}
    Slot::put_named error "full" {error.type="full"}
      Slot::put error "full" {error.type="behaviour::regions::Full"}
        ! exception {exception.type="behaviour::regions::Full", exception.message="full"}
    Slot::put_later error "full" {error.type="behaviour::regions::Full"}
      Slot::put error "full" {error.type="behaviour::regions::Full"}
        ! exception {exception.type="behaviour::regions::Full", exception.message="full"}
    block error "full" {error.type="behaviour::regions::Full"}
      Slot::put error "full" {error.type="behaviour::regions::Full"}
        ! exception {exception.type="behaviour::regions::Full", exception.message="full"}
    Slot::try_from error "full" {error.type="behaviour::regions::Full"}
      ! exception {exception.type="behaviour::regions::Full", exception.message="full"}
    Slot::put_by_alias error "full" {error.type="behaviour::regions::Full"}
      Slot::put error "full" {error.type="behaviour::regions::Full"}
        ! exception {exception.type="behaviour::regions::Full", exception.message="full"}
    Slot::put_by_alias_later error "full" {error.type="behaviour::regions::Full"}
      Slot::put error "full" {error.type="behaviour::regions::Full"}
        ! exception {exception.type="behaviour::regions::Full", exception.message="full"}
    Slot::put_by_alias_promised error "full" {error.type="behaviour::regions::Full"}
      Slot::put error "full" {error.type="behaviour::regions::Full"}
        ! exception {exception.type="behaviour::regions::Full", exception.message="full"}
    Slot::put_boxed error "full" {error.type="behaviour::regions::Full"}
      Slot::put error "full" {error.type="behaviour::regions::Full"}
        ! exception {exception.type="behaviour::regions::Full", exception.message="full"}
    put_reference error "full" {error.type="behaviour::regions::Full"}
      put_borrowed error "full" {error.type="behaviour::regions::Full"}
        ! exception {exception.type="behaviour::regions::Full", exception.message="full"}
    Boxed::call
    Boxed::spelled
    Boxed::aliased
    "#);
}
