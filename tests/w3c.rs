//! The cases of W3C's conformance tests for Trace Context, for any service that calls back with the context that it was sent.

/// Name and value of each header line.
pub type Lines = Vec<(String, String)>;

const TRACE: &str = "12345678901234567890123456789012";
const SAMPLED: &str = "00-12345678901234567890123456789012-1234567890123456-01";
const UNSAMPLED: &str = "00-12345678901234567890123456789012-1234567890123456-00";

/// One test of W3C's.
pub struct Case {
    /// Its name there, without `test_`.
    pub name: &'static str,
    /// W3C's wording of what must happen.
    pub expects: &'static str,
    /// What is sent.
    pub requests: Vec<Request>,
}

/// One request of a test, and what must come back.
pub struct Request {
    /// The header lines to send.
    pub headers: Lines,
    /// How often the service is to call back.
    pub callbacks: usize,
    trace: Trace,
    state: Vec<State>,
}

enum Trace {
    Valid,
    Kept,
    New,
    Random,
}

enum State {
    Has(&'static str, String),
    HasOneOf(&'static str, &'static str),
    Lacks(&'static str),
    Is(&'static str),
    Count(usize),
}

impl Case {
    /// Sends each request, and checks the header lines of each callback.
    ///
    /// # Panics
    ///
    /// If the service does not do what is expected of it.
    pub fn check(&self, mut send: impl FnMut(&Request) -> Vec<Lines>) {
        for request in &self.requests {
            let callbacks = send(request);
            let what = format!(
                "{}: {}; sent {:?}",
                self.name, self.expects, request.headers
            );
            assert_eq!(callbacks.len(), request.callbacks, "{what}");
            let spans: Vec<&str> = callbacks
                .iter()
                .map(|lines| request.check(lines, &what))
                .collect();
            let distinct = spans
                .iter()
                .enumerate()
                .all(|(i, span)| !spans[..i].contains(span));
            assert!(
                distinct,
                "a parent_id of its own for each callback, got {spans:?}: {what}"
            );
        }
    }
}

impl Request {
    /// Checks one callback; its parent id.
    fn check<'a>(&self, lines: &'a Lines, what: &str) -> &'a str {
        let what = format!("{what}; got {lines:?}");
        let [traceparent] = values(lines, "traceparent")[..] else {
            panic!("exactly one traceparent: {what}");
        };
        let fields: Vec<&str> = traceparent.split('-').collect();
        let [version, trace, parent, flags] = fields[..] else {
            panic!("four fields: {what}");
        };
        let is_hex = |text: &str, length| {
            text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        assert_eq!(version, "00", "{what}");
        assert!(
            is_hex(trace, 32) && is_hex(parent, 16) && is_hex(flags, 2),
            "{what}"
        );
        assert!(
            trace.contains(|c| c != '0') && parent.contains(|c| c != '0'),
            "{what}"
        );
        let sent = self.headers.iter().any(|(_, value)| value.contains(trace));
        match self.trace {
            Trace::Valid => {}
            Trace::Kept => assert_eq!(trace, TRACE, "{what}"),
            Trace::New => assert!(!sent, "{what}"),
            Trace::Random => assert_eq!((trace, flags), (TRACE, "02"), "{what}"),
        }
        assert_ne!(parent, "1234567890123456", "{what}");
        let members = members(lines);
        self.state
            .iter()
            .for_each(|state| state.check(&members, &what));
        parent
    }

    fn callbacks(mut self, callbacks: usize) -> Request {
        self.callbacks = callbacks;
        self
    }

    fn expecting(mut self, state: State) -> Request {
        self.state.push(state);
        self
    }

    fn has(self, key: &'static str, value: impl Into<String>) -> Request {
        self.expecting(State::Has(key, value.into()))
    }

    fn lacks(self, key: &'static str) -> Request {
        self.expecting(State::Lacks(key))
    }

    fn is(self, list: &'static str) -> Request {
        self.expecting(State::Is(list))
    }
}

impl State {
    fn check(&self, members: &[(&str, &str)], what: &str) {
        let found: Vec<_> = members
            .iter()
            .filter(|(key, _)| Some(*key) == self.key())
            .collect();
        match self {
            State::Has(_, value) => assert!(
                matches!(found[..], [(_, found)] if found == value),
                "{what}"
            ),
            State::HasOneOf(_, values) => {
                assert!(
                    !found.is_empty() && found.iter().all(|(_, found)| values.contains(found)),
                    "{what}"
                );
            }
            State::Lacks(_) => assert!(found.is_empty(), "{what}"),
            State::Is(list) => {
                let members: Vec<_> = members
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect();
                assert_eq!(members.join(","), *list, "{what}");
            }
            State::Count(count) => assert_eq!(members.len(), *count, "{what}"),
        }
    }

    fn key(&self) -> Option<&'static str> {
        match self {
            State::Has(key, _) | State::HasOneOf(key, _) | State::Lacks(key) => Some(key),
            State::Is(_) | State::Count(_) => None,
        }
    }
}

fn values<'a>(lines: &'a Lines, name: &str) -> Vec<&'a str> {
    let named = lines
        .iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.as_str()).collect()
}

