//! Finds out what a wrong word in the attribute probably meant, and words the error.

use proc_macro2::Ident;

/// Words that users of other crates write, and what they are called here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("fields", "attributes"),
    ("attrs", "attributes"),
    ("tags", "attributes"),
    ("properties", "attributes"),
    ("span_kind", "kind"),
    ("follows_from", "links"),
    ("link", "links"),
    ("new_root", "root"),
    ("parent_context", "parent"),
    ("otel_name", "name"),
    ("rename", "name"),
];

/// Words that users of other crates write and that have no counterpart here, with the error for
/// each.
const ONLY_ELSEWHERE: &[(&str, &str)] = &[
    (
        "skip_all",
        "arguments are recorded only if `attributes(…)` names them, remove `skip_all`",
    ),
    (
        "target",
        "there is no `target`, since filters match the function's path: remove it, or write `scope = \"name\"` to set the instrumentation scope",
    ),
    ("Level", "the level is an option, write `level = info`"),
    ("tracing", "the level is an option, write `level = info`"),
];

/// Returns the valid word that was probably meant, or `None`.
pub(crate) fn suggest(word: &str, valid: &[&'static str]) -> Option<&'static str> {
    let elsewhere = ELSEWHERE
        .iter()
        .find(|(theirs, ours)| *theirs == word && valid.contains(ours))
        .map(|(_, ours)| *ours);
    elsewhere.or_else(|| nearest(word, valid))
}

/// Returns "`a`, `b` and `c`".
pub(crate) fn list(words: &[&str]) -> String {
    enumerate(words, "and")
}

fn enumerate(words: &[&str], conjunction: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("{} {conjunction} {last}", rest.join(", "))
        }
        _ => quoted.concat(),
    }
}

/// Returns "unknown option `x`, write `y`: the options are `a`, `b` and `c`".
pub(crate) fn unknown_option(word: &str, valid: &[&'static str]) -> String {
    if let Some((_, message)) = ONLY_ELSEWHERE.iter().find(|(theirs, _)| *theirs == word) {
        return (*message).to_owned();
    }
    let hint = suggest(word, valid).map(|valid| format!(", write `{valid}`"));
    format!(
        "unknown option `{word}`{}: the options are {}",
        hint.unwrap_or_default(),
        list(valid)
    )
}

/// Returns "unknown kind `x`, write `kind = y`: expected `a`, `b` or `c`".
pub(crate) fn unknown_word(key: &Ident, word: &str, valid: &[&'static str]) -> String {
    let hint =
        suggest(&word.to_lowercase(), valid).map(|valid| format!(", write `{key} = {valid}`"));
    format!(
        "unknown {key} `{word}`{}: expected {}",
        hint.unwrap_or_default(),
        enumerate(valid, "or")
    )
}

/// Returns "expected a bare word, write `level = info`", the error for `"info"` or `Level::INFO`.
pub(crate) fn bare_word(key: &Ident, word: Option<&str>, valid: &[&'static str]) -> String {
    let meant = word.and_then(|word| suggest(&word.to_lowercase(), valid));
    match meant {
        Some(meant) => format!("expected a bare word, write `{key} = {meant}`"),
        None => format!("expected a bare word: {}", enumerate(valid, "or")),
    }
}

/// Returns the valid word that is nearest to `word`: at most one edit away, or two if `word` has at
/// least five bytes.
fn nearest(word: &str, valid: &[&'static str]) -> Option<&'static str> {
    let limit = if word.len() < 5 { 1 } else { 2 };
    valid
        .iter()
        .map(|valid| (distance(word, valid), *valid))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, valid)| valid)
}

/// Returns the number of single-character edits that turn one word into the other.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substitution = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substitution.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
