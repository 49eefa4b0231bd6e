//! Attribute tokens → `Args`. The table of all options is here.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Lit, LitStr, Token};

use crate::errors::Errors;
use crate::parse::args::{Args, INHERITED, METHOD, Setting};
use crate::parse::attributes;
use crate::parse::option_values::{
    closure, error_format, parent, path, ret, root, skip, value, word,
};
use crate::parse::suggest;
use crate::tokens::is_punct;

/// Parses what follows the key of an option, and stores it in the `Args`.
type ParseOption = fn(&mut Args, &Ident, ParseStream, &mut Errors) -> syn::Result<()>;

/// All options, with the parser of each.
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

/// The valid words after `kind =`.
pub(crate) const KINDS: &[&str] = &["internal", "server", "client", "producer", "consumer"];

/// The valid words after `level =`.
const LEVELS: &[&str] = &["info", "error", "warn", "debug", "trace"];

/// Parses what stands between the parentheses of the attribute.
///
/// Mistakes are added to `errors`; the options that are right are kept.
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

/// Parses the name if it comes first, as a literal without a key.
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
        is_inherited: false,
    }
}

/// Returns the error for a literal that is not the first option. It still becomes the name, so that
/// a missing name is not reported as well.
fn late_name(args: &mut Args, literal: LitStr) -> syn::Error {
    let message = match args.name {
        Some(_) => "the name is given twice, keep one of them",
        None => "the name must come first, write it before the other options",
    };
    let error = syn::Error::new(literal.span(), message);
    args.name.get_or_insert_with(|| literal_name(literal));
    error
}

/// Parses one option, with the comma that follows it.
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
        args.inherit(self::parse(content.parse()?, errors));
        args.is_in_container = true;
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

/// Skips to the option after the next comma, so that one mistake does not hide others.
fn skip_option(input: ParseStream) {
    while let Ok(token) = input.parse::<TokenTree>() {
        if is_punct(&token, ",") {
            return;
        }
    }
}

/// Stores an option, unless it is given already.
fn set<T>(setting: &mut Option<Setting<T>>, key: &Ident, value: T) -> syn::Result<()> {
    if setting.is_some() {
        let message = format!("`{key}` is given twice, keep one of them");
        return Err(syn::Error::new(key.span(), message));
    }
    let key = key.span();
    *setting = Some(Setting {
        key,
        value,
        is_inherited: false,
    });
    Ok(())
}
