//! Writes signatures, and the arguments that are passed.

use super::types;
use crate::dimensions::{Case, Generics, Parameters, Place, Receiver, Returns, Shape, Written};

/// Returns a signature such as `async fn f<T>(first: Noisy) -> u64`.
pub(crate) fn of(case: &Case) -> String {
    let parameters = match case.written {
        Written::Block => "$($a)*".to_owned(),
        _ => parameters(case),
    };
    with(case, &parameters)
}

/// Returns the signature for a trait, without patterns.
pub(crate) fn declared(case: &Case) -> String {
    let mut plain = *case;
    plain.written = Written::Directly;
    let mut parameters = vec![receiver(case)];
    parameters.push(match case.parameters {
        Parameters::Patterns => "first: Noisy, point: Point, pair: (Noisy, Noisy), last: Noisy",
        Parameters::Parts => "first: [Noisy; 2], second: Point",
        Parameters::OwnName => "first: Noisy, second: Noisy, f: fn(u8) -> u8",
        _ => "first: Noisy, second: Noisy",
    });
    parameters.push("n: u64, fail: bool");
    parameters.push(generic(case));
    parameters.push(match case.written {
        Written::Expr => "array: [u8; 6]",
        Written::Type => "shown: &'static (dyn Debug + Sync)",
        _ => "",
    });
    with(&plain, &joined(&parameters))
}

fn with(case: &Case, parameters: &str) -> String {
    let asynchronous = if case.shape.is_async_fn() {
        "async "
    } else {
        ""
    };
    let generics = match case.generics {
        Generics::None | Generics::ImplTrait => "",
        Generics::Type if case.is_short_lived() => "<T: Default + Send>",
        Generics::Type => "<T: Send + Sync + 'static>",
        Generics::Lifetime => "<'a>",
        Generics::Const => "<const COUNT: usize>",
    };
    // By this, the attribute knows a method of a trait.
    let clause = if case.is_short_lived() && case.returns == Returns::OfSelf {
        " where Self: Sized"
    } else {
        ""
    };
    format!(
        "{asynchronous}fn f{generics}({parameters}){}{clause}",
        output(case)
    )
}

fn output(case: &Case) -> String {
    let returned = types::returned(case);
    let lifetime = lifetime(case);
    let bound = match lifetime {
        "'static" => String::new(),
        lifetime => format!(" + {lifetime}"),
    };
    let output = match case.shape {
        shape if !shape.returns_deferred() && case.returns == Returns::Unit => {
            return String::new();
        }
        Shape::Sync
        | Shape::Async
        | Shape::Block
        | Shape::AsyncTraitAbove
        | Shape::AsyncTraitBelow => returned,
        Shape::Future => format!("impl Future<Output = {returned}>{bound}"),
        Shape::FutureUse => format!(
            "impl Future<Output = {returned}> + Send + {}",
            captures(case)
        ),
        Shape::Stream => format!("impl Stream<Item = {returned}>{bound}"),
        Shape::BoxedAlias => format!("BoxFuture<{lifetime}, {returned}>"),
        Shape::BoxedStreamAlias => format!("BoxStream<{lifetime}, {returned}>"),
        Shape::Boxed => format!("Pin<Box<dyn Future<Output = {returned}> + Send{bound}>>"),
        Shape::BoxedStream => format!("Pin<Box<dyn Stream<Item = {returned}> + Send{bound}>>"),
    };
    format!(" -> {output}")
}

/// Returns the lifetime of what a returned future borrows.
fn lifetime(case: &Case) -> &'static str {
    match (case.generics, case.receiver) {
        // With `Self` it would not be short-lived: `&self` says that `Self` lives as long.
        (Generics::Type, Receiver::Ref)
            if case.is_short_lived() && case.returns != Returns::OfSelf =>
        {
            "'_"
        }
        _ if case.is_short_lived() => "'static",
        (Generics::Lifetime, _) => "'a",
        (_, Receiver::Ref | Receiver::RefMut | Receiver::Pin) => "'_",
        _ => "'static",
    }
}

