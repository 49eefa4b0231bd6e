//! The list of `tracestate`, by [section 3.3](https://www.w3.org/TR/trace-context-2/#tracestate-header).

use std::borrow::Cow;

use opentelemetry::trace::TraceState;

use super::headers::OWS;

const MAX_MEMBERS: usize = 32;
/// How much of the list is kept, in characters; the least that the specification allows.
const MAX_LENGTH: usize = 512;
/// The longest list that can be legal, with some white space; a longer one is not looked at.
const MAX_RECEIVED: usize = 16 * 1024;
/// Members longer than this go first when the list is too long.
const LONG_MEMBER: usize = 128;

const MAX_KEY: usize = 256;
const MAX_VALUE: usize = 256;
const MAX_TENANT: usize = 241;
/// OpenTelemetry's `TraceState` takes one less than the specification, and refuses the whole list else.
const MAX_SYSTEM: usize = 14;
const MAX_STORED_SYSTEM: usize = 13;

/// The list that `lines` make up together, empty if any member is not legal.
pub(super) fn from_lines(lines: &[&str]) -> TraceState {
    let received: usize = lines.iter().map(|line| line.len()).sum();
    if received > MAX_RECEIVED {
        return TraceState::NONE;
    }
    let members = lines.iter().flat_map(|line| line.split(','));
    let members = members
        .map(|member| member.trim_matches(OWS))
        .filter(|member| !member.is_empty())
        .map(|member| member.split_once('=').filter(is_legal));
    List::of(members)
        .and_then(|list| list.stored())
        .unwrap_or_default()
}

/// The header for `state`, without members that are not legal; `None` if it is empty.
pub(super) fn to_header(state: &TraceState) -> Option<String> {
    let legal = state.into_iter().filter(is_legal).take(MAX_MEMBERS);
    let list = List::of(legal.map(Some))?;
    let mut header = String::with_capacity(list.length());
    for (key, value) in list.members() {
        if !header.is_empty() {
            header.push(',');
        }
        header.push_str(key);
        header.push('=');
        header.push_str(value);
    }
    (!header.is_empty()).then_some(header)
}

type Member<'a> = (&'a str, &'a str);

/// A list within the limits, on the stack.
struct List<'a> {
    members: [Member<'a>; MAX_MEMBERS],
    count: usize,
}

impl<'a> List<'a> {
    /// `None` if a member is `None`, or if there are too many.
    fn of(members: impl Iterator<Item = Option<Member<'a>>>) -> Option<List<'a>> {
        let mut list = List {
            members: [("", ""); MAX_MEMBERS],
            count: 0,
        };
        for (index, member) in members.enumerate() {
            if index == MAX_MEMBERS {
                return None;
            }
            list.add(member?);
        }
        list.shorten();
        Some(list)
    }

    fn members(&self) -> &[Member<'a>] {
        &self.members[..self.count]
    }

    /// Adds a member, unless its key is there: the first one is the most recent.
    fn add(&mut self, member: Member<'a>) {
        let is_new = self.members().iter().all(|(key, _)| *key != member.0);
        if is_new && is_stored(member.0) {
            self.members[self.count] = member;
            self.count += 1;
        }
    }

    /// Removes whole members until the list is short enough, long ones first, then from the end.
    fn shorten(&mut self) {
        while self.length() > MAX_LENGTH {
            let last = self.count - 1;
            let is_long = |member: &Member<'_>| length(*member) > LONG_MEMBER;
            let removed = self.members().iter().rposition(is_long).unwrap_or(last);
            self.members.copy_within(removed + 1..self.count, removed);
            self.count = last;
        }
    }

    fn stored(&self) -> Option<TraceState> {
        // Collected in place, since a borrowed text is as large here as an owned one: the list is allocated once.
        let members: Vec<_> = self.members().iter().map(borrowed).collect();
        TraceState::from_key_value(members).ok()
    }

    fn length(&self) -> usize {
        let members: usize = self.members().iter().copied().map(length).sum();
        members + self.count.saturating_sub(1)
    }
}

fn borrowed<'a>((key, value): &Member<'a>) -> (Cow<'a, str>, Cow<'a, str>) {
    (Cow::Borrowed(key), Cow::Borrowed(value))
}

fn length((key, value): Member<'_>) -> usize {
    key.len() + 1 + value.len()
}

fn is_legal((key, value): &Member<'_>) -> bool {
    is_key(key) && is_value(value)
}

fn is_key(key: &str) -> bool {
    let starts_well =
        |part: &str| part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let is_part =
        |part: &str, max| starts_well(part) && part.len() <= max && part.bytes().all(is_key_byte);
    match key.split_once('@') {
        None => is_part(key, MAX_KEY),
        Some((tenant, system)) => is_part(tenant, MAX_TENANT) && is_part(system, MAX_SYSTEM),
    }
}

fn is_key_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/')
}

/// Whether OpenTelemetry's `TraceState` takes a legal key.
fn is_stored(key: &str) -> bool {
    let system = key.split_once('@').map_or("", |(_, system)| system);
    system.len() <= MAX_STORED_SYSTEM
}

fn is_value(value: &str) -> bool {
    let is_byte = |byte| matches!(byte, b' '..=b'~' if byte != b',' && byte != b'=');
    (1..=MAX_VALUE).contains(&value.len()) && !value.ends_with(' ') && value.bytes().all(is_byte)
}
