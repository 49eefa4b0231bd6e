//! Questions about the tokens of a `span!` block.

use proc_macro2::{TokenStream, TokenTree};

use crate::tokens::is_punct;

/// Whether nothing can be seen of the block's value, since it has none.
pub(crate) fn is_blind(body: &TokenStream) -> bool {
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
pub(crate) fn never_ends(body: &TokenStream) -> bool {
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
pub(crate) fn asyncness(body: &TokenStream) -> Option<TokenStream> {
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
