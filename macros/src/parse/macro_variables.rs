//! Expressions that come from the variables of a `macro_rules!`.
//!
//! What `$e:expr` stands for arrives in a group without delimiters, which keeps it together: `$e * 2` with `1 + 1` is 4. The
//! compiler takes no notice of such a group once a macro has emitted it anew, so parentheses take its place.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprParen, Signature, Type, TypeParen, Visibility, token};

/// Parses an expression that keeps its meaning when it is emitted.
pub(crate) fn expression(input: ParseStream) -> syn::Result<Expr> {
    let mut expression = input.parse()?;
    Parenthesize.visit_expr_mut(&mut expression);
    Ok(expression)
}

/// The tokens of an expression, which is parsed only if it has a variable in it.
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
    // What does not parse gets the compiler's own error.
    syn::parse::Parser::parse2(expression, tokens.clone()).map_or(tokens, Expr::into_token_stream)
}

/// Parses a visibility; that of a variable keeps the macro's span, by which lints know that the macro wrote the item.
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

fn of_macro(mut visibility: Visibility, at: Span) -> Visibility {
    match &mut visibility {
        Visibility::Public(token) => token.span = at,
        Visibility::Restricted(restricted) => restricted.pub_token.span = at,
        Visibility::Inherited => {}
    }
    visibility
}

/// Parses a signature that keeps its meaning when it is emitted.
pub(crate) fn signature(input: ParseStream) -> syn::Result<Signature> {
    let mut signature = input.parse()?;
    Parenthesize.visit_signature_mut(&mut signature);
    Ok(signature)
}

/// The tokens, of whatever they are, with parentheses in the place of groups without delimiters that precedence could tear apart.
///
/// Groups below the first level need none where they are handed on as they came.
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
    if !can_be_torn(group.stream()) {
        return tree;
    }
    let mut kept = Group::new(Delimiter::Parenthesis, group.stream());
    kept.set_span(Span::mixed_site().located_at(group.span()));
    TokenTree::Group(kept)
}

/// Whether these are an expression or a type of several parts. What else they could be as well, a pattern or a type, may have
/// parentheses too.
fn can_be_torn(tokens: TokenStream) -> bool {
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

/// Puts parentheses in the place of groups without delimiters.
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

/// Parentheses of an expansion, which no lint finds unnecessary.
fn paren(at: Span) -> token::Paren {
    token::Paren(Span::mixed_site().located_at(at))
}
