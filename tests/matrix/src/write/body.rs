//! Writes bodies.

use std::fmt::Write;

use super::{HERE, Variant, attribute, types};
use crate::dimensions::{Body, Case, Generics, Parameters, Receiver, Returns, Shape};

const STREAM: &str = "::traced_matrix_support::futures::stream";

/// Returns the block of the function.
pub(crate) fn of(case: &Case, variant: Variant) -> String {
    let names = names(case.body);
    if case.shape == Shape::Block {
        let block = format!("async move {{\n{}}}", core(case));
        let span = attribute::of_block(case);
        return match variant {
            Variant::Plain => format!("{{\n{names}{HERE} {block}.await\n}}"),
            Variant::Traced => {
                format!("{{\n{names}{HERE} ::traced::span!({span} => {block}).await\n}}")
            }
        };
    }
    if !case.shape.returns_deferred() {
        return format!("{{\n{names}{}}}", core(case));
    }
    let eager = "mark(\"eager\");\nlet _eager = noisy(\"eager\");\n";
    let mentions = if case.body.is_whole() {
        mentions(case)
    } else {
        String::new()
    };
    let deferred = deferred(case);
    let deferred = if case.shape.is_boxed() {
        format!("Box::pin({deferred})")
    } else {
        deferred
    };
    format!("{{\n{names}{eager}{mentions}{deferred}\n}}")
}

/// Returns the future or stream.
fn deferred(case: &Case) -> String {
    let stream = case.shape.is_stream();
    match case.body {
        Body::Ready if stream => format!("{STREAM}::iter([{}])", fallible(case)),
        Body::Ready => format!("::std::future::ready({})", fallible(case)),
        Body::WholePending if stream => format!("{STREAM}::pending()"),
        Body::WholePending => "::std::future::pending()".to_owned(),
        Body::Empty => format!("{STREAM}::empty()"),
        Body::TryStream => {
            let error = types::error(case);
            format!(
                "try_stream! {{\nmark(\"body\");\nlet value = ::traced_matrix_support::errors::attempt(fail, {error})?;\nyield value;\n}}"
            )
        }
        _ if stream => format!("{STREAM}::once(async move {{\n{}}})", core(case)),
        _ => format!("async move {{\n{}}}", core(case)),
    }
}

/// Returns the code that runs in the function, or when its future is polled.
fn core(case: &Case) -> String {
    let mut out = String::from("mark(\"body\");\nlet _local = noisy(\"local\");\n");
    out += &mentions(case);
    let waits = case.shape != Shape::Sync;
    if case.body == Body::NotSend {
        let _ = writeln!(out, "let shared = ::std::rc::Rc::new(1_u8);");
    }
    if waits {
        out += "::traced_matrix_support::observe::yield_now().await;\n";
    }
    if case.body == Body::NotSend {
        out += "drop(shared);\n";
    }
    out + &tail(case) + "\n"
}

fn tail(case: &Case) -> String {
    let never = case.returns == Returns::Never;
    let success = types::success(case);
    let failure = types::failure(case);
    match case.body {
        Body::Early => format!("if fail {{\nreturn {failure};\n}}\n{success}"),
        Body::Question => {
            let error = types::error(case);
            format!(
                "let _value = ::traced_matrix_support::errors::attempt(fail, {error})?;\n{success}"
            )
        }
        Body::ErrQuestion => format!("if fail {{\nErr(\"failed\")?;\n}}\n{success}"),
        Body::None => "None".to_owned(),
        Body::Panic if never => format!("panic!(\"failed with {{}}\", {})", types::n(case)),
        Body::Panic => format!(
            "if fail {{\npanic!(\"failed with {{}}\", {});\n}}\n{success}",
            types::n(case)
        ),
        Body::Todo => "todo!()".to_owned(),
        Body::Cancelled if never => "loop {\n::std::future::pending::<()>().await;\n}".to_owned(),
        Body::Cancelled => format!("::std::future::pending::<()>().await;\n{success}"),
        Body::Pending => "::std::future::pending().await".to_owned(),
        Body::Parse | Body::Into | Body::Sum | Body::Collect | Body::Default => success,
        _ => fallible(case),
    }
}

fn fallible(case: &Case) -> String {
    let (success, failure) = (types::success(case), types::failure(case));
    if case.returns.is_fallible() {
        format!("if fail {{ {failure} }} else {{ {success} }}")
    } else {
        success
    }
}

/// Uses the arguments, except where they are to be unused, and those that a box which may be kept for
/// longer cannot hold.
fn mentions(case: &Case) -> String {
    let arguments = match case.parameters {
        Parameters::Unused => return String::new(),
        Parameters::Named => "let _used = (&first, &second);\n",
        Parameters::Mutable => "first = noisy(\"again\");\nlet _used = (&first, &second);\n",
        Parameters::Parts => {
            "let _used = (&first, &second);\n(first[0], _) = (noisy(\"again\"), 1);\nsecond.x = noisy(\"again\");\n"
        }
        Parameters::Patterns => "let _used = (&first, &x, &left);\n",
        // A parameter that is called like the function.
        Parameters::OwnName => "let _used = (&first, &second, f(1));\n",
    };
    if case.is_short_lived() {
        return arguments.to_owned();
    }
    let generic = match case.generics {
        Generics::None => "",
        Generics::Type | Generics::ImplTrait => "let _generic = &generic;\n",
        Generics::Lifetime => "let _generic = text.len();\n",
        Generics::Const => "let _generic = (numbers, COUNT);\n",
    };
    let receiver = match case.receiver {
        Receiver::None => "",
        _ => "let _receiver = &self;\n",
    };
    format!("{arguments}{generic}{receiver}")
}

/// Returns the items that the body begins with.
fn names(body: Body) -> String {
    const TYPES: [&str; 12] = [
        "BoxFuture",
        "Debug",
        "Failure",
        "Noisy",
        "Nothing",
        "OnlyDebug",
        "Option",
        "Outcome",
        "Pin",
        "Point",
        "Result",
        "String",
    ];
    let each = |write: fn(&str) -> String| TYPES.iter().map(|name| write(name)).collect();
    match body {
        Body::UseResult => "use ::std::io::Result;\n".to_owned(),
        Body::GlobVariants => "use ::traced_matrix_support::names::Shadows::*;\n".to_owned(),
        Body::LocalStruct => each(|name| format!("struct {name};\n")),
        Body::LocalType => each(|name| format!("type {name} = u8;\n")),
        Body::LocalMod => "mod errors {}\nmod std {}\nmod anyhow {}\n".to_owned(),
        _ => String::new(),
    }
}
