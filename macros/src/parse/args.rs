//! The options of one attribute, and how a function inherits those of its container.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Expr, Path};

use crate::parse::attributes::Attribute;
use crate::parse::option_values::{ErrorFormat, Ret, Root};

/// The options of one `#[traced(…)]`, as the user wrote them.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) name: Option<Setting<Expr>>,
    pub(crate) kind: Option<Setting<Ident>>,
    pub(crate) attributes: Option<Setting<Vec<Attribute>>>,
    pub(crate) ok: Option<Setting<()>>,
    pub(crate) err: Option<Setting<ErrorFormat>>,
    pub(crate) error_type: Option<Setting<Expr>>,
    pub(crate) error_if: Option<Setting<Expr>>,
    pub(crate) ret: Option<Setting<Ret>>,
    pub(crate) parent: Option<Setting<Expr>>,
    pub(crate) root: Option<Setting<Root>>,
    pub(crate) links: Option<Setting<Expr>>,
    pub(crate) level: Option<Setting<Ident>>,
    pub(crate) scope: Option<Setting<Expr>>,
    pub(crate) current: Option<Setting<()>>,
    pub(crate) stream: Option<Setting<()>>,
    pub(crate) skip: Option<Setting<()>>,
    pub(crate) runtime: Option<Setting<Path>>,
    /// `true` if the function is known to stand in an `impl` or a `trait`.
    pub(crate) is_method: bool,
    /// `true` if the function is known to stand in an annotated `impl`, `trait` or `mod`.
    pub(crate) is_in_container: bool,
}

/// The value of an option, and the place of its key.
pub(crate) struct Setting<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
    /// `true` if the option was given to the container, not to the function itself.
    pub(crate) is_inherited: bool,
}

/// The option with which a container hands its own options to a function.
pub(crate) const INHERITED: &str = "__inherited";

/// The option with which an annotated `impl` or `trait` marks its functions as methods.
pub(crate) const METHOD: &str = "__method";

impl Args {
    /// Returns the tokens of all expressions that are evaluated before the body.
    pub(crate) fn evaluated_before(&self) -> TokenStream {
        let values = self.attributes.iter().flat_map(|list| &list.value);
        let values = values.map(|attribute| &attribute.value);
        let settings = [&self.name, &self.parent, &self.links]
            .into_iter()
            .flatten();
        let settings = settings.map(|setting| &setting.value);
        quote!(#(#values)* #(#settings)*)
    }
}

/// Copies each of the listed options that is given in `$from` and not in `$args`.
macro_rules! inherit {
    ($args:ident, $from:ident: $($option:ident)*) => { $(
        if $args.$option.is_none() {
            $args.$option = $from.$option.map(|setting| Setting { is_inherited: true, ..setting });
        }
    )* };
}

impl Args {
    /// Fills in the options of the container, `from`, that the function does not have itself.
    pub(crate) fn inherit(&mut self, mut from: Args) {
        self.join_attributes(&mut from);
        // `parent` and `root` exclude each other, so the function's `root` also replaces an
        // inherited `parent`, and the other way round.
        let (parent, root) = (self.parent.is_some(), self.root.is_some());
        inherit!(self, from: name kind ok err error_type error_if ret links level scope);
        inherit!(self, from: current stream runtime);
        if !root {
            inherit!(self, from: parent);
        }
        if !parent {
            inherit!(self, from: root);
        }
    }

    /// Puts the inherited attributes before the function's own. If both have a key, the function's
    /// attribute is kept.
    fn join_attributes(&mut self, from: &mut Args) {
        let Some(inherited) = from.attributes.take() else {
            return;
        };
        let joined = match self.attributes.take() {
            None => Setting {
                is_inherited: true,
                ..inherited
            },
            Some(own) => {
                let is_new = |entry: &Attribute| !own.value.iter().any(|own| own.key == entry.key);
                let mut value = inherited.value;
                value.retain(is_new);
                value.extend(own.value);
                Setting { value, ..own }
            }
        };
        self.attributes = Some(joined);
    }
}
