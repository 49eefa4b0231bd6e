//! Writes the attribute and its options.

use crate::dimensions::{Case, Options, Shape, Written};

/// Returns the attribute around the function, and the one on the function itself.
pub(crate) fn of(case: &Case) -> (String, String) {
    let own = match case.options {
        Options::Skip => "#[traced(skip)] ".to_owned(),
        Options::CfgAttr => "#[cfg_attr(all(), traced(\"own\"))] ".to_owned(),
        Options::Joined => format!("#[traced(attributes({}))] ", n(case)),
        _ => String::new(),
    };
    // A stream that cannot be boxed again is none for the attribute.
    let is_stream = case.shape == Shape::BoxedStreamAlias && !case.is_short_lived();
    let attribute = match (options(case), is_stream) {
        (options, true) if options.is_empty() => "#[traced(stream)] ".to_owned(),
        (options, true) => format!("#[traced({options}, stream)] "),
        (options, _) if options.is_empty() => "#[traced] ".to_owned(),
        (options, _) => format!("#[traced({options})] "),
    };
    if case.shape == Shape::Block {
        (String::new(), String::new())
    } else if case.place.is_container() {
        (attribute, own)
    } else {
        (String::new(), attribute)
    }
}

/// Returns the options of a block's span.
pub(crate) fn of_block(case: &Case) -> String {
    match options(case) {
        options if options.is_empty() => "\"b\"".to_owned(),
        options => format!("\"b\", {options}"),
    }
}

/// Returns the options of the attribute that is not the function's own.
fn options(case: &Case) -> String {
    let (n, fail) = (n(case), if is_in_macro(case) { "?$fail" } else { "?fail" });
    match case.options {
        Options::None | Options::Skip | Options::CfgAttr => "",
        Options::Literal => "\"given\"",
        Options::Name => return format!("name = format!(\"job {{}}\", {n})"),
        Options::Kind => "kind = client",
        Options::Path => return format!("attributes({n})"),
        Options::Attributes => {
            return format!(
                "attributes(order.id = {n} + 1, \"quoted\" = true, {{KEY}} = \"const\", shown = %{n}, {fail}, missing = None::<u8>)"
            );
        }
        Options::Ret => "ret",
        Options::RetDisplay => "ret = %",
        Options::RetDebug => "ret = ?",
        Options::RetParts => "ret(\"part\" = |value| *value)",
        Options::Ok => "ok",
        Options::ErrDisplay => "err = %",
        Options::ErrDebug => "err = ?",
        Options::ErrOff => "err = off",
        Options::ErrorType => "error_type = |_| \"given\"",
        Options::ErrorIfTrue => "error_if = |_| true",
        Options::ErrorIfFalse => "error_if = |_| false",
        Options::Parent => "parent = ::traced_matrix_support::values::remote()",
        Options::NoParent => "parent = ::traced_matrix_support::values::no_parent()",
        Options::Root => "root",
        Options::RootLink => "root(link)",
        Options::Links => "links = [::traced_matrix_support::values::remote()]",
        Options::LevelWarn => "level = warn",
        Options::LevelDebug => "level = debug",
        Options::Scope => "scope = \"given\"",
        Options::Current => return format!("current, attributes({n})"),
        Options::Crate => "crate = ::traced_matrix_support::traced",
        Options::Joined => "attributes(service = \"orders\")",
        Options::MacroAttributes => {
            "attributes(\"sum\" = $e, \"cast\" = $v, \"equal\" = $w, \"shown\" = %$e, \"debugged\" = ?$w)"
        }
        Options::MacroErrorIf => "error_if = $c",
        Options::MacroErrorType => "error_type = $c",
        Options::MacroRet => "ret(\"part\" = $c)",
    }
    .to_owned()
}

/// Returns the argument `n`, as the attribute writes it.
fn n(case: &Case) -> &'static str {
    match case.written {
        Written::Expr => "$n",
        _ if is_in_macro(case) => "$n",
        _ => "n",
    }
}

/// Returns `true` if the options are in the macro that the function's block is passed to.
fn is_in_macro(case: &Case) -> bool {
    case.written == Written::Block && case.shape != Shape::Block
}
