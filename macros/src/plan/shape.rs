//! How a function is wrapped; a pure question about its signature and attributes.

use syn::punctuated::Punctuated;
use syn::{
    GenericArgument, GenericParam, Path, PathArguments, ReturnType, Signature, Token, Type,
    TypeParamBound, TypePath,
};

use crate::parse::args::Args;
use crate::parse::function::Function;
use crate::plan::body::defines_types;
use crate::plan::lifetimes;
use crate::plan::recursion;
use crate::plan::return_type;

/// How a function is wrapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// The body becomes a closure, and its value is seen.
    Call,
    /// The same, and the value may be a boxed future behind an alias, which is wrapped.
    Alias,
    /// The body stays where it is, below a guard: for what a closure would change.
    InPlace,
    /// The body becomes an `async move` block.
    AsyncFn,
    /// The body becomes a closure, and the `impl Future` that it returns is wrapped.
    Future,
    /// The same for a `Pin<Box<dyn Future>>`.
    BoxedFuture,
    /// The same for an `impl Stream`.
    Stream,
    /// The same for a `Pin<Box<dyn Stream>>`, behind an alias or not.
    BoxedStream,
}

impl Shape {
    /// The shape of a function, with these options.
    pub(crate) fn of(function: &Function, args: &Args) -> Shape {
        let signature = &function.signature;
        if signature.asyncness.is_some() {
            return Shape::AsyncFn;
        }
        let looks = args.ret.is_some() || args.error_if.is_some();
        let looks_at_errors = args.err.is_some() || args.error_type.is_some();
        let has_result = !return_type::surely_no_result(&signature.output);
        // A closure around a type would be a part of its name, as `core::any::type_name` tells it.
        let names_types = !looks && !has_result && defines_types(&function.body.stream());
        if function.has_attribute("track_caller")
            || is_index(signature)
            || names_types
            || !looks && !looks_at_errors && recursion::is_certain(function, args.is_method)
        {
            return Shape::InPlace;
        }
        match &signature.output {
            ReturnType::Default => Shape::Call,
            ReturnType::Type(_, output) => of_output(output, signature, args.stream.is_some()),
        }
    }
}

/// Whether it is a method of `Index` or `IndexMut`, whose declarations have `#[track_caller]` for all implementations.
fn is_index(signature: &Signature) -> bool {
    let is_named_so = signature.ident == "index" || signature.ident == "index_mut";
    let returns_reference = matches!(&signature.output, ReturnType::Type(_, output) if matches!(**output, Type::Reference(_)));
    is_named_so && returns_reference && signature.receiver().is_some()
}

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
        Type::Path(path) if !lifetimes::can_be_boxed_again(path, &signature.generics) => {
            Shape::Call
        }
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

/// `Future` or `Stream`, if the bounds are one of them and nothing that a wrapper would lose.
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

/// The same of `Pin<Box<dyn …>>`, where only what a boxed wrapper can be is left.
fn boxed(path: &TypePath) -> Option<&'static str> {
    let Type::Path(inner) = argument(&path.path, "Pin")? else {
        return None;
    };
    let Type::TraitObject(object) = argument(&inner.path, "Box")? else {
        return None;
    };
    let auto = object.bounds.iter().all(|bound| match bound {
        TypeParamBound::Trait(bound) => last_segment(&bound.path)
            .is_some_and(|name| ["Future", "Stream", "Send", "Sync"].contains(&name.as_str())),
        _ => true,
    });
    promised(&object.bounds).filter(|_| auto)
}

/// The only type argument of a path whose last segment is `name`.
fn argument<'p>(path: &'p Path, name: &str) -> Option<&'p Type> {
    let segment = path
        .segments
        .last()
        .filter(|segment| segment.ident == name)?;
    match &segment.arguments {
        PathArguments::AngleBracketed(list) => match list.args.first()? {
            GenericArgument::Type(ty) if list.args.len() == 1 => Some(ty),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a boxed future could hide behind this path: not behind what everybody knows, nor behind a type parameter.
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

fn last_segment(path: &Path) -> Option<String> {
    path.segments
        .last()
        .map(|segment| segment.ident.to_string())
}
