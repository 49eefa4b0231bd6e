//! Questions about a return type, which is read as written: aliases are not seen through.

use quote::quote;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{AssocType, ParenthesizedGenericArguments, ReturnType, Type, TypeImplTrait};

/// The return type as a body can spell it: what is opaque is left to inference. `None` for `!`.
pub(crate) fn spelled(output: &ReturnType) -> Option<Type> {
    match output {
        ReturnType::Default => Some(syn::parse_quote!(())),
        ReturnType::Type(_, output) if matches!(**output, Type::Never(_)) => None,
        ReturnType::Type(_, output) => Some(without_opaque(output)),
    }
}

/// The type of which `impl Future<Output = TYPE>` or `impl Stream<Item = TYPE>` speaks, spelled likewise.
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

fn without_opaque(ty: &Type) -> Type {
    let mut ty = ty.clone();
    OpaqueToInferred.visit_type_mut(&mut ty);
    ty
}

/// Whether a part of a spelled type is left to inference.
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

/// Whether a value of this type surely holds no `Err`, so that nothing needs to look.
pub(crate) fn surely_no_result(output: &ReturnType) -> bool {
    match output {
        ReturnType::Default => true,
        ReturnType::Type(_, output) => surely_plain(output),
    }
}

/// Returns `false` if a value of this type surely is not a future.
pub(crate) fn may_be_future(output: &Type) -> bool {
    const NO_FUTURES: &[&str] = &["Option", "Result", "String", "Vec"];
    let is_known = |path: &syn::Path| {
        let name = path.segments.last().map(|segment| &segment.ident);
        name.is_some_and(|name| NO_FUTURES.iter().any(|known| name == known))
    };
    !surely_plain(output) && !matches!(output, Type::Path(path) if is_known(&path.path))
}

/// Whether the function never returns.
pub(crate) fn is_never(output: &ReturnType) -> bool {
    matches!(output, ReturnType::Type(_, output) if matches!(**output, Type::Never(_)))
}

/// Whether values of this type surely have no drop glue.
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

/// Whether an opaque type with a signature of its own (`impl Fn(A) -> B`) stands somewhere in it.
pub(crate) fn has_opaque_closure(output: &Type) -> bool {
    let mut finder = OpaqueClosure {
        within_opaque: false,
        found: false,
    };
    finder.visit_type(output);
    finder.found
}

/// Whether values of this type are surely texts that are borrowed for less than the program's life.
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

/// Whether values of this type are surely owned texts.
pub(crate) fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|name| name.ident == "String"))
}

fn surely_plain(output: &Type) -> bool {
    match output {
        Type::Never(_) | Type::Reference(_) | Type::Slice(_) | Type::Array(_) | Type::Tuple(_) => {
            true
        }
        Type::Path(path) => path.path.get_ident().is_some_and(is_primitive),
        _ => false,
    }
}

pub(crate) fn is_primitive(ident: &syn::Ident) -> bool {
    const PRIMITIVES: &[&str] = &[
        "bool", "char", "str", "f32", "f64", "u8", "u16", "u32", "u64", "u128", "usize", "i8",
        "i16", "i32", "i64", "i128", "isize",
    ];
    PRIMITIVES.iter().any(|primitive| ident == primitive)
}

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
