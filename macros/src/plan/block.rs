//! Plans a `span!` block, by what its tokens say.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use crate::errors::Errors;
use crate::parse::args::Args;
use crate::plan::awaits::first_await;
use crate::plan::checks;
use crate::plan::span_plan::{Probe, SpanPlan};
use crate::tokens::is_punct;

/// Everything that the expansion of a block depends on.
pub(crate) struct BlockPlan<'b> {
    pub(crate) body: &'b TokenStream,
    /// `async` or `async move`, if the block is a future.
    pub(crate) asyncness: Option<TokenStream>,
    /// `true` if it is certain that the code after the block is unreachable.
    pub(crate) never_ends: bool,
    pub(crate) span: SpanPlan,
}

impl<'b> BlockPlan<'b> {
    /// Creates the plan, which must not be used if anything is added to `errors`.
    pub(crate) fn new(args: Args, body: &'b TokenStream, errors: &mut Errors) -> BlockPlan<'b> {
        checks::check_block(&args, errors);
        let asyncness = asyncness(body);
        if asyncness.is_none() {
            check_awaits(body, errors);
        }
        // The span's location is where the macro is called.
        let place = Ident::new("span", Span::call_site());
        BlockPlan {
            // The type of the block's value is spelled nowhere.
            span: SpanPlan::new(args, &place, has_value(body), Probe::KnownText),
            never_ends: never_ends(body),
            asyncness,
            body,
        }
    }
}

/// Reports an `await` in a block that is not a future. While the function waits, the span of the
/// block would be current for other tasks on the thread.
fn check_awaits(body: &TokenStream, errors: &mut Errors) {
    if let Some(at) = first_await(body.clone()) {
        let message = "the block cannot await while its span is current, write `span!(… => async { … }).await`";
        errors.push(syn::Error::new(at, message));
    }
}

/// Returns `false` if the block has no value: if it is empty or ends with a semicolon.
fn has_value(body: &TokenStream) -> bool {
    let Some(TokenTree::Group(block)) = body.clone().into_iter().last() else {
        return true;
    };
    if asyncness(body).is_none() && body.clone().into_iter().count() > 1 {
        return true;
    }
    let last = block.stream().into_iter().last();
    last.is_some_and(|last| !is_punct(&last, ";"))
}

/// Returns `true` if it is certain that control never reaches the end of the block.
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

/// Returns `async` or `async move` if the body is such a block and nothing else.
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
