//! Writes the source of a case.

mod attribute;
mod body;
mod signature;
mod types;

use crate::dimensions::{Case, Options, Place, Receiver, Returns, Shape, Written};

/// The variants of a case: without and with the attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Variant {
    Plain,
    Traced,
}

/// The comment before the function, by which its line is found.
const HERE: &str = "/* here */";

/// The file of a case: lines are the same in both variants.
pub(crate) use signature::path;

pub(crate) fn file(case: &Case, variant: Variant) -> String {
    let mut out = format!("//! {case}\n\nuse traced_matrix_support::prelude::*;\n");
    if case.returns == Returns::OwnStream {
        out += "use traced_matrix_support::own::Stream;\n";
    }
    if case.place.has_self() {
        out +=
            "\n/// Has the function.\n#[derive(Debug, Default)]\npub struct Holder(pub Noisy);\n";
    }
    let items = in_macro(case, variant, &annotated(case, variant));
    let (outside, nested) = match case.place {
        Place::Nested => (String::new(), items.as_str()),
        _ => (format!("\n{}{items}", declaration(case)), ""),
    };
    out += &outside;
    out += &implementation(case);
    out += &format!(
        "\n/// Calls it.\npub fn run(fail: bool, out: &mut Ran) {{\n{nested}{}}}\n",
        call(case)
    );
    out
}

/// Returns the line of the function in its file.
pub(crate) fn line(case: &Case) -> usize {
    let file = file(case, Variant::Plain);
    file.lines().take_while(|line| !line.contains(HERE)).count() + 1
}

/// Returns the attributes, and the function with what is around it.
fn annotated(case: &Case, variant: Variant) -> String {
    let attributes = attribute::of(case);
    let (outer, inner) = match variant {
        Variant::Plain => (String::new(), String::new()),
        Variant::Traced => attributes,
    };
    let outer = match case.shape {
        Shape::AsyncTraitAbove => format!("#[async_trait] {outer}"),
        Shape::AsyncTraitBelow => format!("{outer}#[async_trait] "),
        _ => outer,
    };
    let visibility = match case.place {
        Place::InMod => "pub(super) ",
        _ => "",
    };
    let signature = signature::of(case);
    let here = match case.shape {
        Shape::Block => "",
        _ => HERE,
    };
    let block = block(case, variant);
    let function = format!("{here} {inner}{visibility}{signature} {block}");
    let (scale, neighbor) = (scale(case), neighbor(case, variant));
    let items = format!("{scale}{function}\n{neighbor}");
    match case.place {
        Place::Free | Place::Nested => items,
        Place::Method | Place::InImpl => format!("{outer}impl Holder {{\n{items}}}\n"),
        Place::TraitDefault | Place::InTrait => {
            format!("{outer}{} {{\n{items}}}\n", start_of_trait(case))
        }
        Place::TraitImpl | Place::InTraitImpl => {
            format!("{outer}impl Does for Holder {{\n{items}}}\n")
        }
        Place::InMod => format!("{outer}mod inner {{\nuse super::*;\n{items}}}\n"),
    }
}

/// Returns a function that follows that of the case. The macro must find where the first one ends,
/// since this one does not compile if its `skip` is not seen.
fn neighbor(case: &Case, variant: Variant) -> &'static str {
    match (case.place.is_container(), variant) {
        (false, _) => "",
        (true, Variant::Plain) => "#[allow(dead_code)] fn neighbor() {}\n",
        (true, Variant::Traced) => "#[allow(dead_code)] #[traced(skip)] fn neighbor() {}\n",
    }
}

fn start_of_trait(case: &Case) -> &'static str {
    if case.is_short_lived() {
        "trait Does: Default + Send + Sync"
    } else {
        "trait Does: Default + Send + Sync + 'static"
    }
}

/// Returns an item next to the function, whose value depends on how the macro's variable is
/// grouped.
fn scale(case: &Case) -> &'static str {
    match (
        case.written == Written::Expr && case.place.is_container(),
        case.place,
    ) {
        (false, _) => "",
        (true, Place::InMod) => "pub(super) const SCALE: u64 = $e * 2;\n",
        (true, Place::InImpl) => "pub(crate) const SCALE: u64 = $e * 2;\n",
        (true, _) => "const SCALE: u64 = $e * 2;\n",
    }
}