fn captures(case: &Case) -> String {
    let lifetime = match lifetime(case) {
        "'static" => "",
        lifetime => lifetime,
    };
    let parameter = match case.generics {
        Generics::Type => "T",
        Generics::Const => "COUNT",
        _ => "",
    };
    format!("use<{}>", joined(&[lifetime, parameter]))
}

/// Returns the parameters with their types.
pub(crate) fn parameters(case: &Case) -> String {
    let n = format!("{}: u64, fail: bool", types::n(case));
    let mut parameters = vec![receiver(case)];
    parameters.push(match case.parameters {
        Parameters::Named | Parameters::Unused => "first: Noisy, second: Noisy",
        Parameters::OwnName => "first: Noisy, second: Noisy, f: fn(u8) -> u8",
        Parameters::Mutable => "mut first: Noisy, mut second: Noisy",
        Parameters::Parts => "mut first: [Noisy; 2], mut second: Point",
        Parameters::Patterns => {
            "first: Noisy, Point { x, .. }: Point, (left, _): (Noisy, Noisy), _: Noisy"
        }
    });
    parameters.push(&n);
    parameters.push(generic(case));
    parameters.push(match case.written {
        Written::Expr => "array: [u8; $e * 2]",
        Written::Type => "shown: &'static $d",
        _ => "",
    });
    joined(&parameters)
}

fn receiver(case: &Case) -> &'static str {
    let borrows = case.generics == Generics::Lifetime && case.shape.returns_deferred();
    match (case.receiver, borrows) {
        (Receiver::None, _) => "",
        (Receiver::Ref, false) => "&self",
        (Receiver::Ref, true) => "&'a self",
        (Receiver::RefMut, false) => "&mut self",
        (Receiver::RefMut, true) => "&'a mut self",
        (Receiver::Value, _) => "self",
        (Receiver::Arc, _) => "self: Arc<Self>",
        (Receiver::Pin, false) => "self: Pin<&mut Self>",
        (Receiver::Pin, true) => "self: Pin<&'a mut Self>",
        (Receiver::Box, _) => "self: Box<Self>",
    }
}

fn generic(case: &Case) -> &'static str {
    match case.generics {
        Generics::None => "",
        Generics::Type => "generic: T",
        Generics::Lifetime => "text: &'a str",
        Generics::Const => "numbers: [u8; COUNT]",
        Generics::ImplTrait => "generic: impl Debug + Send + Sync + 'static",
    }
}

/// Returns the arguments of a call.
pub(crate) fn arguments(case: &Case) -> String {
    let named = match case.parameters {
        Parameters::Patterns => {
            "noisy(\"first\"), traced_matrix_support::values::point(), (noisy(\"left\"), noisy(\"right\")), noisy(\"last\")"
        }
        Parameters::Parts => {
            "[noisy(\"first\"), noisy(\"other\")], traced_matrix_support::values::point()"
        }
        Parameters::OwnName => "noisy(\"first\"), noisy(\"second\"), |n| n",
        _ => "noisy(\"first\"), noisy(\"second\")",
    };
    let generic = match case.generics {
        Generics::None => "",
        Generics::Type => "String::from(\"generic\")",
        Generics::Lifetime => "\"text\"",
        Generics::Const => "[0; 3]",
        Generics::ImplTrait => "\"generic\"",
    };
    let last = match case.written {
        Written::Expr => "[0; 6]",
        Written::Type => "&1_u8",
        _ => "",
    };
    joined(&[named, "7, fail", generic, last])
}

fn joined(list: &[&str]) -> String {
    let given: Vec<&str> = list.iter().copied().filter(|one| !one.is_empty()).collect();
    given.join(", ")
}

/// Returns the function's path, below the case's module.
pub(crate) fn path(case: &Case) -> &'static str {
    match case.place {
        Place::Free => "f",
        Place::Nested => "run::f",
        Place::InMod => "inner::f",
        _ => "Holder::f",
    }
}