fn members(lines: &Lines) -> Vec<(&str, &str)> {
    let lines = values(lines, "tracestate")
        .into_iter()
        .flat_map(|line| line.split(','));
    let members = lines
        .map(|member| member.trim_matches([' ', '\t']))
        .filter(|member| !member.is_empty());
    members
        .map(|member| member.split_once('=').expect("key=value"))
        .collect()
}

fn send<const N: usize>(headers: [(&str, &str); N], trace: Trace) -> Request {
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Request {
        headers: headers.into(),
        callbacks: 1,
        trace,
        state: Vec::new(),
    }
}

fn new(traceparent: &str) -> Request {
    send([("traceparent", traceparent)], Trace::New)
}

fn kept(traceparent: &str) -> Request {
    send([("traceparent", traceparent)], Trace::Kept)
}

fn named(name: &str, trace: Trace) -> Request {
    send([(name, SAMPLED)], trace)
}

/// A valid `traceparent` with these lines of `tracestate`.
fn state<const N: usize>(lines: [&str; N]) -> Request {
    let mut request = kept(UNSAMPLED);
    request
        .headers
        .extend(lines.map(|line| ("tracestate".to_owned(), line.to_owned())));
    request
}

fn named_state(name: &str) -> Request {
    send([("traceparent", UNSAMPLED), (name, "foo=1")], Trace::Kept)
}

/// All 41 cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let mut cases = traceparent_cases();
    cases.extend(tracestate_cases());
    cases.extend(further_cases());
    cases
}

fn case<const N: usize>(name: &'static str, expects: &'static str, requests: [Request; N]) -> Case {
    Case {
        name,
        expects,
        requests: requests.into(),
    }
}

const NEW_TRACE: &str =
    "expects a valid traceparent from the output header, with a newly generated trace_id";
const DISCARDED: &str = "expects the tracestate to be discarded";
const INHERITED: &str = "expects the tracestate to be inherited";

