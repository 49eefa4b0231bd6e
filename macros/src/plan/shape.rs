//! Decides how a function is wrapped. The module docs of [`expand`](crate::expand) show each shape.

use syn::punctuated::Punctuated;
use syn::{GenericParam, Path, ReturnType, Signature, Token, Type, TypeParamBound, TypePath};

use crate::parse::args::Args;
use crate::parse::function::Function;
use crate::plan::body::defines_types;
use crate::plan::boxed_again;
use crate::plan::recursion;
use crate::plan::return_type;

/// The way in which a function is wrapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// The body becomes a closure, whose value is seen.
    Call,
    /// The body becomes a closure. If its value turns out to be a boxed future, it is wrapped.
    Alias,
    /// The body stays in place, after a guard. This is for functions that a closure would change.
    InPlace,
    /// The body becomes an `async move` block.
    AsyncFn,
    /// The body becomes a closure, and the `impl Future` that it returns is wrapped.
    Future,
    /// The body becomes a closure, and the `Pin<Box<dyn Future>>` that it returns is wrapped.
    BoxedFuture,
    /// The body becomes a closure, and the `impl Stream` that it returns is wrapped.
    Stream,
    /// The body becomes a closure, and the `Pin<Box<dyn Stream>>` that it returns is wrapped.
    BoxedStream,
}

impl Shape {
    /// Chooses the shape for a function with these options.
    pub(crate) fn of(function: &Function, args: &Args) -> Shape {
        let signature = &function.signature;
        if signature.asyncness.is_some() {
            return Shape::AsyncFn;
        }
        let needs_value = args.ret.is_some() || args.error_if.is_some();
        let needs_error = args.err.is_some() || args.error_type.is_some();
        let has_result = !return_type::surely_no_result(&signature.output);
        // Types that are defined in a closure have `{{closure}}` in their `type_name`.
        let names_types = !needs_value && !has_result && defines_types(&function.body.stream());
        if function.has_attribute("track_caller")
            || is_index(signature)
            || names_types
            || !needs_value && !needs_error && recursion::is_certain(function, args.is_method)
        {
            return Shape::InPlace;
        }
        match &signature.output {
            ReturnType::Default => Shape::Call,
            ReturnType::Type(_, output) => of_output(output, signature, args.stream.is_some()),
        }
    }
}

/// Returns `true` for the methods of `Index` and `IndexMut`. The traits declare them with
/// `#[track_caller]`, which holds for all implementations.
fn is_index(signature: &Signature) -> bool {
    let is_named_so = signature.ident == "index" || signature.ident == "index_mut";
    let returns_reference = matches!(&signature.output, ReturnType::Type(_, output) if matches!(**output, Type::Reference(_)));
    is_named_so && returns_reference && signature.receiver().is_some()
}

/// Chooses the shape for a function that returns this type and is not `async`.
fn of_output(output: &Type, signature: &Signature, stream: bool) -> Shape {
    match output {
        Type::ImplTrait(opaque) => match promised(&opaque.bounds) {
            _ if return_type::promised(&signature.output).is_none() => Shape::InPlace,
            Some("Future") => Shape::Future,
            Some(_) => Shape::Stream,
            None => Shape::InPlace,
        },
        Type::Paren(paren) => of_output(&paren.elem, signature, stream),
        Type::Group(group) => of_output(&group.elem, signature, stream),
        _ if return_type::has_opaque_closure(output) => Shape::InPlace,
        Type::Path(path) if !boxed_again::is_possible(path, signature) => Shape::Call,
        Type::Path(path) => match boxed(path) {
            Some("Future") => Shape::BoxedFuture,
            Some(_) => Shape::BoxedStream,
            None if stream && may_be_alias(path, signature) => Shape::BoxedStream,
            None if may_be_alias(path, signature) => Shape::Alias,
            None => Shape::Call,
        },
        _ => Shape::Call,
    }
}

/// Returns `Future` or `Stream` if the bounds contain it, and nothing else that a wrapper would
/// lose.
fn promised(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<&'static str> {
    let mut promised = None;
    for bound in bounds {
        let TypeParamBound::Trait(bound) = bound else {
            continue;
        };
        match last_segment(&bound.path)?.as_str() {
            "Future" => promised = Some("Future"),
            "Stream" => promised = Some("Stream"),
            "Send" | "Sync" | "Unpin" | "UnwindSafe" | "RefUnwindSafe" => {}
            _ => return None,
        }
    }
    promised
}

/// Returns `Future` or `Stream` for `Pin<Box<dyn …>>`, if a boxed wrapper can have the same type.
fn boxed(path: &TypePath) -> Option<&'static str> {
    let object = return_type::boxed_object(path)?;
    let auto = object.bounds.iter().all(|bound| match bound {
        TypeParamBound::Trait(bound) => last_segment(&bound.path)
            .is_some_and(|name| ["Future", "Stream", "Send", "Sync"].contains(&name.as_str())),
        _ => true,
    });
    promised(&object.bounds).filter(|_| auto)
}

/// Returns `true` if the path may be an alias of a boxed future: if it is neither a type parameter
/// nor the name of a well-known type.
fn may_be_alias(path: &TypePath, signature: &Signature) -> bool {
    const KNOWN: &[&str] = &[
        "Result",
        "Option",
        "Poll",
        "Vec",
        "String",
        "Box",
        "Arc",
        "Rc",
        "Cow",
        "HashMap",
        "HashSet",
        "BTreeMap",
        "BTreeSet",
        "VecDeque",
        "Self",
        "Ordering",
        "Range",
        "Duration",
        "Instant",
        "PathBuf",
        "ControlFlow",
        "NonNull",
        "MaybeUninit",
        "Pin",
    ];
    let Some(name) = last_segment(&path.path) else {
        return false;
    };
    let is_parameter = signature.generics.params.iter().any(
        |param| matches!(param, GenericParam::Type(param) if path.path.is_ident(&param.ident)),
    );
    !is_parameter
        && !KNOWN.contains(&name.as_str())
        && !path.path.get_ident().is_some_and(return_type::is_primitive)
}

/// Returns the last segment of a path, without its arguments.
fn last_segment(path: &Path) -> Option<String> {
    path.segments
        .last()
        .map(|segment| segment.ident.to_string())
}
