//! Removes what is never recorded about a request: the query of a URL, its user and its password.

use std::borrow::Cow;
use std::iter;

use crate::attributes::format;

/// The secrets of one request.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = Option<&'a str>>) -> Secrets {
        let secrets = secrets.into_iter().flatten();
        let some = secrets.filter(|secret| !secret.is_empty());
        Secrets(some.map(ToOwned::to_owned).collect())
    }

    /// Removes the secrets from a text, and the query, the fragment, the user and the password from
    /// each URL in it. If the text may have been cut at the limit of its length, the start of a
    /// secret at its end is removed too.
    pub(super) fn removed<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let is_cut = format::is_full(text);
        let mut text = without_secrets_of_urls(text);
        for secret in self.0.iter().flat_map(|secret| with_parts(secret)) {
            if places(&text, secret).next().is_some() {
                text = Cow::Owned(without(&text, secret));
            }
            if let Some(end) = start_at_end(&text, secret).filter(|_| is_cut) {
                text = Cow::Owned(text[..end].to_owned());
            }
        }
        text
    }
}

/// Returns the secret and, if it is a query, its pairs.
fn with_parts(secret: &str) -> impl Iterator<Item = &str> {
    let parts = secret.split('&').filter(|part| !part.is_empty());
    iter::once(secret).chain(parts.filter(move |part| part.len() < secret.len()))
}

/// The length, in bytes, below which a secret is removed only if it is a whole word, since it could
/// be part of any other word.
const SHORT: usize = 4;

/// Returns the places of a secret in a text.
fn places(text: &str, secret: &str) -> impl Iterator<Item = usize> {
    let found = text.match_indices(secret).map(|(at, _)| at);
    found.filter(move |at| {
        let (before, after) = (&text[..*at], &text[at + secret.len()..]);
        let is_word =
            !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
        secret.len() >= SHORT || is_word
    })
}

fn without(text: &str, secret: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut end = 0;
    for at in places(text, secret) {
        shown.push_str(&text[end..at]);
        shown.push('…');
        end = at + secret.len();
    }
    shown.push_str(&text[end..]);
    shown
}

/// If a text that was cut ends with the start of a secret, of at least [`SHORT`] bytes, returns the
/// place of that start.
fn start_at_end(text: &str, secret: &str) -> Option<usize> {
    let lengths = (SHORT..secret.len()).rev();
    let mut starts = lengths.filter_map(|length| secret.get(..length));
    let start = starts.find(|start| text.ends_with(start))?;
    Some(text.len() - start.len())
}

const SCHEME_END: &str = "://";

fn without_secrets_of_urls(text: &str) -> Cow<'_, str> {
    let Some(mut at) = text.find(SCHEME_END) else {
        return Cow::Borrowed(text);
    };
    let mut rest = text;
    let mut shown = String::with_capacity(text.len());
    loop {
        let (before, url) = rest.split_at(at + SCHEME_END.len());
        let end = url.find(|c: char| c.is_whitespace() || "\"<>".contains(c));
        let (url, after) = url.split_at(end.unwrap_or(url.len()));
        shown.push_str(before);
        push_url(url, &mut shown);
        rest = after;
        match rest.find(SCHEME_END) {
            Some(next) => at = next,
            None => break,
        }
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// Appends the host and path of a URL, given the text after its scheme, and those of a URL in its
/// path. Punctuation at the end, such as a closing bracket, is kept.
fn push_url(url: &str, shown: &mut String) {
    let end = url
        .trim_end_matches([')', ']', '}', ',', '.', ':', ';'])
        .len();
    let (url, after) = url.split_at(end);
    let url = url.split(['?', '#']).next().unwrap_or_default();
    for (index, part) in url.split(SCHEME_END).enumerate() {
        if index > 0 {
            shown.push_str(SCHEME_END);
        }
        let (authority, path) = part.split_at(part.find('/').unwrap_or(part.len()));
        shown.push_str(authority.rsplit('@').next().unwrap_or_default());
        shown.push_str(path);
    }
    shown.push_str(after);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lose_their_secrets_and_nothing_else() {
        for (text, shown) in [
            ("no URL?a=b", "no URL?a=b"),
            ("for url (http://h:1/p?token=a)b)", "for url (http://h:1/p)"),
            (
                "\"https://u:p@h/?q\" and https://h#f.",
                "\"https://h/\" and https://h.",
            ),
            ("http://u@p@h/a@b: failed", "http://h/a@b: failed"),
            ("http://[::1]:80/?q", "http://[::1]:80/"),
            ("http://a/http://u:p@h?q=http://u@h", "http://a/http://h"),
            ("a://", "a://"),
        ] {
            assert_eq!(Secrets::default().removed(text), shown);
        }
    }

    #[test]
    fn a_secret_is_removed_wherever_it_stands() {
        let secrets = Secrets::new([Some("token=žeton"), None, Some("")]);
        assert_eq!(secrets.removed("GET /?token=žeton!"), "GET /?…!");
        assert_eq!(secrets.removed("no token"), "no token");
        let secrets = Secrets::new([
            Some("page=17&&token=t"),
            Some("user:hunter2"),
            Some("hunter2"),
        ]);
        assert_eq!(
            secrets.removed("bad page=17 or token=t, or hunter2 of user:hunter2"),
            "bad … or …, or … of …"
        );
        assert_eq!(secrets.removed("page&token"), "page&token");
    }

    #[test]
    fn a_short_secret_is_removed_where_it_is_a_word() {
        let secrets = Secrets::new([Some("q=1&ž"), Some("abc")]);
        assert_eq!(secrets.removed("/?q=1&ž: q=1, 'abc' ž"), "/?…: …, '…' …");
        assert_eq!(secrets.removed("seq=1 q=12 abcd žž"), "seq=1 q=12 abcd žž");
    }

    #[test]
    fn a_start_of_a_secret_is_removed_where_the_text_was_cut() {
        let secrets = Secrets::new([Some("token=žeton")]);
        let filled = |end: &str| format!("{}{end}", "-".repeat(16 * 1024 - end.len()));
        let end = |end: &str| {
            secrets
                .removed(&filled(end))
                .trim_start_matches('-')
                .to_owned()
        };
        assert_eq!(end(" GET /?token=ž"), " GET /?");
        assert_eq!(end(" GET /?tok"), " GET /?tok");
        assert_eq!(secrets.removed("GET /?token=ž"), "GET /?token=ž");
    }
}
