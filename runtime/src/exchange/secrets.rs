//! What of a request is never recorded: the query of a URL, its user and its password.

use std::borrow::Cow;

/// The secrets of one request.
#[derive(Debug, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// A shorter one is looked for in URLs alone, since it may be a part of any word.
    const MIN: usize = 4;

    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = Option<&'a str>>) -> Secrets {
        let secrets = secrets.into_iter().flatten();
        let long = secrets.filter(|secret| secret.len() >= Secrets::MIN);
        Secrets(long.map(ToOwned::to_owned).collect())
    }

    /// Removes the secrets from a text, and the query, the fragment, the user and the password from each URL in it.
    pub(super) fn removed<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = without_secrets_of_urls(text);
        for secret in &self.0 {
            if text.contains(secret.as_str()) {
                text = Cow::Owned(text.replace(secret.as_str(), "…"));
            }
            if let Some(end) = start_at_end(&text, secret) {
                text = Cow::Owned(text[..end].to_owned());
            }
        }
        text
    }
}

/// Where the start of a secret stands at the end of a text, which was cut in the middle of it.
fn start_at_end(text: &str, secret: &str) -> Option<usize> {
    let lengths = (Secrets::MIN..secret.len()).rev();
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

/// Host and path of a URL, whose scheme is there already, and of a URL in its path; what closes a bracket or a clause behind it
/// is kept.
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
    fn a_secret_is_removed_wherever_it_stands_and_where_the_text_was_cut() {
        let secrets = Secrets::new([Some("token=žeton"), None, Some("abc")]);
        assert_eq!(secrets.removed("GET /?token=žeton, abc"), "GET /?…, abc");
        assert_eq!(secrets.removed("GET /?token=ž"), "GET /?");
        assert_eq!(secrets.removed("GET /?tok"), "GET /?tok");
    }
}
