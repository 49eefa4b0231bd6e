//! Item tokens → a function: its signature, parsed, and its body, as the user wrote it.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{Attribute, LitStr, Signature, Token, Visibility, token};

use crate::parse::macro_variables;

/// A function with a body.
pub(crate) struct Function {
    /// The outer attributes, followed by the inner ones of the body, which mean the same on a
    /// function.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) default: Option<Token![default]>,
    pub(crate) signature: Signature,
    /// The braces with the user's own tokens in them. The tokens are never parsed.
    pub(crate) body: Group,
}

impl Function {
    /// Parses a function with a body, and reports what cannot be traced.
    pub(crate) fn parse(item: TokenStream) -> syn::Result<Function> {
        syn::parse2(item)
    }

    /// Returns `true` if the function has an attribute of this name.
    pub(crate) fn has_attribute(&self, name: &str) -> bool {
        self.attributes
            .iter()
            .any(|attribute| attribute.path().is_ident(name))
    }
}

impl Parse for Function {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut attributes = input.call(Attribute::parse_outer)?;
        let visibility = macro_variables::visibility(input)?;
        let default: Option<Token![default]> = input.parse()?;
        let signature = parse_signature(input)?;
        if input.peek(Token![;]) {
            let message = "a function without a body has nothing to trace, write `#[traced]` on the functions that implement it";
            return Err(syn::Error::new(signature.ident.span(), message));
        }
        let body = parse_body(input, &mut attributes)?;
        Ok(Function {
            attributes,
            visibility,
            default,
            signature,
            body,
        })
    }
}

fn parse_signature(input: ParseStream) -> syn::Result<Signature> {
    let starts_function = input.peek(Token![fn])
        || input.peek(Token![const]) && !input.peek2(syn::Ident)
        || input.peek(Token![async])
        || input.peek(Token![unsafe]) && !input.peek2(Token![impl]) && !input.peek2(Token![trait])
        || input.peek(Token![extern]) && !input.peek2(Token![crate]);
    if !starts_function || is_foreign_block(&input.fork()) {
        let message = "`#[traced]` cannot be used here, put it on a function, an `impl` block, a trait or an inline module";
        return Err(input.error(message));
    }
    let signature = macro_variables::signature(input)?;
    if let Some(constness) = &signature.constness {
        let message = "a `const fn` cannot open a span, remove `const` or the attribute";
        return Err(syn::Error::new(constness.span(), message));
    }
    if let Some(variadic) = &signature.variadic {
        let message =
            "a variadic function cannot be traced, write `#[traced]` on a function that it calls";
        return Err(syn::Error::new(variadic.span(), message));
    }
    Ok(signature)
}

/// Returns `true` for a block of foreign functions: `unsafe extern "C" { … }`.
fn is_foreign_block(input: ParseStream) -> bool {
    let block = || -> syn::Result<bool> {
        input.parse::<Option<Token![unsafe]>>()?;
        input.parse::<Token![extern]>()?;
        input.parse::<Option<LitStr>>()?;
        Ok(input.peek(token::Brace))
    };
    block().unwrap_or(false)
}

/// Parses the braces. The inner attributes in them are moved to `attributes`; without any, the
/// group is returned as it came.
fn parse_body(input: ParseStream, attributes: &mut Vec<Attribute>) -> syn::Result<Group> {
    let original = input.cursor().token_tree();
    let content;
    let brace = syn::braced!(content in input);
    let inner = content.call(Attribute::parse_inner)?;
    let statements: TokenStream = content.parse()?;
    if let Some((TokenTree::Group(original), _)) = original
        && original.delimiter() == Delimiter::Brace
        && inner.is_empty()
    {
        return Ok(original);
    }
    attributes.extend(inner.into_iter().map(|attribute| Attribute {
        style: syn::AttrStyle::Outer,
        ..attribute
    }));
    let mut body = Group::new(Delimiter::Brace, macro_variables::kept_together(statements));
    body.set_span(brace.span.join());
    Ok(body)
}