fn traceparent_cases() -> Vec<Case> {
    vec![
        case(
            "both_traceparent_and_tracestate_missing",
            "expects a valid traceparent from the output header",
            [send([], Trace::Valid)],
        ),
        case(
            "traceparent_included_tracestate_missing",
            "expects a valid traceparent from the output header, with the same trace_id but different parent_id",
            [kept(SAMPLED)],
        ),
        case(
            "traceparent_duplicated",
            NEW_TRACE,
            [send(
                [
                    (
                        "traceparent",
                        "00-12345678901234567890123456789011-1234567890123456-01",
                    ),
                    ("traceparent", SAMPLED),
                ],
                Trace::New,
            )],
        ),
        case(
            "traceparent_header_name",
            NEW_TRACE,
            ["trace-parent", "trace.parent"].map(|name| named(name, Trace::New)),
        ),
        case(
            "traceparent_header_name_valid_casing",
            "expects a valid traceparent from the output header",
            ["TraceParent", "TrAcEpArEnT", "TRACEPARENT"].map(|name| named(name, Trace::Kept)),
        ),
        case(
            "traceparent_version_0x00",
            NEW_TRACE,
            [
                new("00-12345678901234567890123456789012-1234567890123456-01."),
                new(
                    "00-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
                ),
            ],
        ),
        case(
            "traceparent_version_0xcc",
            "expects a valid traceparent from the output header with the same trace_id",
            [
                kept("cc-12345678901234567890123456789012-1234567890123456-01"),
                kept(
                    "cc-12345678901234567890123456789012-1234567890123456-01-what-the-future-will-be-like",
                ),
                new(
                    "cc-12345678901234567890123456789012-1234567890123456-01.what-the-future-will-be-like",
                ),
            ],
        ),
        case(
            "traceparent_version_0xff",
            NEW_TRACE,
            [new(
                "ff-12345678901234567890123456789012-1234567890123456-01",
            )],
        ),
        case(
            "traceparent_version_illegal_characters",
            NEW_TRACE,
            [
                new(".0-12345678901234567890123456789012-1234567890123456-01"),
                new("0.-12345678901234567890123456789012-1234567890123456-01"),
            ],
        ),
        case(
            "traceparent_version_too_long",
            NEW_TRACE,
            [
                new("000-12345678901234567890123456789012-1234567890123456-01"),
                new("0000-12345678901234567890123456789012-1234567890123456-01"),
            ],
        ),
        case(
            "traceparent_version_too_short",
            NEW_TRACE,
            [new(
                "0-12345678901234567890123456789012-1234567890123456-01",
            )],
        ),
        case(
            "traceparent_trace_id_all_zero",
            NEW_TRACE,
            [new(
                "00-00000000000000000000000000000000-1234567890123456-01",
            )],
        ),
        case(
            "traceparent_trace_id_illegal_characters",
            NEW_TRACE,
            [
                new("00-.2345678901234567890123456789012-1234567890123456-01"),
                new("00-1234567890123456789012345678901.-1234567890123456-01"),
            ],
        ),
        case(
            "traceparent_trace_id_too_long",
            NEW_TRACE,
            [new(
                "00-123456789012345678901234567890123-1234567890123456-01",
            )],
        ),
        case(
            "traceparent_trace_id_too_short",
            NEW_TRACE,
            [new(
                "00-1234567890123456789012345678901-1234567890123456-01",
            )],
        ),
        case(
            "traceparent_parent_id_all_zero",
            NEW_TRACE,
            [new(
                "00-12345678901234567890123456789012-0000000000000000-01",
            )],
        ),
        case(
            "traceparent_parent_id_illegal_characters",
            NEW_TRACE,
            [
                new("00-12345678901234567890123456789012-.234567890123456-01"),
                new("00-12345678901234567890123456789012-123456789012345.-01"),
            ],
        ),
        case(
            "traceparent_parent_id_too_long",
            NEW_TRACE,
            [new(
                "00-12345678901234567890123456789012-12345678901234567-01",
            )],
        ),
        case(
            "traceparent_parent_id_too_short",
            NEW_TRACE,
            [new(
                "00-12345678901234567890123456789012-123456789012345-01",
            )],
        ),
        case(
            "traceparent_trace_flags_illegal_characters",
            NEW_TRACE,
            [
                new("00-12345678901234567890123456789012-1234567890123456-.0"),
                new("00-12345678901234567890123456789012-1234567890123456-0."),
            ],
        ),
        case(
            "traceparent_trace_flags_too_long",
            NEW_TRACE,
            [new(
                "00-12345678901234567890123456789012-1234567890123456-001",
            )],
        ),
        case(
            "traceparent_trace_flags_too_short",
            NEW_TRACE,
            [new(
                "00-12345678901234567890123456789012-1234567890123456-1",
            )],
        ),
        case(
            "traceparent_ows_handling",
            "expects a valid traceparent from the output header",
            [(" ", ""), ("\t", ""), ("", " "), ("", "\t"), ("\t ", " \t")]
                .map(|(before, after)| kept(&format!("{before}{SAMPLED}{after}"))),
        ),
    ]
}

