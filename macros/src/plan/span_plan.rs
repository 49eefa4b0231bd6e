//! What is to be known of a span, of a function or of a block.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit, LitStr};

use crate::parse::args::{Args, Setting};
use crate::parse::attributes::Attribute;
use crate::parse::option_values::{ErrorFormat, Ret, Root};

/// What is to be known of a span, be it a function's or a block's.
pub(crate) struct SpanPlan {
    /// The path of the runtime crate.
    pub(crate) runtime: TokenStream,
    pub(crate) site: Site,
    pub(crate) start: Start,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) outcome: Outcome,
}

/// What the call site's static holds.
pub(crate) struct Site {
    pub(crate) name: LitStr,
    pub(crate) naming: Naming,
    /// The variant of `SpanKind`.
    pub(crate) kind: Option<Ident>,
    /// The variant of `Level`.
    pub(crate) level: Option<Ident>,
    pub(crate) scope: Option<Expr>,
    pub(crate) ok: bool,
    /// Where the function's name stands, or the block's macro.
    pub(crate) place: Span,
}

/// What the static's name is.
#[derive(Clone, Copy)]
pub(crate) enum Naming {
    /// The span's, as the user gave it.
    Span,
    /// A method's, before which its type's comes.
    Method,
    /// That of a function that may be a method without a receiver.
    Function,
}

/// How the span comes to be.
pub(crate) enum Start {
    /// It is the current one.
    Current,
    /// It is opened, by what is evaluated before.
    Opened(Box<Setup>),
}

/// What is evaluated before the span starts.
#[derive(Default)]
pub(crate) struct Setup {
    pub(crate) name: Option<Expr>,
    pub(crate) parent: Option<Expr>,
    pub(crate) root: Option<Root>,
    pub(crate) links: Option<Expr>,
}

impl Setup {
    /// Returns `true` if the span is not to be below the current one.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.parent.is_some() || self.root.is_some()
    }
}

/// What is made of the returned value.
pub(crate) struct Outcome {
    pub(crate) ret: Option<Ret>,
    pub(crate) failure: Failure,
    pub(crate) asking: Asking,
    pub(crate) error_type: Option<Expr>,
    pub(crate) error_if: Option<Expr>,
}

impl Outcome {
    /// Returns `true` if nothing is made of the returned value.
    pub(crate) fn is_unseen(&self) -> bool {
        self.ret.is_none() && self.error_if.is_none() && matches!(self.failure, Failure::Never)
    }
}

/// What the error in the returned value can be asked.
#[derive(Clone, Copy)]
pub(crate) enum Asking {
    /// Whether it is an `Error`, and for its text.
    All,
    /// Only for its text.
    Text,
    /// The same, as far as its type is known where the value is looked at.
    KnownText,
}

/// How a failure is found in the returned value.
pub(crate) enum Failure {
    Never,
    Detected,
    /// As `err = %` at this place asks.
    Display(Span),
    /// As `err = ?` at this place asks.
    Debug(Span),
}

impl SpanPlan {
    /// The plan for valid `args`; `function` gives the default name, `is_blind` says that no value can be seen, and
    /// `asking` what an error in it can be asked.
    pub(crate) fn new(
        mut args: Args,
        function: &Ident,
        is_blind: bool,
        asking: Asking,
    ) -> SpanPlan {
        let outcome = outcome(&mut args, is_blind, asking);
        let naming = if args.is_method {
            Naming::Method
        } else {
            Naming::Function
        };
        let (name, naming, dynamic_name) = split_name(args.name, function, naming);
        let path = value(args.runtime);
        SpanPlan {
            runtime: path.map_or_else(|| quote!(::traced), |path| quote!(#path)),
            site: Site {
                name,
                naming,
                kind: value(args.kind).map(|word| variant(&word)),
                level: value(args.level).map(|word| variant(&word)),
                scope: value(args.scope),
                ok: args.ok.is_some(),
                place: function.span(),
            },
            start: match args.current {
                Some(_) => Start::Current,
                None => Start::Opened(Box::new(Setup {
                    name: dynamic_name,
                    parent: value(args.parent),
                    root: value(args.root),
                    links: value(args.links),
                })),
            },
            attributes: value(args.attributes).unwrap_or_default(),
            outcome,
        }
    }
}

fn value<T>(setting: Option<Setting<T>>) -> Option<T> {
    setting.map(|setting| setting.value)
}

/// The name for the static, what it is, and the expression that replaces it at each call.
fn split_name(
    name: Option<Setting<Expr>>,
    function: &Ident,
    naming: Naming,
) -> (LitStr, Naming, Option<Expr>) {
    let at = Span::mixed_site().located_at(function.span());
    let default = LitStr::new(&function.unraw().to_string(), at);
    match value(name) {
        Some(Expr::Lit(ExprLit {
            lit: Lit::Str(literal),
            ..
        })) => (literal, Naming::Span, None),
        expression => (default, naming, expression),
    }
}

fn outcome(args: &mut Args, is_blind: bool, asking: Asking) -> Outcome {
    let failure = match args.err.take() {
        Some(err) => match err.value {
            ErrorFormat::Display => Failure::Display(err.key),
            ErrorFormat::Debug => Failure::Debug(err.key),
            ErrorFormat::Off => Failure::Never,
        },
        None if is_blind => Failure::Never,
        None => Failure::Detected,
    };
    Outcome {
        ret: value(args.ret.take()),
        failure,
        asking,
        error_type: value(args.error_type.take()),
        error_if: value(args.error_if.take()),
    }
}

/// `server` → `Server`.
fn variant(word: &Ident) -> Ident {
    let name = word.to_string();
    let (first, rest) = name.split_at(1);
    format_ident!("{}{rest}", first.to_uppercase(), span = word.span())
}
