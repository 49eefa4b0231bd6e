//! Decides whether a boxed future or stream can be boxed again, with its span.
//!
//! What a future returns must live as long as the new box, although the original box does not
//! require that: the compiler accepts a `BoxFuture<'static, Guard<'a>>`, but would reject a box
//! around it that has the same type. So the span of such a function covers only the call. The
//! signature shows most of these cases. The rest are left to the compiler, since bounds that the
//! macro does not see may allow them.

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{
    FnArg, GenericArgument, GenericParam, Ident, Lifetime, Path, PathArguments, ReceiverKind,
    Signature, Token, Type, TypeParamBound, TypePath, TypeReference, WherePredicate,
};

use crate::plan::lifetimes::{looks_like_parameter, starts_with_self};
use crate::plan::return_type::boxed_object;

type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// Returns `true` if a boxed future or stream of this type can be boxed again, as far as the
/// signature shows.
pub(crate) fn is_possible(path: &TypePath, signature: &Signature) -> bool {
    if path.qself.is_some() || starts_with_self(&path.path) {
        return false;
    }
    let mut held = Mentioned::default();
    held.visit_type_path(path);
    match box_lifetime(path) {
        None => {
            held.lifetimes.is_empty()
                && held
                    .paths
                    .iter()
                    .all(|path| lives_for_ever(path, signature))
        }
        Some(_) => held.paths.iter().all(|path| may_live_on(path, signature)),
    }
}

/// Returns the lifetime of the box, or `None` if it lives forever.
fn box_lifetime(path: &TypePath) -> Option<&Lifetime> {
    let of_object = boxed_object(path).and_then(|object| {
        object.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Lifetime(lifetime) => Some(lifetime),
            _ => None,
        })
    });
    let of_alias = || match &path.path.segments.last()?.arguments {
        PathArguments::AngleBracketed(list) => {
            list.args.iter().find_map(|argument| match argument {
                GenericArgument::Lifetime(lifetime) => Some(lifetime),
                _ => None,
            })
        }
        _ => None,
    };
    of_object
        .or_else(of_alias)
        .filter(|lifetime| lifetime.ident != "static")
}

/// Returns `true` if the path is not that of a type parameter, or if its bounds say `'static`.
fn lives_for_ever(path: &Path, signature: &Signature) -> bool {
    let Some(first) = path.segments.first() else {
        return true;
    };
    match bounds(&first.ident, signature) {
        None => !looks_like_parameter(&first.ident),
        Some(bounds) => bounds.iter().any(
            |bound| matches!(bound, TypeParamBound::Lifetime(lifetime) if lifetime.ident == "static"),
        ),
    }
}

/// Returns `false` if the path is that of a type parameter, and nothing says how long such a type
/// lives: no bound, and no argument that holds both it and a lifetime.
fn may_live_on(path: &Path, signature: &Signature) -> bool {
    let first = path.segments.first();
    let Some(bounds) = first.and_then(|first| bounds(&first.ident, signature)) else {
        return true;
    };
    let may_tell = |bound: &&TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => bound
            .path
            .segments
            .last()
            .is_some_and(|segment| !TELL_NOTHING.iter().any(|name| segment.ident == name)),
        _ => true,
    };
    bounds.iter().any(may_tell)
        || signature
            .inputs
            .iter()
            .any(|input| holds_for_long(input, path))
}

/// Traits that types with short lives implement too. A trait of the user's may demand `'static`.
const TELL_NOTHING: &[&str] = &[
    "AsMut",
    "AsRef",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deref",
    "Display",
    "Eq",
    "Error",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromStr",
    "Future",
    "Hash",
    "Into",
    "IntoIterator",
    "Iterator",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Send",
    "Sized",
    "Sync",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
];

/// Returns the bounds of a type parameter, or `None` if the signature declares none of this name.
/// `Self` counts as a type parameter if the `where` clause bounds it, as in `where Self: Sized`,
/// since that suggests a method of a trait.
fn bounds<'s>(name: &Ident, signature: &'s Signature) -> Option<Vec<&'s TypeParamBound>> {
    let declared = signature
        .generics
        .params
        .iter()
        .find_map(|param| match param {
            GenericParam::Type(param) if param.ident == *name => Some(&param.bounds),
            _ => None,
        });
    let predicates = signature
        .generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let demanded: Vec<&Bounds> = predicates
        .filter_map(|predicate| match predicate {
            WherePredicate::Type(predicate) if is_named(&predicate.bounded_ty, name) => {
                Some(&predicate.bounds)
            }
            _ => None,
        })
        .collect();
    let is_self = name == "Self" && !demanded.is_empty();
    (declared.is_some() || is_self)
        .then(|| declared.into_iter().chain(demanded).flatten().collect())
}

fn is_named(ty: &Type, name: &Ident) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident(name))
}

/// Returns `true` if an argument's type holds both a lifetime and the path, or the parameter that
/// the path starts with. This may imply that the path's type lives that long.
fn holds_for_long(input: &FnArg, path: &Path) -> bool {
    let ty = match input {
        FnArg::Typed(typed) => &typed.ty,
        FnArg::Receiver(receiver) => match &receiver.kind {
            ReceiverKind::Typed(_, ty) => ty,
            kind => {
                let is_self = path
                    .segments
                    .first()
                    .is_some_and(|first| first.ident == "Self");
                return is_self && matches!(kind, ReceiverKind::Reference(..));
            }
        },
    };
    let mut held = Mentioned::default();
    held.visit_type(ty);
    !held.lifetimes.is_empty() && held.paths.iter().any(|held| is_start(held, path))
}

/// Returns `true` if `path` starts with the names of `start`.
fn is_start(start: &Path, path: &Path) -> bool {
    let names = path.segments.iter().map(|segment| &segment.ident);
    let start = start.segments.iter().map(|segment| &segment.ident);
    start.len() <= names.len() && start.zip(names).all(|(start, name)| start == name)
}

/// A visitor that collects the lifetimes other than `'static`, and the paths.
#[derive(Default)]
struct Mentioned {
    /// The lifetimes, with `'_` for each reference without a written one.
    lifetimes: Vec<Ident>,
    paths: Vec<Path>,
}

impl<'ast> Visit<'ast> for Mentioned {
    fn visit_lifetime(&mut self, lifetime: &'ast Lifetime) {
        if lifetime.ident != "static" {
            self.lifetimes.push(lifetime.ident.clone());
        }
    }

    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        if reference.lifetime.is_none() {
            let span = reference.and_token.span;
            self.lifetimes.push(Ident::new("_", span));
        }
        visit::visit_type_reference(self, reference);
    }

    fn visit_type_path(&mut self, path: &'ast TypePath) {
        self.paths.push(path.path.clone());
        visit::visit_type_path(self, path);
    }
}
