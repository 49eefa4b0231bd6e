//! Attribute tokens → `Args`: every option with the key the user wrote, for underlining.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Lit, LitStr, Path, Token};

use crate::attributes::{self, Attribute, Format};
use crate::errors::Errors;
use crate::suggest;

/// The options of one `#[traced(…)]`, as the user wrote them.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) name: Option<Setting<Expr>>,
    pub(crate) kind: Option<Setting<Ident>>,
    pub(crate) attributes: Option<Setting<Vec<Attribute>>>,
    pub(crate) ok: Option<Setting<()>>,
    pub(crate) err: Option<Setting<ErrorFormat>>,
    pub(crate) parent: Option<Setting<Expr>>,
    pub(crate) runtime: Option<Setting<Path>>,
}

/// An option: where its key stands, and its value.
pub(crate) struct Setting<T> {
    pub(crate) key: Span,
    pub(crate) value: T,
}

/// How an `Err` is rendered.
pub(crate) enum ErrorFormat {
    Display,
    Debug,
    Off,
}

/// Parses the tokens after an option's key.
type ParseOption = fn(&mut Args, &Ident, ParseStream, &mut Errors) -> syn::Result<()>;

/// Every option.
const OPTIONS: &[(&str, ParseOption)] = &[
    ("name", |args, key, input, _| {
        set(&mut args.name, key, value(key, input)?)
    }),
    ("kind", |args, key, input, _| {
        set(&mut args.kind, key, word(key, input, "kind", KINDS)?)
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
    ("parent", |args, key, input, _| {
        set(&mut args.parent, key, value(key, input)?)
    }),
    ("crate", |args, key, input, _| {
        equals(key, input, "path::to::traced")?;
        set(&mut args.runtime, key, Path::parse_mod_style(input)?)
    }),
];

/// The words that `kind` takes.
pub(crate) const KINDS: &[&str] = &["internal", "server", "client", "producer", "consumer"];

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
        let settings = [&self.name, &self.parent].into_iter().flatten();
        let settings = settings.map(|setting| &setting.value);
        quote!(#(#values)* #(#settings)*)
    }
}

/// The literal that may stand first, without a key.
fn positional_name(args: &mut Args, input: ParseStream) -> syn::Result<()> {
    if !input.peek(LitStr) {
        return Ok(());
    }
    let literal: LitStr = input.parse()?;
    args.name = Some(Setting {
        key: literal.span(),
        value: Expr::Lit(ExprLit {
            attrs: Vec::new(),
            lit: Lit::Str(literal),
        }),
    });
    end_of_option(input)
}

fn option(args: &mut Args, input: ParseStream, errors: &mut Errors) -> syn::Result<()> {
    if input.peek(LitStr) {
        let message = "the span's name stands first, write `#[traced(\"name\", …)]`";
        return Err(input.error(message));
    }
    let key = input.call(Ident::parse_any).map_err(|error| {
        syn::Error::new(
            error.span(),
            "expected an option, write `option` or `option = value`",
        )
    })?;
    let word = key.to_string();
    let Some((_, parse)) = OPTIONS.iter().find(|(name, _)| *name == word) else {
        let names: Vec<&str> = OPTIONS.iter().map(|(name, _)| *name).collect();
        let message = suggest::unknown("option", &word, &names);
        return Err(syn::Error::new(key.span(), message));
    };
    parse(args, &key, input, errors)?;
    end_of_option(input)
}

fn end_of_option(input: ParseStream) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    input
        .parse::<Token![,]>()
        .map(drop)
        .map_err(|error| syn::Error::new(error.span(), "expected `,` between two options"))
}

/// Goes on after the next comma, so that one wrong option does not hide the others.
fn skip_option(input: ParseStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',') {
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
    *setting = Some(Setting { key, value });
    Ok(())
}

/// The `=` after an option's key; `example` is what could stand behind it.
fn equals(key: &Ident, input: ParseStream, example: &str) -> syn::Result<()> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        if !input.is_empty() {
            return Ok(());
        }
    }
    let message = format!("`{key}` needs a value, write `{key} = {example}`");
    Err(syn::Error::new(key.span(), message))
}

fn value(key: &Ident, input: ParseStream) -> syn::Result<Expr> {
    equals(key, input, "expression")?;
    input.parse()
}

/// One of the words in `valid`.
fn word(key: &Ident, input: ParseStream, what: &str, valid: &[&'static str]) -> syn::Result<Ident> {
    equals(key, input, valid[0])?;
    let word = input.call(Ident::parse_any).map_err(|error| {
        let message = format!(
            "expected a bare word: valid here are {}",
            suggest::list(valid)
        );
        syn::Error::new(error.span(), message)
    })?;
    if valid.contains(&word.to_string().as_str()) {
        return Ok(word);
    }
    let message = suggest::unknown(what, &word.to_string(), valid);
    Err(syn::Error::new(word.span(), message))
}

fn error_format(key: &Ident, input: ParseStream) -> syn::Result<ErrorFormat> {
    equals(key, input, "?")?;
    match Format::parse(input)? {
        Format::Display => return Ok(ErrorFormat::Display),
        Format::Debug => return Ok(ErrorFormat::Debug),
        Format::Value => {}
    }
    let at = input.span();
    match input.call(Ident::parse_any) {
        Ok(word) if word == "off" => Ok(ErrorFormat::Off),
        _ => Err(syn::Error::new(
            at,
            "expected `%` (Display), `?` (Debug) or `off`",
        )),
    }
}
