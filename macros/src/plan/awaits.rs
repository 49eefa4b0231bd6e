//! Finds the place where a block suspends the function around it.
//!
//! The span of a block that is not a future stays current on the thread until control leaves the
//! block. If the function waited inside, other tasks would run on the thread meanwhile, and their
//! spans would become children of the block's span. The lint `must_not_suspend` would find every
//! such place, but it is not stable. A guard that is not `Send` would be rejected only in futures
//! that have to be `Send`. So the tokens of the block are searched.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

use crate::tokens::is_punct;

/// Macros that evaluate their arguments in place. Others may move them into an `async` block, as
/// `stream!` does.
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

/// Macros that wait by themselves.
const WAITING: &[&str] = &["join", "select", "select_biased", "try_join"];

/// The crates of the macros in [`WAITING`].
const WAITING_CRATES: &[&str] = &["futures", "futures_util", "tokio"];

/// Returns the place of the first `await`, or of the first macro that waits, in the block's own
/// code. The code of nested `async` blocks, `async` closures and functions is not its own, and
/// neither are the arguments of unknown macros.
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

/// Returns `true` if `name` and the trees behind it are the call of a macro.
fn is_macro(name: &Ident, behind: &[TokenTree]) -> bool {
    let is_keyword = ["break", "if", "in", "match", "return", "while"]
        .iter()
        .any(|keyword| name == keyword);
    !is_keyword && matches!(behind, [bang, TokenTree::Group(_), ..] if is_punct(bang, "!"))
}

/// Returns `true` if the macro is one that waits. Its crate must be written before it, since other
/// macros share these names.
fn is_waiting(name: &Ident, before: &[TokenTree]) -> bool {
    let is_of_waiting_crate = match before {
        [.., TokenTree::Ident(crate_name), colon, TokenTree::Punct(_)] => {
            is_punct(colon, ":") && WAITING_CRATES.iter().any(|waiting| crate_name == waiting)
        }
        _ => false,
    };
    is_of_waiting_crate && WAITING.iter().any(|waiting| name == waiting)
}

/// Returns how many trees after `async` belong to the `async` block, closure or function.
fn length_of_async(behind: &[TokenTree]) -> usize {
    let is_bar = |tree: &TokenTree| is_punct(tree, "|");
    let start =
        usize::from(matches!(behind.first(), Some(TokenTree::Ident(word)) if word == "move"));
    match behind.get(start) {
        Some(TokenTree::Group(_)) => start + 1,
        // A closure: its parameters, then its body.
        Some(bar) if is_bar(bar) => {
            let end = behind[start + 1..].iter().position(is_bar);
            let body = end.map_or(behind.len(), |end| start + end + 2);
            body + length_of_closure_body(&behind[body..])
        }
        _ => start,
    }
}

/// Returns the length of a closure's body: a block, or an expression up to a comma or semicolon.
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

/// Returns how many trees after `fn` belong to the function: everything up to its body or its `;`.
/// Returns 0 if the `fn` begins a function pointer type.
pub(crate) fn length_of_function(behind: &[TokenTree]) -> usize {
    match behind {
        [TokenTree::Ident(_), ..] => length_to_braces(behind),
        _ => 0,
    }
}

/// Returns how many trees there are up to the first `;` or braces, which are included. The braces
/// in a type (`Array<{ 3 }>`) do not count.
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
