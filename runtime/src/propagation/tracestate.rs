//! The list of `tracestate`, by [section
//! 3.3](https://www.w3.org/TR/trace-context-2/#tracestate-header).

use std::borrow::Cow;

use opentelemetry::trace::TraceState;

use super::lines::OWS;

const MAX_MEMBERS: usize = 32;
/// The maximum number of characters of the list that are kept, which is the lowest maximum that the
/// specification allows.
const MAX_LENGTH: usize = 512;
/// The maximum length of a list that is read, in bytes, which is about that of the longest legal
/// list.
const MAX_RECEIVED: usize = 16 * 1024;
/// The length beyond which a member is removed first if the list is too long.
const LONG_MEMBER: usize = 128;

const MAX_KEY: usize = 256;
const MAX_VALUE: usize = 256;

/// Returns the list that `lines` form together. It is empty if any member is not legal, or if there
/// are too many.
///
/// OpenTelemetry's `TraceState` accepts fewer keys than the specification. If it refuses one, the
/// whole list is returned as well, in the form of a header.
pub(super) fn from_lines(lines: &[&str]) -> (TraceState, Option<String>) {
    let received: usize = lines.iter().map(|line| line.len()).sum();
    if received > MAX_RECEIVED {
        return (TraceState::NONE, None);
    }
    let members = lines.iter().flat_map(|line| line.split(','));
    let members = members
        .map(|member| member.trim_matches(OWS))
        .filter(|member| !member.is_empty())
        .map(|member| member.split_once('=').filter(is_legal));
    let Some(list) = List::of(members) else {
        return (TraceState::NONE, None);
    };
    let state = list.stored();
    let is_whole = state.into_iter().len() == list.count;
    (state, (!is_whole).then(|| list.header()))
}

/// Returns the header for `state`, without members that are not legal, or `None` if it is empty.
///
/// `received` is the list as it was received, if `state` cannot hold all of it.
pub(super) fn to_header(state: &TraceState, received: Option<&str>) -> Option<String> {
    let legal = state.into_iter().filter(is_legal);
    let list = match received {
        None => List::of(legal.take(MAX_MEMBERS).map(Some)),
        Some(received) => merged(&legal.collect::<Vec<_>>(), received),
    }?;
    (list.count > 0).then(|| list.header())
}

/// Returns the members of `state`, together with those members of `received` that a `TraceState`
/// cannot hold. The latter stay in their old places.
///
/// A change moves a member to the front, so `state` ends with the members that did not change.
fn merged<'a>(state: &[Member<'a>], received: &'a str) -> Option<List<'a>> {
    let received = received
        .split(',')
        .filter_map(|member| member.split_once('='));
    let received: Vec<Member<'a>> = received.collect();
    let mut unchanged = state.len();
    let mut before = received.len();
    while let Some(last) = unchanged.checked_sub(1) {
        let same = received[..before]
            .iter()
            .rposition(|member| *member == state[last]);
        let Some(at) = same else { break };
        (unchanged, before) = (last, at);
    }
    let (changed, kept) = state.split_at(unchanged);
    let rest = received.into_iter();
    let rest = rest.filter(|member| kept.contains(member) || !is_stored(member.0));
    let all = changed.iter().copied().chain(rest);
    List::of(all.take(MAX_MEMBERS).map(Some))
}

type Member<'a> = (&'a str, &'a str);

/// A list within the limits, on the stack.
struct List<'a> {
    members: [Member<'a>; MAX_MEMBERS],
    count: usize,
}

impl<'a> List<'a> {
    /// Creates a list of these members, shortened to [`MAX_LENGTH`]. Returns `None` if one of them
    /// is `None`, or if there are too many.
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

    /// Adds a member, unless there is one with the same key. The first one is the most recent.
    fn add(&mut self, member: Member<'a>) {
        let is_new = self.members().iter().all(|(key, _)| *key != member.0);
        if is_new {
            self.members[self.count] = member;
            self.count += 1;
        }
    }

    /// Removes members until the list is short enough: long ones first, then those at the end.
    fn shorten(&mut self) {
        while self.length() > MAX_LENGTH {
            let last = self.count - 1;
            let is_long = |member: &Member<'_>| length(*member) > LONG_MEMBER;
            let removed = self.members().iter().rposition(is_long).unwrap_or(last);
            self.members.copy_within(removed + 1..self.count, removed);
            self.count = last;
        }
    }

    /// Returns the members that OpenTelemetry's `TraceState` accepts.
    fn stored(&self) -> TraceState {
        let members = self.members().iter().filter(|(key, _)| is_stored(key));
        let mut list = Vec::with_capacity(self.count);
        list.extend(members.map(borrowed));
        // A borrowed key is as large here as an owned one, so this collects in place, and the list
        // is allocated once.
        TraceState::from_key_value(list).unwrap_or_default()
    }

    fn header(&self) -> String {
        let mut header = String::with_capacity(self.length());
        for (key, value) in self.members() {
            if !header.is_empty() {
                header.push(',');
            }
            header.push_str(key);
            header.push('=');
            header.push_str(value);
        }
        header
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
    key.len() <= MAX_KEY
        && key.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && key.bytes().all(is_key_byte)
}

fn is_key_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@')
}

/// Returns `true` if OpenTelemetry's `TraceState`, which has its own rules for an `@`, accepts this
/// legal key.
fn is_stored(key: &str) -> bool {
    !key.contains('@') || TraceState::NONE.delete(key).is_ok()
}

fn is_value(value: &str) -> bool {
    let is_byte = |byte| matches!(byte, b' '..=b'~' if byte != b',' && byte != b'=');
    (1..=MAX_VALUE).contains(&value.len()) && !value.ends_with(' ') && value.bytes().all(is_byte)
}
