//! Detects types that may hold lifetimes for which the runtime's questions would not compile.
//!
//! The runtime finds out by method resolution what a value's type can do. Method resolution ignores
//! lifetimes: it picks `impl<T: 'static> Error for Failed<T>` for every `T`, and the borrow checker
//! rejects the choice afterwards. The macro sees only how a type is spelled. If the spelling leaves
//! room for such a lifetime, the macro lets the runtime ask less.

use syn::visit::{self, Visit};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, GenericParam, Generics, Ident, Lifetime, Path,
    PathArguments, PathSegment, ReturnType, Signature, Type, TypeParamBound, TypePath,
    TypeReference,
};

/// Returns `true` if it is safe to ask whether the returned error implements `Error`. If it is not,
/// only the error's text can be asked for.
pub(crate) fn can_ask_for_error(signature: &Signature) -> bool {
    let ReturnType::Type(_, output) = &signature.output else {
        return true;
    };
    let mut finder = ErrorFinder {
        is_safe: true,
        generics: &signature.generics,
    };
    finder.visit_type(output);
    finder.is_safe
}

/// A visitor of the error of each `Result`, and of the arguments of other types, which may be
/// aliases of `Result`.
struct ErrorFinder<'g> {
    is_safe: bool,
    generics: &'g Generics,
}

/// Returns `true` for types that hold a result and are certainly not an alias of one. Futures and
/// streams are recognized by the end of their names.
fn is_holder(ident: &Ident) -> bool {
    let name = ident.to_string();
    ["Box", "Option", "Pin", "Poll"].contains(&name.as_str())
        || ["Future", "Stream"].iter().any(|end| name.ends_with(end))
}

impl<'ast> Visit<'ast> for ErrorFinder<'_> {
    fn visit_path_segment(&mut self, segment: &'ast PathSegment) {
        let PathArguments::AngleBracketed(list) = &segment.arguments else {
            return visit::visit_path_segment(self, segment);
        };
        let types = list.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        });
        let has_lifetime = list
            .args
            .iter()
            .any(|argument| matches!(argument, GenericArgument::Lifetime(_)));
        match types.collect::<Vec<_>>().as_slice() {
            [_, error] if segment.ident == "Result" => self.is_safe &= is_owned(error),
            // An alias with a fixed error. (`Result<T, E = Error<T>>` would be an exception.)
            [_] if segment.ident == "Result" => self.is_safe &= !has_lifetime,
            _ if is_holder(&segment.ident) || spells_result(list) => {
                visit::visit_path_segment(self, segment);
            }
            _ => self.is_safe &= !may_borrow(list, self.generics),
        }
    }

    fn visit_type_path(&mut self, path: &'ast TypePath) {
        self.is_safe &= path.qself.is_none() && !starts_with_self(&path.path);
        visit::visit_type_path(self, path);
    }
}

/// Returns `true` if the arguments contain a type whose name ends with `Result`.
fn spells_result(list: &AngleBracketedGenericArguments) -> bool {
    struct Finder(bool);
    impl<'ast> Visit<'ast> for Finder {
        fn visit_path_segment(&mut self, segment: &'ast PathSegment) {
            self.0 |= segment.ident.to_string().ends_with("Result");
            visit::visit_path_segment(self, segment);
        }
    }
    let mut finder = Finder(false);
    finder.visit_angle_bracketed_generic_arguments(list);
    finder.0
}

/// Returns `true` if the arguments leave room for a lifetime other than `'static`.
fn may_borrow(list: &AngleBracketedGenericArguments, generics: &Generics) -> bool {
    let mut finder = Borrows::new(generics);
    finder.visit_angle_bracketed_generic_arguments(list);
    finder.lifetime || finder.reference || finder.parameter
}

/// Returns `true` if it is safe to ask whether this error implements `Error`: for a name without
/// arguments, a pointer to such a type or to a trait object that borrows nothing, a reference, `()`
/// and `!`.
fn is_owned(error: &Type) -> bool {
    match error {
        Type::Path(path) if path.qself.is_none() && !starts_with_self(&path.path) => {
            match path.path.segments.last().map(|segment| (&segment.ident, &segment.arguments)) {
                Some((_, PathArguments::None)) => true,
                Some((pointer, PathArguments::AngleBracketed(list))) => {
                    ["Box", "Arc", "Rc"].iter().any(|name| pointer == name)
                        && list.args.iter().all(|argument| matches!(argument, GenericArgument::Type(object) if is_owned_object(object)))
                }
                _ => false,
            }
        }
        Type::Reference(_) | Type::Never(_) => true,
        Type::Group(group) => is_owned(&group.elem),
        Type::Paren(paren) => is_owned(&paren.elem),
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}

/// Returns `true` for a trait object without lifetimes other than `'static`, and for any other type
/// that [`is_owned`] accepts.
fn is_owned_object(object: &Type) -> bool {
    match object {
        Type::TraitObject(object) => object.bounds.iter().all(|bound| match bound {
            TypeParamBound::Lifetime(lifetime) => lifetime.ident == "static",
            _ => true,
        }),
        other => is_owned(other),
    }
}

/// Returns `true` for `Self::Type`. `Self` alone is a type like any other.
pub(crate) fn starts_with_self(path: &Path) -> bool {
    path.segments.len() > 1
        && path
            .segments
            .first()
            .is_some_and(|first| first.ident == "Self")
}

/// A visitor that looks for lifetimes other than `'static`, and for names that may be type
/// parameters.
struct Borrows<'g> {
    lifetime: bool,
    /// `true` if there is a reference without a written lifetime.
    reference: bool,
    parameter: bool,
    generics: &'g Generics,
}

impl<'g> Borrows<'g> {
    fn new(generics: &'g Generics) -> Borrows<'g> {
        Borrows {
            lifetime: false,
            reference: false,
            parameter: false,
            generics,
        }
    }
}

impl<'ast> Visit<'ast> for Borrows<'_> {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        self.lifetime |= lifetime.ident != "static";
    }

    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        self.reference |= reference.lifetime.is_none();
        visit::visit_type_reference(self, reference);
    }

    fn visit_type_path(&mut self, path: &'ast TypePath) {
        let may_be_parameter =
            |ident: &Ident| {
                self.generics.params.iter().any(
                    |param| matches!(param, GenericParam::Type(param) if param.ident == *ident),
                ) || looks_like_parameter(ident)
            };
        let is_projection = path.qself.is_some() || starts_with_self(&path.path);
        self.parameter |= is_projection
            || path
                .path
                .segments
                .first()
                .is_some_and(|first| may_be_parameter(&first.ident));
        visit::visit_type_path(self, path);
    }
}

/// Returns `true` for `T`, `U1` and the like, which may be parameters of an `impl` that the macro
/// does not see.
pub(crate) fn looks_like_parameter(ident: &Ident) -> bool {
    ident
        .to_string()
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}
