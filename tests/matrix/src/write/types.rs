//! Writes what a case returns: types and values.

use crate::dimensions::{Body, Case, Returns, Written};
use crate::properties::Error;

/// Returns the returned type, or that of the output or the items.
pub(crate) fn returned(case: &Case) -> String {
    let number = number(case);
    let failure = match case.body {
        Body::LocalMod => "errors::Failure",
        _ => "Failure",
    };
    let result = |error: &str| format!("Result<{number}, {error}>");
    match case.returns {
        Returns::Unit => "()".to_owned(),
        Returns::Number => number.to_owned(),
        Returns::Never => "!".to_owned(),
        Returns::Text => "String".to_owned(),
        Returns::List => format!("Vec<{number}>"),
        Returns::Array => format!("[{number}; {}]", six(case)),
        Returns::Maybe => format!("Option<{number}>"),
        Returns::OfFailure => result(failure),
        Returns::OfString => result("String"),
        Returns::OfBox => result("Box<dyn std::error::Error + Send + Sync>"),
        Returns::OfDebug => result("OnlyDebug"),
        Returns::OfNothing => result("Nothing"),
        Returns::OfGeneric => result("T"),
        Returns::OfStr => result("&'static str"),
        Returns::OfIo => result("std::io::Error"),
        Returns::OfAnyhow => result("anyhow::Error"),
        Returns::IoAlias => format!("std::io::Result<{number}>"),
        Returns::FmtAlias => "std::fmt::Result".to_owned(),
        Returns::OwnAlias => format!("Outcome<{number}>"),
        Returns::OptionOf => format!("Option<{}>", result("String")),
        Returns::PollOf => format!("Poll<{}>", result("String")),
        Returns::PollOptionOf => format!("Poll<Option<{}>>", result("String")),
        Returns::Borrowed => "&'a str".to_owned(),
        Returns::Generic => "T".to_owned(),
        Returns::Opaque => format!("impl Iterator<Item = {number}>"),
        Returns::OwnStream => format!("impl Stream<Item = {number}>"),
        Returns::ResultOpaque => format!("Result<impl Iterator<Item = {number}>, String>"),
        Returns::Coerced => {
            format!("Result<Box<dyn Fn({number}) -> {number} + Send + Sync>, String>")
        }
        Returns::ResultList => format!("Result<Vec<{number}>, String>"),
        Returns::OfSelf => "Result<Self, String>".to_owned(),
    }
}

/// Returns the name of the number's type.
fn number(case: &Case) -> &'static str {
    match case.written {
        Written::Type => "$t",
        _ => "u64",
    }
}

/// Returns an expression that is six, or nine and more if a macro's variable loses its parentheses.
pub(crate) fn six(case: &Case) -> &'static str {
    match case.written {
        Written::Expr => "$e * 2",
        _ => "6",
    }
}

/// Returns the argument `n`, as the function writes it.
pub(crate) fn n(case: &Case) -> &'static str {
    match case.written {
        Written::Expr => "$n",
        _ => "n",
    }
}

/// Returns an expression for the number. If macro variables lose their parentheses, it is another
/// number, or does not compile.
fn value(case: &Case) -> String {
    match case.written {
        Written::Expr => {
            "$e * 2 + $u.pow(2) + u64::from($u as u8) + (!$u & 7) + (-$e + 10) as u64".to_owned()
        }
        _ => "n".to_owned(),
    }
}

/// Returns the result of a successful call. For some bodies, the compiler knows the type from the
/// signature alone.
pub(crate) fn success(case: &Case) -> String {
    if case.body == Body::Collect {
        return collected(case.returns);
    }
    let payload = match case.body {
        Body::Parse => "\"7\".parse().unwrap()".to_owned(),
        Body::Into => "7_u32.into()".to_owned(),
        Body::Sum => format!("[{}, 1].iter().sum()", n(case)),
        Body::Default => "Default::default()".to_owned(),
        _ => value(case),
    };
    match (case.returns, case.body) {
        (Returns::Text, Body::Parse) => "\"seven\".parse().unwrap()".to_owned(),
        (Returns::Text, Body::Into) => "\"seven\".into()".to_owned(),
        (Returns::List, Body::Into) => "[1, 2].into()".to_owned(),
        (
            Returns::Unit | Returns::Text | Returns::List | Returns::Array | Returns::Maybe,
            Body::Default,
        ) => payload,
        _ => wrapped(case, &payload),
    }
}

