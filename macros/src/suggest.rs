//! Words of the attribute's grammar: what is valid, and what a wrong word probably meant.

/// What users of other crates write, and what it is called here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("fields", "attributes"),
    ("attrs", "attributes"),
    ("tags", "attributes"),
    ("properties", "attributes"),
    ("span_kind", "kind"),
    ("target", "scope"),
    ("follows_from", "links"),
    ("link", "links"),
    ("new_root", "root"),
    ("parent_context", "parent"),
    ("otel_name", "name"),
    ("rename", "name"),
];

/// The valid word that `word` was probably meant to be.
pub(crate) fn suggest(word: &str, valid: &[&'static str]) -> Option<&'static str> {
    let elsewhere = ELSEWHERE
        .iter()
        .find(|(theirs, ours)| *theirs == word && valid.contains(ours))
        .map(|(_, ours)| *ours);
    elsewhere.or_else(|| nearest(word, valid))
}

/// "`a`, `b` and `c`".
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// "unknown option `x`, write `y`: valid here are `a`, `b` and `c`".
pub(crate) fn unknown(what: &str, word: &str, valid: &[&'static str]) -> String {
    let hint = suggest(word, valid)
        .map(|valid| format!(", write `{valid}`"))
        .unwrap_or_default();
    format!(
        "unknown {what} `{word}`{hint}: valid here are {}",
        list(valid)
    )
}

fn nearest(word: &str, valid: &[&'static str]) -> Option<&'static str> {
    let limit = if word.len() < 5 { 1 } else { 2 };
    valid
        .iter()
        .map(|valid| (distance(word, valid), *valid))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, valid)| valid)
}

/// The number of single-character edits between two words.
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