fn tracestate_cases() -> Vec<Case> {
    let key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
    let tenant_key = "abcdefghijklmnopqrstuvwxyz0123456789_-*/@a-z0-9_-*/";
    let value: String = (' '..='~').filter(|c| !",=".contains(*c)).collect();
    let tens = [1, 11, 21].map(|first| numbered(first..first + 10));
    let [one, two, three] = tens.each_ref().map(String::as_str);
    vec![
        case(
            "tracestate_included_traceparent_missing",
            DISCARDED,
            ["foo=1", "foo=1,bar=2"].map(|list| send([("tracestate", list)], Trace::Valid).is("")),
        ),
        case(
            "tracestate_included_traceparent_included",
            INHERITED,
            [state(["foo=1,bar=2"]).has("foo", "1").has("bar", "2")],
        ),
        case(
            "tracestate_header_name",
            DISCARDED,
            ["trace-state", "trace.state"].map(|name| named_state(name).lacks("foo")),
        ),
        case(
            "tracestate_header_name_valid_casing",
            INHERITED,
            ["TraceState", "TrAcEsTaTe", "TRACESTATE"]
                .map(|name| named_state(name).has("foo", "1")),
        ),
        case(
            "tracestate_empty_header",
            "expects the empty tracestate to be discarded",
            [
                state([""]).is(""),
                state(["foo=1", ""]).has("foo", "1"),
                state(["", "foo=1"]).has("foo", "1"),
            ],
        ),
        case(
            "tracestate_multiple_headers_different_keys",
            "expects a combined tracestate",
            [state(["foo=1,bar=2", "rojo=1,congo=2", "baz=3"])
                .is("foo=1,bar=2,rojo=1,congo=2,baz=3")],
        ),
        case(
            "tracestate_duplicated_keys",
            "expects the tracestate to be inherited, and the duplicated keys to be either kept as-is or one of them to be discarded",
            [
                state(["foo=1,foo=1"]),
                state(["foo=1,foo=2"]),
                state(["foo=1", "foo=1"]),
                state(["foo=1", "foo=2"]),
            ]
            .map(|request| request.expecting(State::HasOneOf("foo", "12"))),
        ),
        case(
            "tracestate_all_allowed_characters",
            INHERITED,
            [key, tenant_key].map(|key| state([&format!("{key}={value}")]).has(key, &*value)),
        ),
        case(
            "tracestate_ows_handling",
            INHERITED,
            [
                state(["foo=1 \t , \t bar=2, \t baz=3"]).is("foo=1,bar=2,baz=3"),
                state(["foo=1\t \t,\t \tbar=2,\t \tbaz=3"]).is("foo=1,bar=2,baz=3"),
                state([" foo=1"]).has("foo", "1"),
                state(["\tfoo=1"]).has("foo", "1"),
                state(["foo=1 "]).has("foo", "1"),
                state(["foo=1\t"]).has("foo", "1"),
                state(["\t foo=1 \t"]).has("foo", "1"),
            ],
        ),
        case(
            "tracestate_key_illegal_characters",
            DISCARDED,
            ["foo =1", "FOO=1", "foo.bar=1"].map(|list| state([list]).is("")),
        ),
        case(
            "tracestate_key_illegal_vendor_format",
            DISCARDED,
            [
                "foo@=1,bar=2",
                "@foo=1,bar=2",
                "foo@@bar=1,bar=2",
                "foo@bar@baz=1,bar=2",
            ]
            .map(|list| state([list]).lacks("bar")),
        ),
        case(
            "tracestate_member_count_limit",
            "expects the tracestate with 32 list members to be inherited, with 33 to be discarded",
            [
                state([one, two, three, "bar31=31,bar32=32"])
                    .has("bar01", "01")
                    .expecting(State::Count(32)),
                state([one, two, three, "bar31=31,bar32=32,bar33=33"]).lacks("bar01"),
            ],
        ),
        case(
            "tracestate_key_length_limit",
            "sends a key of 256 and 257 characters, of 14 and 15 in the vendor section, of 241 and 242 in the tenant section",
            [
                state(["foo=1", &format!("{}=1", "z".repeat(256))]).has("foo", "1"),
                state(["foo=1", &format!("{}=1", "z".repeat(257))]).lacks("foo"),
                state([
                    "foo=1",
                    &format!("{}@{}=1", "t".repeat(241), "v".repeat(14)),
                ])
                .has("foo", "1"),
                state(["foo=1", &format!("{}@v=1", "t".repeat(242))]).lacks("foo"),
                state(["foo=1", &format!("t@{}=1", "v".repeat(15))]).lacks("foo"),
            ],
        ),
        case(
            "tracestate_value_illegal_characters",
            DISCARDED,
            ["foo=bar=baz", "foo=,bar=3"].map(|list| state([list]).is("")),
        ),
    ]
}

fn further_cases() -> Vec<Case> {
    let zero = "00-00000000000000000000000000000000-1234567890123456-01";
    let random = "00-12345678901234567890123456789012-1234567890123456-02";
    vec![
        case(
            "multiple_requests_with_valid_traceparent",
            "expects the trace_id to be inherited by all the callbacks",
            [kept(SAMPLED).callbacks(3)],
        ),
        case(
            "multiple_requests_without_traceparent",
            "expects a different parent_id each time",
            [send([], Trace::Valid).callbacks(3)],
        ),
        case(
            "multiple_requests_with_illegal_traceparent",
            "expects new trace_id(s) generated",
            [new(zero).callbacks(3)],
        ),
        case(
            "propagates_random_flag",
            "expects the random flag to be propagated",
            [send([("traceparent", random)], Trace::Random)],
        ),
    ]
}

/// `bar01=01,bar02=02,…`
fn numbered(numbers: std::ops::Range<u8>) -> String {
    let members: Vec<String> = numbers.map(|n| format!("bar{n:02}={n:02}")).collect();
    members.join(",")
}