/// Returns the block that a macro may be given as a whole.
fn block(case: &Case, variant: Variant) -> String {
    match case.written {
        Written::Block => "$b".to_owned(),
        _ => body::of(case, variant),
    }
}

fn in_macro(case: &Case, variant: Variant, items: &str) -> String {
    let (matcher, arguments) = match case.written {
        Written::Directly => return items.to_owned(),
        Written::Expr => {
            let closure = match case.options {
                Options::MacroErrorIf => "|_| true",
                Options::MacroErrorType => "|_| \"given\"",
                Options::MacroRet => "|value| *value",
                _ => "()",
            };
            (
                "$e:expr, $u:expr, $n:ident, $v:expr, $w:expr, $c:expr",
                format!("1 + 2, 1_u64 + 2, n, n as u32, n == 7, {closure}"),
            )
        }
        Written::Type => ("$t:ty, $d:ty", "u64, (dyn Debug + Sync)".to_owned()),
        Written::Block => (
            "$n:ident, $fail:ident, ($($a:tt)*) $b:block",
            format!(
                "n, fail, ({}) {}",
                signature::parameters(case),
                body::of(case, variant)
            ),
        ),
    };
    format!("macro_rules! written {{\n({matcher}) => {{\n{items}}};\n}}\nwritten!({arguments});\n")
}

/// Returns the trait, if the function implements one of its methods.
fn declaration(case: &Case) -> String {
    if !matches!(case.place, Place::TraitImpl | Place::InTraitImpl) {
        return String::new();
    }
    let asynchronous = if case.shape.is_async_trait() {
        "#[async_trait] "
    } else {
        ""
    };
    let scale = if scale(case).is_empty() {
        ""
    } else {
        "const SCALE: u64;\n"
    };
    let signature = signature::declared(case);
    let neighbor = if case.place.is_container() {
        "fn neighbor();\n"
    } else {
        ""
    };
    let start = start_of_trait(case);
    format!("{asynchronous}{start} {{\n{scale}{signature};\n{neighbor}}}\n")
}

/// Returns the implementation that uses the default method.
fn implementation(case: &Case) -> String {
    match case.place {
        Place::TraitDefault | Place::InTrait => "\nimpl Does for Holder {}\n".to_owned(),
        _ => String::new(),
    }
}

fn call(case: &Case) -> String {
    let function = match (case.place, case.receiver) {
        (Place::Free | Place::Nested, _) => "f",
        (Place::InMod, _) => "inner::f",
        (_, Receiver::None) => "Holder::f",
        (_, Receiver::Ref | Receiver::RefMut) => "holder.f",
        (_, Receiver::Value) => "Holder(noisy(\"holder\")).f",
        (_, Receiver::Arc) => "Arc::new(Holder(noisy(\"holder\"))).f",
        (_, Receiver::Box) => "Box::new(Holder(noisy(\"holder\"))).f",
        (_, Receiver::Pin) => "Pin::new(&mut holder).f",
    };
    let mut out = match case.receiver {
        Receiver::Ref => "let holder = Holder(noisy(\"holder\"));\n",
        Receiver::RefMut | Receiver::Pin => "let mut holder = Holder(noisy(\"holder\"));\n",
        _ => "",
    }
    .to_owned();
    let call = format!("{function}({})", signature::arguments(case));
    let shown = types::shown(case.returns);
    out += &if case.returns == Returns::Never && case.shape == Shape::Sync {
        format!("{call};\n")
    } else if case.shape == Shape::Sync {
        format!("let returned = {call};\nout.value(&{shown});\n")
    } else if case.shape.is_stream() {
        format!(
            "let stream = {call};\nlet send = Probe::of(&stream).is_send();\nout.future(&stream, send);\nfor returned in out.items(stream) {{\nout.value(&{shown});\n}}\n"
        )
    } else if case.returns == Returns::Never {
        format!("let future = {call};\nout.drive(future);\n")
    } else {
        format!(
            "let future = {call};\nlet send = Probe::of(&future).is_send();\nout.future(&future, send);\nif let Some(returned) = out.drive(future) {{\nout.value(&{shown});\n}}\n"
        )
    };
    if !scale(case).is_empty() {
        let owner = if case.place == Place::InMod {
            "inner"
        } else {
            "Holder"
        };
        out = format!("out.value(&{owner}::SCALE);\n{out}");
    }
    out
}
