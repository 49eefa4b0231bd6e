//! Keeps together what a `macro_rules!` inserted for one of its variables.
//!
//! The compiler wraps what it inserts for `$e:expr` in a group that has no delimiters. Thanks to
//! that group, `$e * 2` is 4 if `$e` is `1 + 1`. But the compiler ignores such a group in the
//! output of a procedural macro, and would read `1 + 1 * 2`. So this module replaces it with
//! parentheses.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprParen, Signature, Type, TypeParen, Visibility, token};

/// Parses an expression, in which parentheses replace the groups of macro variables.
pub(crate) fn expression(input: ParseStream) -> syn::Result<Expr> {
    let mut expression = input.parse()?;
    Parenthesize.visit_expr_mut(&mut expression);
    Ok(expression)
}

/// Returns the tokens of a `span!` block, in which parentheses replace the groups of macro
/// variables. The block is parsed only if it has such a group.
pub(crate) fn body(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    if let [TokenTree::Group(group)] = trees.as_slice()
        && group.delimiter() == Delimiter::None
    {
        return body(group.stream());
    }
    let is_variable = |tree: &TokenTree| matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::None);
    if !trees.iter().any(is_variable) {
        return tokens;
    }
    // If it does not parse, the compiler's own error is better than ours.
    syn::parse::Parser::parse2(expression, tokens.clone()).map_or(tokens, Expr::into_token_stream)
}

/// Parses a visibility.
///
/// One that a macro variable stands for keeps the span of the macro. That span tells lints that the
/// macro wrote the item.
pub(crate) fn visibility(input: ParseStream) -> syn::Result<Visibility> {
    let variable = match input.cursor().token_tree() {
        Some((TokenTree::Group(group), _)) if group.delimiter() == Delimiter::None => Some(group),
        _ => None,
    };
    let visibility = input.parse()?;
    Ok(match variable {
        Some(variable) => of_macro(visibility, variable.span()),
        None => visibility,
    })
}

/// Gives the visibility the span of a macro variable.
fn of_macro(mut visibility: Visibility, at: Span) -> Visibility {
    match &mut visibility {
        Visibility::Public(token) => token.span = at,
        Visibility::Restricted(restricted) => restricted.pub_token.span = at,
        Visibility::Inherited => {}
    }
    visibility
}

/// Parses a signature, in which parentheses replace the groups of macro variables.
pub(crate) fn signature(input: ParseStream) -> syn::Result<Signature> {
    let mut signature = input.parse()?;
    Parenthesize.visit_signature_mut(&mut signature);
    Ok(signature)
}

/// Returns tokens of any kind, in which parentheses replace the groups that precedence could break
/// up.
///
/// Only the first level is searched, since nested groups are passed on untouched.
pub(crate) fn kept_together(tokens: TokenStream) -> TokenStream {
    tokens.into_iter().map(keep_together).collect()
}

fn keep_together(tree: TokenTree) -> TokenTree {
    let TokenTree::Group(group) = &tree else {
        return tree;
    };
    if group.delimiter() != Delimiter::None {
        return tree;
    }
    if let Ok(visibility @ (Visibility::Public(_) | Visibility::Restricted(_))) =
        syn::parse2(group.stream())
    {
        let mut kept = Group::new(
            Delimiter::None,
            of_macro(visibility, group.span()).into_token_stream(),
        );
        kept.set_span(group.span());
        return TokenTree::Group(kept);
    }
    if !can_be_broken_up(group.stream()) {
        return tree;
    }
    let mut kept = Group::new(Delimiter::Parenthesis, group.stream());
    kept.set_span(Span::mixed_site().located_at(group.span()));
    TokenTree::Group(kept)
}

/// Returns `true` if precedence could break up these tokens: if they are an expression or a type of
/// several parts. (They may also be a pattern, which may be put in parentheses as well.)
fn can_be_broken_up(tokens: TokenStream) -> bool {
    match syn::parse2::<Expr>(tokens.clone()) {
        Ok(expression) => matches!(
            expression,
            Expr::Assign(_)
                | Expr::Binary(_)
                | Expr::Break(_)
                | Expr::Cast(_)
                | Expr::Closure(_)
                | Expr::Range(_)
                | Expr::RawAddr(_)
                | Expr::Reference(_)
                | Expr::Return(_)
                | Expr::Unary(_)
                | Expr::Yield(_)
        ),
        Err(_) => matches!(
            syn::parse2(tokens),
            Ok(Type::TraitObject(_) | Type::ImplTrait(_))
        ),
    }
}

/// A visitor that replaces groups without delimiters with parentheses.
struct Parenthesize;

impl VisitMut for Parenthesize {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        if let Expr::Group(group) = expression {
            let inner = std::mem::replace(&mut *group.expr, Expr::PLACEHOLDER);
            *expression = match inner {
                single @ (Expr::Lit(_) | Expr::Path(_) | Expr::Paren(_)) => single,
                inner => Expr::Paren(ExprParen {
                    attrs: Vec::new(),
                    paren_token: paren(group.group_token.span),
                    expr: Box::new(inner),
                }),
            };
        }
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        visit_mut::visit_type_mut(self, ty);
        if let Type::Group(group) = ty
            && matches!(*group.elem, Type::TraitObject(_) | Type::ImplTrait(_))
        {
            *ty = Type::Paren(TypeParen {
                attrs: Vec::new(),
                paren_token: paren(group.group_token.span),
                elem: group.elem.clone(),
            });
        }
    }
}

/// Returns parentheses that no lint calls unnecessary, since they come from an expansion.
fn paren(at: Span) -> token::Paren {
    token::Paren(Span::mixed_site().located_at(at))
}
