//! Predicts the spans of a case by the documentation: this is written from `traced.md` and the
//! README, without a look at the implementation.

mod outcome;

use self::outcome::{End, end, outcome};
use crate::dimensions::{Body, Case, Options, Place, Returns, Shape, Written};
use crate::write;

/// The expected outcome of one call.
pub(crate) struct Expected {
    /// The trace below a span `outer`, as `Capture::tree` writes it.
    pub(crate) trace: String,
    /// The attribute `code.function.name`, if there is a span.
    pub(crate) function: Option<String>,
    pub(crate) scope: String,
}

/// Returns the expected spans of a call.
pub(crate) fn expected(case: &Case, module: &str, fail: bool) -> Expected {
    let end = end(case, fail);
    let (outer, mut events) = marks(case);
    let mut attributes = attributes(case, end, fail);
    let (status, exception) = outcome(case, end, &mut attributes);
    let says = format!("{status}{}", braces(&attributes));
    let krate = module.split("::").next().unwrap_or_default();
    let scope = match case.options {
        Options::Scope => "given",
        _ => krate,
    };
    let (trace, has_span) = match case.options {
        Options::Skip | Options::LevelDebug => {
            events.extend(outer);
            (tree(&[("outer".to_owned(), events)]), false)
        }
        Options::Current => {
            events.extend(exception);
            events.extend(outer);
            (tree(&[(format!("outer{says}"), events)]), false)
        }
        _ => {
            events.extend(exception);
            let span = format!("{}{}{says}", name(case), kind(case));
            (below_outer(case, outer, span, events), true)
        }
    };
    Expected {
        trace,
        function: has_span.then(|| format!("{module}::{}", write::path(case))),
        scope: scope.to_owned(),
    }
}

/// Returns the events that the body adds to the span around the call, and those that the function
/// and its body add to the span of the call.
fn marks(case: &Case) -> (Vec<String>, Vec<String>) {
    let (mut outer, mut own) = (Vec::new(), Vec::new());
    if case.shape.returns_deferred() {
        own.push("! eager".to_owned());
    }
    if !case.body.is_whole() || case.body == Body::TryStream {
        // The span of a box that cannot be boxed again covers only the call.
        let span = if case.is_short_lived() {
            &mut outer
        } else {
            &mut own
        };
        span.push("! body".to_owned());
    }
    (outer, own)
}

fn name(case: &Case) -> String {
    match case.options {
        _ if case.shape == Shape::Block => "b".to_owned(),
        Options::Literal => "given".to_owned(),
        Options::Name => "job 7".to_owned(),
        Options::CfgAttr => "own".to_owned(),
        _ => match case.place {
            Place::Free | Place::Nested | Place::InMod => "f".to_owned(),
            _ => "Holder::f".to_owned(),
        },
    }
}

fn kind(case: &Case) -> &'static str {
    match case.options {
        Options::Kind => " [client]",
        _ => "",
    }
}

/// Returns the attributes that options ask for.
fn attributes(case: &Case, end: End, fail: bool) -> Vec<String> {
    let succeeded = end == End::Value;
    let returned = returned(case);
    let given: &[&str] = match case.options {
        Options::Path | Options::Current => &["n=7"],
        Options::Attributes => {
            return vec![
                "order.id=8".to_owned(),
                "quoted=true".to_owned(),
                "const.key=\"const\"".to_owned(),
                "shown=\"7\"".to_owned(),
                format!("fail=\"{fail}\""),
            ];
        }
        Options::Joined => &["service=\"orders\"", "n=7"],
        Options::MacroAttributes => &[
            "sum=3",
            "cast=7",
            "equal=true",
            "shown=\"3\"",
            "debugged=\"true\"",
        ],
        Options::Ret if succeeded => return vec![format!("return={returned}")],
        Options::RetDisplay if succeeded => return vec![format!("return=\"{returned}\"")],
        Options::RetDebug if succeeded => return vec![format!("return={:?}", debug(case))],
        Options::RetParts | Options::MacroRet if succeeded => {
            return vec![format!("part={returned}")];
        }
        _ => &[],
    };
    given.iter().map(|one| (*one).to_owned()).collect()
}

/// Returns the number that a successful call returns.
fn returned(case: &Case) -> u64 {
    match case.body {
        Body::Parse | Body::Into => 7,
        Body::Sum => 8,
        Body::Default => 0,
        _ if case.written == Written::Expr => 29,
        _ => 7,
    }
}

/// Returns the `Debug` text of what a successful call returns, also if that is not a number.
fn debug(case: &Case) -> String {
    let number = returned(case);
    match (case.returns, case.body) {
        (Returns::Text, Body::Collect) => "\"ab\"".to_owned(),
        (Returns::Text, Body::Default) => "\"\"".to_owned(),
        (Returns::Text, _) => "\"seven\"".to_owned(),
        (Returns::List, Body::Collect) => "[0, 1, 2]".to_owned(),
        (Returns::List, Body::Into) => "[1, 2]".to_owned(),
        (Returns::List, Body::Default) => "[]".to_owned(),
        (Returns::List, _) => format!("[{number}]"),
        (Returns::Array, _) => format!("{:?}", [number; 6]),
        _ => number.to_string(),
    }
}

fn braces(attributes: &[String]) -> String {
    if attributes.is_empty() {
        String::new()
    } else {
        format!(" {{{}}}", attributes.join(", "))
    }
}

/// Returns the spans with the function's own where `parent` and `root` put it, with its links.
fn below_outer(case: &Case, outer: Vec<String>, span: String, mut lines: Vec<String>) -> String {
    match case.options {
        Options::RootLink => lines.push("~ link to outer".to_owned()),
        Options::Links => lines.push("~ link to elsewhere".to_owned()),
        _ => {}
    }
    let outer = ("outer".to_owned(), outer);
    match case.options {
        Options::Root | Options::RootLink => tree(&[outer]) + &tree(&[(span, lines)])[1..],
        Options::Parent => {
            let name = name(case);
            let remote = span.replacen(&name, &format!("{name} (remote parent)"), 1);
            tree(&[outer]) + &tree(&[(remote, lines)])[1..]
        }
        _ => tree(&[outer, (span, lines)]),
    }
}

/// Renders spans one below the other, with their events and links.
fn tree(spans: &[(String, Vec<String>)]) -> String {
    let mut out = String::from("\n");
    for (depth, (span, lines)) in spans.iter().enumerate() {
        let indent = "  ".repeat(depth);
        out += &format!("{indent}{span}\n");
        for line in lines {
            out += &format!("{indent}  {line}\n");
        }
    }
    out
}
