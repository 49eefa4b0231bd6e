//! Finds out what the spelling of a type says about it. Aliases are not resolved.

use quote::quote;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    AssocType, GenericArgument, ParenthesizedGenericArguments, Path, PathArguments, ReturnType,
    Type, TypeImplTrait, TypePath, TypeTraitObject,
};

/// Returns the return type as the body can spell it, or `None` for `!`. Opaque parts become `_`.
pub(crate) fn spelled(output: &ReturnType) -> Option<Type> {
    match output {
        ReturnType::Default => Some(syn::parse_quote!(())),
        ReturnType::Type(_, output) if matches!(**output, Type::Never(_)) => None,
        ReturnType::Type(_, output) => Some(without_opaque(output)),
    }
}

/// Returns the `TYPE` in `impl Future<Output = TYPE>` or `impl Stream<Item = TYPE>`. Opaque parts
/// become `_`.
pub(crate) fn promised(output: &ReturnType) -> Option<Type> {
    struct Finder(Option<Type>);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_assoc_type(&mut self, promise: &'ast AssocType) {
            if promise.ident == "Output" || promise.ident == "Item" {
                self.0.get_or_insert_with(|| without_opaque(&promise.ty));
            }
        }
    }
    let mut finder = Finder(None);
    finder.visit_return_type(output);
    finder.0
}

/// Replaces opaque types with `_`.
fn without_opaque(ty: &Type) -> Type {
    let mut ty = ty.clone();
    OpaqueToInferred.visit_type_mut(&mut ty);
    ty
}

/// Returns `true` if a part of the spelled type is `_`.
pub(crate) fn has_inferred(output: &Type) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_type(&mut self, ty: &'ast Type) {
            self.0 |= matches!(ty, Type::Verbatim(_));
            visit::visit_type(self, ty);
        }
    }
    let mut finder = Finder(false);
    finder.visit_type(output);
    finder.0
}

/// Returns `true` if it is certain that a returned value holds no `Err`.
pub(crate) fn surely_no_result(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => true,
        ReturnType::Type(_, output) => surely_plain(output),
    }
}

/// Returns `false` if it is certain that values of this type are not futures.
pub(crate) fn may_be_future(output: &Type) -> bool {
    const NO_FUTURES: &[&str] = &["Option", "Result", "String", "Vec"];
    let is_known = |path: &syn::Path| {
        let name = path.segments.last().map(|segment| &segment.ident);
        name.is_some_and(|name| NO_FUTURES.iter().any(|known| name == known))
    };
    !surely_plain(output) && !matches!(output, Type::Path(path) if is_known(&path.path))
}

/// Returns `true` if the function returns `()`.
pub(crate) fn is_unit(output: &ReturnType) -> bool {
    matches!(spelled(output), Some(Type::Tuple(tuple)) if tuple.elems.is_empty())
}

/// Returns `true` if the function never returns.
pub(crate) fn is_never(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, output) if matches!(**output, Type::Never(_)))
}

/// Returns `true` if it is certain that dropping values of this type does nothing.
pub(crate) fn surely_no_drop(ty: &Type) -> bool {
    match ty {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_) => true,
        Type::Tuple(tuple) => tuple.elems.iter().all(surely_no_drop),
        Type::Array(array) => surely_no_drop(&array.elem),
        Type::Paren(paren) => surely_no_drop(&paren.elem),
        Type::Group(group) => surely_no_drop(&group.elem),
        Type::Path(path) => path.path.get_ident().is_some_and(is_primitive),
        _ => false,
    }
}

/// Returns `true` if the type contains an opaque closure, such as `impl Fn(A) -> B`.
pub(crate) fn has_opaque_closure(output: &Type) -> bool {
    let mut finder = OpaqueClosure {
        within_opaque: false,
        found: false,
    };
    finder.visit_type(output);
    finder.found
}

/// Returns `true` if the type is a reference to a text that is not `'static`.
pub(crate) fn is_borrowed_text(ty: &Type) -> bool {
    let Type::Reference(reference) = ty else {
        return false;
    };
    let is_static = reference
        .lifetime
        .as_ref()
        .is_some_and(|lifetime| lifetime.ident == "static");
    let is_str = matches!(&*reference.elem, Type::Path(path) if path.path.is_ident("str"));
    !is_static && (is_str || is_text(&reference.elem))
}

/// Returns `true` if the type is `String`.
pub(crate) fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|name| name.ident == "String"))
}

/// Returns `true` if the type is a reference, slice, array, tuple, `!` or primitive type. None of
/// these is a result or a future, and none can be an alias of one.
fn surely_plain(output: &Type) -> bool {
    match output {
        Type::Never(_) | Type::Reference(_) | Type::Slice(_) | Type::Array(_) | Type::Tuple(_) => {
            true
        }
        Type::Path(path) => path.path.get_ident().is_some_and(is_primitive),
        _ => false,
    }
}

/// Returns `true` for the name of a primitive type.
pub(crate) fn is_primitive(ident: &syn::Ident) -> bool {
    const PRIMITIVES: &[&str] = &[
        "bool", "char", "str", "f32", "f64", "u8", "u16", "u32", "u64", "u128", "usize", "i8",
        "i16", "i32", "i64", "i128", "isize",
    ];
    PRIMITIVES.iter().any(|primitive| ident == primitive)
}

/// A visitor that replaces each `impl Trait` with `_`.
struct OpaqueToInferred;

impl VisitMut for OpaqueToInferred {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if matches!(ty, Type::ImplTrait(_)) {
            *ty = Type::Verbatim(quote!(_));
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// A visitor that looks for parenthesized arguments inside of `impl Trait`.
struct OpaqueClosure {
    within_opaque: bool,
    found: bool,
}

impl<'ast> Visit<'ast> for OpaqueClosure {
    fn visit_type_impl_trait(&mut self, opaque: &'ast TypeImplTrait) {
        let outside = std::mem::replace(&mut self.within_opaque, true);
        visit::visit_type_impl_trait(self, opaque);
        self.within_opaque = outside;
    }

    fn visit_parenthesized_generic_arguments(&mut self, _: &'ast ParenthesizedGenericArguments) {
        self.found |= self.within_opaque;
    }
}

/// Returns the trait object in `Pin<Box<dyn …>>`.
pub(crate) fn boxed_object(path: &TypePath) -> Option<&TypeTraitObject> {
    let Type::Path(inner) = argument(&path.path, "Pin")? else {
        return None;
    };
    match argument(&inner.path, "Box")? {
        Type::TraitObject(object) => Some(object),
        _ => None,
    }
}

/// Returns the argument of a path whose last segment is `name`, if it has only one.
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
