//! `(Args, Function)` → `Plan`: every check that needs both is here, and what comes out is valid.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit, LitStr, Signature, Type};

use crate::args::{Args, ErrorFormat, KINDS, Setting};
use crate::attributes::Attribute;
use crate::errors::Errors;
use crate::function::Function;
use crate::parameters::Parameters;
use crate::returns;
use crate::shape::Shape;
use crate::suggest;

/// All that `expand` needs to know.
pub(crate) struct Plan<'f> {
    pub(crate) function: &'f Function,
    pub(crate) signature: Signature,
    /// The path of the runtime crate.
    pub(crate) runtime: TokenStream,
    pub(crate) site: Site,
    pub(crate) setup: Setup,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) shape: Shape,
    /// Statements that fix the order in which the arguments are dropped.
    pub(crate) captures: Vec<TokenStream>,
    /// The return type as the body can spell it; `None` for `!`.
    pub(crate) returns: Option<Type>,
    pub(crate) failure: Failure,
}

/// What the call site's static holds.
pub(crate) struct Site {
    pub(crate) name: LitStr,
    /// The variant of `SpanKind`.
    pub(crate) kind: Option<Ident>,
    pub(crate) ok: bool,
}

/// What is evaluated before the span starts.
pub(crate) struct Setup {
    pub(crate) name: Option<Expr>,
    pub(crate) parent: Option<Expr>,
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

impl<'f> Plan<'f> {
    /// `None` if something is wrong, which is then in `errors`.
    pub(crate) fn new(args: Args, function: &'f Function, errors: &mut Errors) -> Option<Plan<'f>> {
        let shape = Shape::of(function);
        let before = args.evaluated_before();
        let parameters = Parameters::of(function, shape, &before);
        let signature = parameters.signature;
        let (name, dynamic_name) = split_name(args.name, &signature.ident, errors);
        let attributes = args.attributes.map_or_else(Vec::new, |list| list.value);
        check_arguments(&attributes, &parameters.names, errors);
        let failure = errors.keep(failure(args.err, function, shape))?;
        Some(Plan {
            runtime: args.runtime.map_or_else(
                || quote!(::traced),
                |path| {
                    let path = path.value;
                    quote!(#path)
                },
            ),
            site: Site {
                name,
                kind: args.kind.map(|kind| variant(&kind.value)),
                ok: args.ok.is_some(),
            },
            setup: Setup {
                name: dynamic_name,
                parent: args.parent.map(|parent| parent.value),
            },
            attributes,
            shape,
            captures: parameters.statements,
            returns: (!returns::is_never(&signature.output))
                .then(|| returns::spelled(&signature.output)),
            failure,
            function,
            signature,
        })
    }
}

/// The name for the static, and the expression that replaces it at each call.
fn split_name(
    name: Option<Setting<Expr>>,
    function: &Ident,
    errors: &mut Errors,
) -> (LitStr, Option<Expr>) {
    let default = LitStr::new(&function.unraw().to_string(), function.span());
    match name.map(|name| name.value) {
        None => (default, None),
        Some(Expr::Lit(ExprLit {
            lit: Lit::Str(literal),
            ..
        })) => {
            if literal.value().is_empty() {
                let message = "a span needs a name, write one or leave it out for the function's";
                errors.push(syn::Error::new(literal.span(), message));
            }
            (literal, None)
        }
        Some(expression) => (default, Some(expression)),
    }
}

/// A key that stands alone must begin with an argument.
fn check_arguments(attributes: &[Attribute], arguments: &[Ident], errors: &mut Errors) {
    for argument in attributes
        .iter()
        .filter_map(|entry| entry.argument.as_ref())
    {
        if arguments.contains(argument) {
            continue;
        }
        let names: Vec<String> = arguments.iter().map(Ident::to_string).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let known = if names.is_empty() {
            "no arguments".to_owned()
        } else {
            suggest::list(&names)
        };
        let message = format!(
            "`{argument}` is not an argument, write `key = expression`: the function has {known}"
        );
        errors.push(syn::Error::new(argument.span(), message));
    }
}

fn failure(
    err: Option<Setting<ErrorFormat>>,
    function: &Function,
    shape: Shape,
) -> syn::Result<Failure> {
    let output = &function.signature.output;
    let blind = shape == Shape::InPlace || returns::surely_no_result(output);
    Ok(match err {
        Some(err) if blind => {
            let message = "`err` has no `Result` to look at here, remove it";
            return Err(syn::Error::new(err.key, message));
        }
        Some(err) => match err.value {
            ErrorFormat::Display => Failure::Display(err.key),
            ErrorFormat::Debug => Failure::Debug(err.key),
            ErrorFormat::Off => Failure::Never,
        },
        None if blind => Failure::Never,
        None => Failure::Detected,
    })
}

/// `server` → `Server`.
fn variant(word: &Ident) -> Ident {
    let name = word.to_string();
    debug_assert!(KINDS.contains(&name.as_str()));
    let (first, rest) = name.split_at(1);
    format_ident!("{}{rest}", first.to_uppercase(), span = word.span())
}
