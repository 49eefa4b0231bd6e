//! Where a type may hold lifetimes that what we ask of it would not allow.
//!
//! Method resolution, by which the runtime learns what a value's type can do, does not look at lifetimes: it takes
//! `impl<T: 'static> Error for Failed<T>` for every `T`, and borrow checking rejects the choice afterwards. The macro sees
//! only how types are spelled, so it asks less of those whose spelling leaves room for that.

use syn::visit::{self, Visit};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, GenericParam, Generics, Ident, Lifetime, Path,
    PathArguments, PathSegment, ReturnType, Signature, Type, TypeParamBound, TypePath,
    TypeReference,
};

/// Whether the error in this return type can be asked whether it is an `Error`; if not, only for its text.
pub(crate) fn error_is_sure(signature: &Signature) -> bool {
    let ReturnType::Type(_, output) = &signature.output else {
        return true;
    };
    let mut finder = Errors {
        sure: true,
        generics: &signature.generics,
    };
    finder.visit_type(output);
    finder.sure
}

/// Whether a boxed future or stream of this type can be boxed once more. That demands of what it returns that it live as long as
/// the box, which is given unless the box lives for ever and what it returns is generic.
pub(crate) fn can_be_boxed_again(path: &TypePath, generics: &Generics) -> bool {
    if path.qself.is_some() || starts_with_self(&path.path) {
        return false;
    }
    let mut finder = Borrows::new(generics);
    finder.visit_type_path(path);
    finder.lifetime || !finder.parameter
}

/// Looks at the error of each `Result`, and at the arguments of other types, which may be aliases of one.
struct Errors<'g> {
    sure: bool,
    generics: &'g Generics,
}

/// Returns `true` for what holds results and is known not to be an alias of one; futures and streams by the end of their names.
fn is_holder(ident: &Ident) -> bool {
    let name = ident.to_string();
    ["Box", "Option", "Pin", "Poll"].contains(&name.as_str())
        || ["Future", "Stream"].iter().any(|end| name.ends_with(end))
}

impl<'ast> Visit<'ast> for Errors<'_> {
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
            [_, error] if segment.ident == "Result" => self.sure &= is_sure(error),
            // An alias whose error is one type. `Result<T, E = Error<T>>` would have another for each `T`.
            [_] if segment.ident == "Result" => self.sure &= !has_lifetime,
            _ if is_holder(&segment.ident) || spells_result(list) => {
                visit::visit_path_segment(self, segment);
            }
            _ => self.sure &= !may_borrow(list, self.generics),
        }
    }

    fn visit_type_path(&mut self, path: &'ast TypePath) {
        self.sure &= path.qself.is_none() && !starts_with_self(&path.path);
        visit::visit_type_path(self, path);
    }
}

/// Returns `true` if a `Result` is among the arguments, so that what has them holds it.
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

/// A plain name, or a pointer to a trait object that borrows nothing.
fn is_sure(error: &Type) -> bool {
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
        Type::Group(group) => is_sure(&group.elem),
        Type::Paren(paren) => is_sure(&paren.elem),
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}

fn is_owned_object(object: &Type) -> bool {
    match object {
        Type::TraitObject(object) => object.bounds.iter().all(|bound| match bound {
            TypeParamBound::Lifetime(lifetime) => lifetime.ident == "static",
            _ => true,
        }),
        other => is_sure(other),
    }
}

/// `Self::Type`; `Self` alone is a type like others.
fn starts_with_self(path: &Path) -> bool {
    path.segments.len() > 1
        && path
            .segments
            .first()
            .is_some_and(|first| first.ident == "Self")
}

/// Looks for a lifetime that is not `'static`, and for what may be a type parameter.
struct Borrows<'g> {
    lifetime: bool,
    /// A reference whose lifetime is not spelled.
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

/// `T`, `U1`: what a parameter of the `impl` around the function is called.
fn looks_like_parameter(ident: &Ident) -> bool {
    ident
        .to_string()
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}
