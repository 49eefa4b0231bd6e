//! Where a block suspends the function around it.
//!
//! The span of a block that is not a future is current on its thread until the block is left. If the function waits meanwhile,
//! other tasks run on the thread, and their spans would become children of the block's. The compiler has a lint that would
//! find every such place, `must_not_suspend`, but it is not stable; a guard that is not `Send` is found only where the future
//! must be `Send`. So the block's tokens are searched.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

use crate::tokens::is_punct;

/// Macros that evaluate their arguments where they stand. Others may put them into an `async` block, as `stream!` does.
const IN_PLACE: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "bail",
    "dbg",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "ensure",
    "eprint",
    "eprintln",
    "error",
    "format",
    "format_args",
    "info",
    "matches",
    "panic",
    "print",
    "println",
    "todo",
    "trace",
    "unreachable",
    "vec",
    "warn",
    "write",
    "writeln",
];

/// Macros that wait themselves, and the crates that have them.
const WAITING: &[&str] = &["join", "select", "select_biased", "try_join"];
const WAITING_CRATES: &[&str] = &["futures", "futures_util", "tokio"];

/// The first `await` in the block's own code, which is not that of `async` blocks, closures and functions in it, nor that of
/// macros which nothing is known of.
pub(crate) fn first_await(block: TokenStream) -> Option<Span> {
    let trees: Vec<TokenTree> = block.into_iter().collect();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        let (before, behind) = (&trees[..at], &trees[at + 1..]);
        at += 1;
        let found = match tree {
            TokenTree::Ident(word) if word == "await" => Some(word.span()),
            TokenTree::Ident(word) if word == "async" => {
                at += length_of_async(behind);
                None
            }
            TokenTree::Ident(word) if word == "fn" => {
                at += length_of_function(behind);
                None
            }
            TokenTree::Ident(name) if is_macro(name, behind) => {
                if !IN_PLACE.iter().any(|known| name == known) {
                    at += 2;
                }
                is_waiting(name, before).then(|| name.span())
            }
            TokenTree::Group(group) => first_await(group.stream()),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// Whether `name` and `behind` are a macro's call.
fn is_macro(name: &Ident, behind: &[TokenTree]) -> bool {
    let is_keyword = ["break", "if", "in", "match", "return", "while"]
        .iter()
        .any(|keyword| name == keyword);
    !is_keyword && matches!(behind, [bang, TokenTree::Group(_), ..] if is_punct(bang, "!"))
}

/// Whether the macro is one that waits; others have the names too, so it must be written with its crate.
fn is_waiting(name: &Ident, before: &[TokenTree]) -> bool {
    let is_of_waiting_crate = match before {
        [.., TokenTree::Ident(krate), colon, TokenTree::Punct(_)] => {
            is_punct(colon, ":") && WAITING_CRATES.iter().any(|waiting| krate == waiting)
        }
        _ => false,
    };
    is_of_waiting_crate && WAITING.iter().any(|waiting| name == waiting)
}

/// How many trees after `async` are what is `async`.
fn length_of_async(behind: &[TokenTree]) -> usize {
    let is_bar = |tree: &TokenTree| is_punct(tree, "|");
    let start =
        usize::from(matches!(behind.first(), Some(TokenTree::Ident(word)) if word == "move"));
    match behind.get(start) {
        Some(TokenTree::Group(_)) => start + 1,
        // The parameters of a closure, and its body: a block, or an expression that ends at a comma or semicolon.
        Some(bar) if is_bar(bar) => {
            let end = behind[start + 1..].iter().position(is_bar);
            let body = end.map_or(behind.len(), |end| start + end + 2);
            body + length_of_closure_body(&behind[body..])
        }
        _ => start,
    }
}

fn length_of_closure_body(body: &[TokenTree]) -> usize {
    let has_block = match body {
        [minus, TokenTree::Punct(_), ..] if is_punct(minus, "-") => true,
        [TokenTree::Group(group), ..] => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    if has_block {
        return length_to_braces(body);
    }
    let end = body.iter().position(|tree| is_punct(tree, ",;"));
    end.unwrap_or(body.len())
}

/// How many trees after `fn` are a function, if it is one and not a type: its name, and all up to its body or `;`.
pub(crate) fn length_of_function(behind: &[TokenTree]) -> usize {
    match behind {
        [TokenTree::Ident(_), ..] => length_to_braces(behind),
        _ => 0,
    }
}

/// How many trees there are with the first braces, unless a `;` comes before. Braces in a type (`Array<{ 3 }>`) do not count.
fn length_to_braces(trees: &[TokenTree]) -> usize {
    let is =
        |at: usize, characters: &str| trees.get(at).is_some_and(|tree| is_punct(tree, characters));
    let is_end = |(at, tree): (usize, &TokenTree)| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            at == 0 || !is(at - 1, "<,=") || !is(at + 1, ">,")
        }
        _ => is(at, ";"),
    };
    let end = trees.iter().enumerate().position(is_end);
    end.map_or(trees.len(), |at| at + 1)
}
