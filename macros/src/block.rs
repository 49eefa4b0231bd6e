//! `span!`: the same for a block.

use proc_macro2::{Ident, Spacing, Span, TokenStream, TokenTree};

use crate::args::Args;
use crate::awaits::first_await;
use crate::body::is_punct;
use crate::checks;
use crate::errors::Errors;
use crate::pieces::{look, start, tokens};
use crate::plan::{Asking, SpanPlan};
use crate::variables;

/// What `span!(OPTIONS => BLOCK)` becomes.
pub(crate) fn span(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(Block { options, body }) = errors.keep(Block::split(input)) else {
        let errors = errors.into_tokens();
        return tokens!({ #errors });
    };
    let args = Args::parse(options, &mut errors);
    checks::check_block(&args, &mut errors);
    check_awaits(&body, &mut errors);
    match errors.into_tokens() {
        None => {
            // A block's span lies where the macro is called.
            let place = Ident::new("span", Span::call_site());
            // The value's type is not spelled anywhere.
            let plan = SpanPlan::new(args, &place, is_blind(&body), Asking::KnownText);
            expand(&plan, &body)
        }
        // With the block's value, so that there are no errors around it.
        errors => tokens!({ #errors match () { () => #body } }),
    }
}

/// The span of a block that is not a future must not be current while the function around it waits.
fn check_awaits(body: &TokenStream, errors: &mut Errors) {
    if asyncness(body).is_some() {
        return;
    }
    if let Some(at) = first_await(body.clone()) {
        let message = "the block cannot wait while its span is current, write `span!(… => async { … }).await`";
        errors.push(syn::Error::new(at, message));
    }
}

// Output:
//
//     ::traced::private::leave(
//         ::traced::private::enter(::traced::private::start(…)),
//         match () { () => BODY },
//         |ret, _| …,
//     )
//
// The `match` is there because braces around an argument are found unnecessary.
// What leaves BODY on another way drops the guard that `enter` made. Where nothing is to be seen of BODY, or it never comes to its end,
// that is all there is to do, and the call of `leave` would be found unreachable:
//
//     { let _span = ::traced::private::enter(::traced::private::start(…)); (BODY) }
//
// For `async move BLOCK`:
//
//     async move { ::traced::private::future_by(::traced::private::start(…), async move BLOCK, |ret, _| …).await }
fn expand(plan: &SpanPlan, body: &TokenStream) -> TokenStream {
    let runtime = &plan.runtime;
    let (start, look) = (start(plan), look(plan));
    let is_guarded = never_ends(body) || plan.outcome.is_unseen() && !plan.site.ok;
    match asyncness(body) {
        None if is_guarded => {
            tokens!({ let _span = #runtime::private::enter(#start); (#body) })
        }
        None => tokens!(
            #runtime::private::leave(
                #runtime::private::enter(#start),
                match () { () => #body },
                #look,
            )
        ),
        Some(asyncness) => tokens!(
            #asyncness { #runtime::private::future_by(#start, #body, #look).await }
        ),
    }
}

struct Block {
    options: TokenStream,
    body: TokenStream,
}

impl Block {
    /// Splits at the first `=>`.
    fn split(input: TokenStream) -> syn::Result<Block> {
        let tokens: Vec<TokenTree> = input.into_iter().collect();
        let is_arrow = |pair: &[TokenTree]| {
            matches!(pair, [TokenTree::Punct(equals), TokenTree::Punct(greater)]
                if equals.as_char() == '=' && equals.spacing() == Spacing::Joint && greater.as_char() == '>')
        };
        let arrow = tokens.windows(2).position(is_arrow);
        match arrow {
            Some(at) if at + 2 < tokens.len() => Ok(Block {
                options: tokens[..at].iter().cloned().collect(),
                body: variables::body(tokens[at + 2..].iter().cloned().collect()),
            }),
            _ => {
                let message = "expected a block, write `span!(\"name\", option = value => { … })`";
                Err(syn::Error::new(Span::call_site(), message))
            }
        }
    }
}

/// Whether nothing can be seen of the block's value, since it has none.
fn is_blind(body: &TokenStream) -> bool {
    let Some(TokenTree::Group(block)) = body.clone().into_iter().last() else {
        return false;
    };
    if asyncness(body).is_none() && body.clone().into_iter().count() > 1 {
        return false;
    }
    match block.stream().into_iter().last() {
        Some(last) => is_punct(&last, ";"),
        None => true,
    }
}

/// Returns `true` if the block surely never comes to its end.
fn never_ends(body: &TokenStream) -> bool {
    let trees: Vec<TokenTree> = body.clone().into_iter().collect();
    let [TokenTree::Group(block)] = trees.as_slice() else {
        return false;
    };
    let mut trees: Vec<TokenTree> = block.stream().into_iter().collect();
    if trees.last().is_some_and(|last| is_punct(last, ";")) {
        trees.pop();
    }
    let start = trees.iter().rposition(|tree| is_punct(tree, ";"));
    let last: Vec<String> = trees[start.map_or(0, |at| at + 1)..]
        .iter()
        .map(TokenTree::to_string)
        .collect();
    let last: Vec<&str> = last.iter().map(String::as_str).collect();
    let is_jump = |(at, word): (usize, &&str)| {
        let begins = at == 0 || last[at - 1].ends_with('}');
        begins && ["return", "break", "continue"].contains(word)
    };
    if last.iter().enumerate().any(is_jump) {
        return true;
    }
    match last.as_slice() {
        ["loop", looped] => !looped.contains("break"),
        [
            path @ ..,
            "panic" | "todo" | "unimplemented" | "unreachable",
            "!",
            _,
        ]
        | [path @ .., "process", ":", ":", "exit" | "abort", _] => {
            matches!(path, [] | ["std", ":", ":"] | [":", ":", "std", ":", ":"])
        }
        _ => false,
    }
}

/// `async` or `async move`, if the body is such a block and nothing else.
fn asyncness(body: &TokenStream) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = body.clone().into_iter().collect();
    let (block, words) = tokens.split_last()?;
    let is_word =
        |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    let is_async = match words {
        [first] => is_word(first, "async"),
        [first, second] => is_word(first, "async") && is_word(second, "move"),
        _ => false,
    };
    (is_async && matches!(block, TokenTree::Group(_))).then(|| words.iter().cloned().collect())
}
