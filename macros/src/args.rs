//! Attribute tokens → `Args`: every option with the key the user wrote, for underlining.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Lit, LitStr, Path, Token};

use crate::attributes::{self, Attribute, Format};
use crate::body::is_punct;
use crate::errors::Errors;
use crate::suggest;
use crate::values::{closure, error_format, parent, path, ret, root, skip, value, word};

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
    /// Whether the function is known to stand in an `impl` or a `trait`.
    pub(crate) is_method: bool,
    /// Whether the function is known to stand in an annotated `impl`, `trait` or `mod`.
    pub(crate) is_handed_on: bool,
}

/// An option: where its key stands, and its value.
pub(crate) struct Setting<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
    /// Whether it comes from the attribute of the `impl`, `trait` or `mod` around the function.
    pub(crate) inherited: bool,
}

/// The option by which an annotated `impl`, `trait` or `mod` hands its own options to a function.
pub(crate) const INHERITED: &str = "__inherited";

/// The option by which an annotated `impl` or `trait` tells a function that it is a method.
pub(crate) const METHOD: &str = "__method";

/// How an `Err` is rendered.
pub(crate) enum ErrorFormat {
    Display,
    Debug,
    Off,
}

/// How the returned value is recorded.
pub(crate) enum Ret {
    /// All of it, under the key `return`, as the option at this place asks.
    Whole(Format, Span),
    /// What closures make of it.
    Parts(Vec<Attribute>),
}

/// How a new trace is started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    Alone,
    Linked,
}

/// Parses the tokens after an option's key.
type ParseOption = fn(&mut Args, &Ident, ParseStream, &mut Errors) -> syn::Result<()>;

/// Every option.
const OPTIONS: &[(&str, ParseOption)] = &[
    ("name", |args, key, input, _| {
        set(&mut args.name, key, value(key, input)?)
    }),
    ("kind", |args, key, input, _| {
        set(&mut args.kind, key, word(key, input, KINDS)?)
    }),
    ("attributes", |args, key, input, errors| {
        set(
            &mut args.attributes,
            key,
            attributes::parse(key, input, errors)?,
        )
    }),
    ("ok", |args, key, _, _| set(&mut args.ok, key, ())),
    ("err", |args, key, input, _| {
        set(&mut args.err, key, error_format(key, input)?)
    }),
    ("error_type", |args, key, input, _| {
        set(
            &mut args.error_type,
            key,
            closure(key, input, "|error| \"type\"")?,
        )
    }),
    ("error_if", |args, key, input, _| {
        set(
            &mut args.error_if,
            key,
            closure(key, input, "|returned| returned.is_err()")?,
        )
    }),
    ("ret", |args, key, input, errors| {
        set(&mut args.ret, key, ret(key, input, errors)?)
    }),
    ("parent", |args, key, input, _| {
        set(&mut args.parent, key, parent(key, input)?)
    }),
    ("root", |args, key, input, _| {
        set(&mut args.root, key, root(input)?)
    }),
    ("links", |args, key, input, _| {
        set(&mut args.links, key, value(key, input)?)
    }),
    ("level", |args, key, input, _| {
        set(&mut args.level, key, word(key, input, LEVELS)?)
    }),
    ("scope", |args, key, input, _| {
        set(&mut args.scope, key, value(key, input)?)
    }),
    ("current", |args, key, _, _| set(&mut args.current, key, ())),
    ("stream", |args, key, _, _| set(&mut args.stream, key, ())),
    ("skip", |args, key, input, _| {
        set(&mut args.skip, key, skip(key, input)?)
    }),
    ("crate", |args, key, input, _| {
        set(&mut args.runtime, key, path(key, input)?)
    }),
];

/// The words that `kind` takes.
pub(crate) const KINDS: &[&str] = &["internal", "server", "client", "producer", "consumer"];

/// The words that `level` takes.
const LEVELS: &[&str] = &["info", "error", "warn", "debug", "trace"];

