//! The cases of W3C's conformance tests for Trace Context, for any service that calls back with the
//! context that it received.

/// The name and value of each header line.
pub type Lines = Vec<(String, String)>;

const CASES: &str = include_str!("cases.txt");

/// One of W3C's tests.
pub struct Case {
    /// The name that it has there, without `test_`.
    pub name: &'static str,
    /// W3C's wording of what must happen.
    pub wording: &'static str,
    /// The requests that are sent.
    pub requests: Vec<Request>,
}

/// A request of a test, and what the callbacks must contain.
#[derive(Debug, Default)]
pub struct Request {
    /// The header lines to send.
    pub headers: Lines,
    expected: Vec<String>,
}

/// Returns all cases.
///
/// # Panics
///
/// Panics if the list of cases is malformed.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let lines = CASES
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        let Some(line) = line.strip_prefix("    ") else {
            cases.push(Case {
                name: line,
                wording: "",
                requests: Vec::new(),
            });
            continue;
        };
        let case = cases.last_mut().expect("a name before all else");
        match line.split_at(1) {
            (">", header) => case.sends(header),
            ("<", expected) => case.last().expected.push(unescaped(expected.trim_start())),
            _ => case.wording = line,
        }
    }
    cases
}

impl Case {
    /// Sends each request, and checks the header lines of each callback.
    ///
    /// # Panics
    ///
    /// Panics if the service does not do what is expected.
    pub fn check(&self, mut send: impl FnMut(&Request) -> Vec<Lines>) {
        for request in &self.requests {
            let callbacks = send(request);
            let what = format!("{}: {}; {request:?}", self.name, self.wording);
            assert_eq!(callbacks.len(), request.callbacks(), "{what}");
            let mut parents: Vec<&str> = callbacks
                .iter()
                .map(|lines| request.check(lines, &what))
                .collect();
            parents.sort_unstable();
            parents.dedup();
            assert_eq!(
                parents.len(),
                callbacks.len(),
                "a parent_id of its own for each callback: {what}"
            );
        }
    }

    fn sends(&mut self, header: &str) {
        if self
            .requests
            .last()
            .is_none_or(|request| !request.expected.is_empty())
        {
            self.requests.push(Request::default());
        }
        let header = header
            .split_once(':')
            .map(|(name, value)| (name.trim().to_owned(), unescaped(value.trim())));
        self.last().headers.extend(header);
    }

    fn last(&mut self) -> &mut Request {
        self.requests.last_mut().expect("a request")
    }
}

impl Request {
    /// Returns how often the service is to call back.
    ///
    /// # Panics
    ///
    /// Panics if the list of cases is malformed.
    #[must_use]
    pub fn callbacks(&self) -> usize {
        let count = self
            .expected
            .iter()
            .find_map(|expected| expected.strip_prefix("callbacks "));
        count.map_or(1, |count| count.parse().expect("a number"))
    }

    /// Checks one callback, and returns its parent id.
    fn check<'a>(&self, lines: &'a Lines, what: &str) -> &'a str {
        let what = format!("{what}; got {lines:?}");
        let [traceparent] = values(lines, "traceparent")[..] else {
            panic!("exactly one traceparent: {what}");
        };
        let fields: Vec<&str> = traceparent.split('-').collect();
        let [version, trace, parent, flags] = fields[..] else {
            panic!("four fields: {what}");
        };
        assert_eq!(version, "00", "{what}");
        assert!(
            is_id(trace, 32) && is_id(parent, 16) && flags.len() == 2,
            "{what}"
        );
        assert_ne!(parent, "1234567890123456", "{what}");
        for expected in &self.expected {
            match expected.split_once(' ').unwrap_or((expected, "")) {
                ("trace", "valid") | ("callbacks", _) => {}
                ("trace", "kept") => {
                    assert_eq!(trace, "12345678901234567890123456789012", "{what}");
                }
                ("trace", "new") => assert!(!self.sent(trace), "{what}"),
                ("flags", expected) => assert_eq!(flags, expected, "{what}"),
                ("state", expected) => check_state(&values(lines, "tracestate"), expected, &what),
                _ => panic!("a known expectation: {what}"),
            }
        }
        parent
    }

    fn sent(&self, trace: &str) -> bool {
        self.headers.iter().any(|(_, value)| value.contains(trace))
    }
}

fn check_state(lines: &[&str], expected: &str, what: &str) {
    match expected.split_once(' ').unwrap_or((expected, "")) {
        ("is", "") => assert!(lines.is_empty(), "{what}"),
        ("is", expected) => assert_eq!(lines, [expected], "{what}"),
        _ => panic!("a known expectation: {what}"),
    }
}

fn is_id(text: &str, length: usize) -> bool {
    let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == length && text.bytes().all(is_digit) && text.contains(|c| c != '0')
}

fn values<'a>(lines: &'a Lines, name: &str) -> Vec<&'a str> {
    let named = lines
        .iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.as_str()).collect()
}

/// Expands repetitions such as `{z*256}`, and the escapes `\t`, `\s` and `\\`.
fn unescaped(text: &str) -> String {
    let mut parts = text
        .split("\\\\")
        .map(|part| part.replace("\\t", "\t").replace("\\s", " "));
    let mut text = parts.next().unwrap_or_default();
    parts.for_each(|part| text = format!("{text}\\{part}"));
    while let Some((before, (repeated, after))) = text
        .split_once('{')
        .and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        let Some((character, count)) = repeated.split_once('*') else {
            break;
        };
        let count = count.parse().expect("a number");
        text = format!("{before}{}{after}", character.repeat(count));
    }
    text
}
