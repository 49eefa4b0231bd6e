//! The plan of one span, whether it is around a function or a block.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit, LitStr};

use crate::parse::args::{Args, Setting};
use crate::parse::attributes::Attribute;
use crate::parse::option_values::{ErrorFormat, Ret, Root};

/// Everything about a span that the expansion depends on.
pub(crate) struct SpanPlan {
    /// The path of the crate `traced`.
    pub(crate) runtime: TokenStream,
    pub(crate) site: Site,
    pub(crate) start: Start,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) outcome: Outcome,
}

/// The constant facts about a span, which the static of its call site holds.
pub(crate) struct Site {
    pub(crate) name: LitStr,
    pub(crate) naming: Naming,
    /// The variant of `SpanKind`.
    pub(crate) kind: Option<Ident>,
    /// The variant of `Level`.
    pub(crate) level: Option<Ident>,
    pub(crate) scope: Option<Expr>,
    pub(crate) ok: bool,
    /// The place of the function's name, or of `span!`.
    pub(crate) place: Span,
}

/// The meaning of the name in the static.
#[derive(Clone, Copy)]
pub(crate) enum Naming {
    /// The name of the span, as the user gave it.
    Span,
    /// The name of a method. The name of its type is put before it.
    Method,
    /// The name of a function, which may be an associated function.
    Function,
}

/// The origin of the span.
pub(crate) enum Start {
    /// The span is the one that is current already.
    Current,
    /// The span is opened, as the `Setup` says.
    Opened(Box<Setup>),
}

/// The options that are evaluated before the span starts.
#[derive(Default)]
pub(crate) struct Setup {
    pub(crate) name: Option<Expr>,
    pub(crate) parent: Option<Expr>,
    pub(crate) root: Option<Root>,
    pub(crate) links: Option<Expr>,
}

impl Setup {
    /// Returns `true` if the span may have another parent than the current span.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.parent.is_some() || self.root.is_some()
    }
}

/// The options that are about the returned value.
pub(crate) struct Outcome {
    pub(crate) ret: Option<Ret>,
    pub(crate) detection: Detection,
    pub(crate) probe: Probe,
    pub(crate) error_type: Option<Expr>,
    pub(crate) error_if: Option<Expr>,
}

impl Outcome {
    /// Returns `true` if nothing is done with the returned value.
    pub(crate) fn is_ignored(&self) -> bool {
        self.ret.is_none() && self.error_if.is_none() && matches!(self.detection, Detection::Off)
    }
}

/// The questions that the runtime may ask about an error in the returned value.
#[derive(Clone, Copy)]
pub(crate) enum Probe {
    /// The runtime may ask whether the error implements `Error`, and for its text.
    Error,
    /// The runtime may only ask for the error's text.
    Text,
    /// The runtime may ask for the error's text, if the compiler knows the error's type at this
    /// point.
    KnownText,
}

/// The way in which errors in the returned value are detected and rendered.
pub(crate) enum Detection {
    Off,
    /// The best rendering that the error's type supports is chosen.
    Automatic,
    /// The option `err = %` at this place asks for `Display`.
    Display(Span),
    /// The option `err = ?` at this place asks for `Debug`.
    Debug(Span),
}

impl SpanPlan {
    /// Creates the plan from options that are known to be valid.
    ///
    /// `function` is the default name, `shows_errors` says whether an `Err` can be seen in the
    /// returned value, and `probe` says what can be found out about that `Err`.
    pub(crate) fn new(
        mut args: Args,
        function: &Ident,
        shows_errors: bool,
        probe: Probe,
    ) -> SpanPlan {
        let outcome = outcome(&mut args, shows_errors, probe);
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

/// Returns the name for the static, what it stands for, and the expression that replaces it at each
/// call.
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

fn outcome(args: &mut Args, shows_errors: bool, probe: Probe) -> Outcome {
    let detection = match args.err.take() {
        Some(err) => match err.value {
            ErrorFormat::Display => Detection::Display(err.key),
            ErrorFormat::Debug => Detection::Debug(err.key),
            ErrorFormat::Off => Detection::Off,
        },
        None if shows_errors => Detection::Automatic,
        None => Detection::Off,
    };
    Outcome {
        ret: value(args.ret.take()),
        detection,
        probe,
        error_type: value(args.error_type.take()),
        error_if: value(args.error_if.take()),
    }
}

/// Turns the word of an option into the name of a variant: `server` into `Server`.
fn variant(word: &Ident) -> Ident {
    let name = word.to_string();
    let (first, rest) = name.split_at(1);
    format_ident!("{}{rest}", first.to_uppercase(), span = word.span())
}