impl Args {
    /// Parses what stands between the parentheses; what is wrong with it goes to `errors`, the rest is kept.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Args {
        let mut args = Args::default();
        let options = |input: ParseStream| {
            positional_name(&mut args, input)?;
            while !input.is_empty() {
                let parsed = option(&mut args, input, errors);
                if errors.keep(parsed).is_none() {
                    skip_option(input);
                }
            }
            Ok(())
        };
        let parsed = options.parse2(tokens);
        errors.keep(parsed);
        args
    }
}

impl Args {
    /// The tokens of all expressions that are evaluated before the body.
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

/// Takes over those of the other's options that are not given here.
macro_rules! inherit {
    ($args:ident, $from:ident: $($option:ident)*) => { $(
        if $args.$option.is_none() {
            $args.$option = $from.$option.map(|setting| Setting { inherited: true, ..setting });
        }
    )* };
}

impl Args {
    fn inherit(&mut self, mut from: Args) {
        self.join_attributes(&mut from);
        // One parent replaces the other, though the options have different names.
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

    /// Puts the inherited attributes before the function's own; of two with one key, the function's stays.
    fn join_attributes(&mut self, from: &mut Args) {
        let Some(inherited) = from.attributes.take() else {
            return;
        };
        let joined = match self.attributes.take() {
            None => Setting {
                inherited: true,
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

/// The literal that may come first, without a key.
fn positional_name(args: &mut Args, input: ParseStream) -> syn::Result<()> {
    if !input.peek(LitStr) {
        return Ok(());
    }
    args.name = Some(literal_name(input.parse()?));
    end_of_option(input)
}

fn literal_name(literal: LitStr) -> Setting<Expr> {
    Setting {
        key: literal.span(),
        value: Expr::Lit(ExprLit {
            attrs: Vec::new(),
            lit: Lit::Str(literal),
        }),
        inherited: false,
    }
}

/// The error for a name that comes too late, which is taken all the same.
fn late_name(args: &mut Args, literal: LitStr) -> syn::Error {
    let message = match args.name {
        Some(_) => "the name is given twice, keep one of them",
        None => "the name comes first, write it before the other options",
    };
    let error = syn::Error::new(literal.span(), message);
    args.name.get_or_insert_with(|| literal_name(literal));
    error
}

fn option(args: &mut Args, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
    if input.peek(LitStr) {
        return Err(late_name(args, input.parse()?));
    }
    let key = input.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(
            error.span(),
            "expected an option, write `option` or `option = value`",
        )
    })?;
    let word = key.to_string();
    if word == INHERITED {
        let content;
        syn::parenthesized!(content in input);
        args.inherit(Args::parse(content.parse()?, errors));
        args.is_handed_on = true;
        return end_of_option(input);
    }
    if word == METHOD {
        args.is_method = true;
        return end_of_option(input);
    }
    let Some((_, parse)) = OPTIONS.iter().find(|(name, _)| *name == word) else {
        let names: Vec<&str> = OPTIONS.iter().map(|(name, _)| *name).collect();
        let message = suggest::unknown_option(&word, &names);
        return Err(syn::Error::new(key.span(), message));
    };
    parse(args, &key, input, errors)?;
    if input.peek(Token![=]) {
        let message = format!("`{key}` takes no value, write `{key}` alone or remove it");
        return Err(syn::Error::new(key.span(), message));
    }
    end_of_option(input)
}

fn end_of_option(input: ParseStream) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    input
        .parse::<Token![,]>()
        .map(drop)
        .map_err(|error| syn::Error::new(error.span(), "expected `,` between options"))
}

/// Goes on after the next comma, so that one wrong option does not hide the others.
fn skip_option(input: ParseStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        if is_punct(&token, ",") {
            return;
        }
    }
}

fn set<T>(setting: &mut Option<Setting<T>>, key: &Ident, value: T) -> syn::Result<()> {
    if setting.is_some() {
        let message = format!("`{key}` is given twice, keep one of them");
        return Err(syn::Error::new(key.span(), message));
    }
    let key = key.span();
    *setting = Some(Setting {
        key,
        value,
        inherited: false,
    });
    Ok(())
}