fn collected(returns: Returns) -> String {
    match returns {
        Returns::Text => "['a', 'b'].iter().collect()",
        Returns::List => "(0..3).collect()",
        _ => "(0..3).map(|at| if fail { Err(\"failed\".into()) } else { Ok(at) }).collect()",
    }
    .to_owned()
}

fn wrapped(case: &Case, payload: &str) -> String {
    match case.returns {
        Returns::Unit | Returns::Never => "()".to_owned(),
        Returns::Number => payload.to_owned(),
        Returns::Text => "\"seven\".to_owned()".to_owned(),
        Returns::List => format!("vec![{payload}]"),
        Returns::Array => format!("[{payload}; {}]", six(case)),
        Returns::Maybe => format!("Some({payload})"),
        Returns::FmtAlias => "Ok(())".to_owned(),
        Returns::OptionOf => format!("Some(Ok({payload}))"),
        Returns::PollOf => format!("Poll::Ready(Ok({payload}))"),
        Returns::PollOptionOf => format!("Poll::Ready(Some(Ok({payload})))"),
        Returns::Borrowed if case.is_short_lived() => "\"text\"".to_owned(),
        Returns::Borrowed => "text".to_owned(),
        Returns::Generic => generic(case).to_owned(),
        Returns::Opaque => format!("0..{payload}"),
        Returns::OwnStream => format!("[{payload}]"),
        Returns::ResultOpaque => format!("Ok(0..{payload})"),
        Returns::Coerced => format!("Ok(Box::new(move |one| one + {payload}))"),
        Returns::ResultList => format!("Ok(vec![{payload}])"),
        Returns::OfSelf => "Ok(Self::default())".to_owned(),
        _ => format!("Ok({payload})"),
    }
}

/// Returns the result of a failed call, or that of a successful one if the function cannot fail.
pub(crate) fn failure(case: &Case) -> String {
    if !case.returns.is_fallible() {
        return success(case);
    }
    let error = match case.body {
        Body::ErrInto => "\"failed\".into()",
        _ => error(case),
    };
    match case.returns {
        Returns::OptionOf => format!("Some(Err({error}))"),
        Returns::PollOf => format!("Poll::Ready(Err({error}))"),
        Returns::PollOptionOf => format!("Poll::Ready(Some(Err({error})))"),
        _ => format!("Err({error})"),
    }
}

/// Returns an error of that type, without its name.
pub(crate) fn error(case: &Case) -> &'static str {
    match case.returns.error() {
        Error::Failure => "::traced_matrix_support::errors::failure()",
        Error::Text => "::traced_matrix_support::errors::text()",
        Error::Boxed => "::traced_matrix_support::errors::boxed()",
        Error::OnlyDebug => "::traced_matrix_support::errors::only_debug()",
        Error::Nothing => "::traced_matrix_support::errors::nothing()",
        Error::Generic => generic(case),
        Error::None | Error::Str => "\"failed\"",
        Error::Io => "::traced_matrix_support::errors::io()",
        Error::Anyhow => "::traced_matrix_support::errors::dynamic()",
        Error::Fmt => "::std::fmt::Error",
    }
}

/// Returns a value of the type parameter. A box that may be kept for longer cannot hold the
/// argument.
fn generic(case: &Case) -> &'static str {
    if case.is_short_lived() {
        "T::default()"
    } else {
        "generic"
    }
}

/// Returns the variable `returned` as something with `Debug`.
pub(crate) fn shown(returns: Returns) -> &'static str {
    match returns {
        Returns::OfNothing => "returned.map_err(|_| \"nothing\")",
        Returns::Opaque => "returned.collect::<Vec<_>>()",
        Returns::OwnStream => "returned.first()",
        Returns::ResultOpaque => "returned.map(|items| items.collect::<Vec<_>>())",
        Returns::Coerced => "returned.map(|function| function(1))",
        _ => "returned",
    }
}
