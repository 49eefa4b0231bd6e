//! The header `baggage`.

use std::sync::LazyLock;

use opentelemetry::Context;
use opentelemetry::baggage::{Baggage as Members, BaggageExt};
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};

use super::lines::OWS;
use super::percent;

pub(super) const BAGGAGE: &str = "baggage";

static FIELDS: LazyLock<[String; 1]> = LazyLock::new(|| [BAGGAGE.to_owned()]);

const MAX_MEMBERS: usize = 64;
const MAX_LENGTH: usize = 8192;

/// Propagates baggage by [W3C's specification](https://www.w3.org/TR/baggage/).
///
/// All lines of the header form one list. A member is left out if its key, value or properties are
/// not legal, and so is everything after the 64th member or the 8,192nd byte. A header of more than
/// 64 lines is ignored. If several members have the same key, the last one wins. Values are
/// percent-encoded where necessary, so any text arrives as it was set; octets that are not UTF-8
/// become U+FFFD. Properties (OpenTelemetry's metadata) are passed on unchanged.
///
/// If nobody changes the baggage, its legal members are sent on byte for byte, including those with
/// repeated keys. After a change, the untouched members stay as they came, followed by those that
/// were set, sorted by key.
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
/// use opentelemetry::baggage::BaggageExt;
/// use opentelemetry::propagation::TextMapPropagator;
/// use traced::propagation::Baggage;
///
/// let headers = HashMap::from([("baggage".to_owned(), "tenant=a%3Db%25".to_owned())]);
/// let context = Baggage.extract(&headers);
/// assert_eq!(context.baggage().get("tenant").unwrap().as_str(), "a=b%");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Baggage;

impl TextMapPropagator for Baggage {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        let received = context.get::<AsReceived>();
        let received = received.map_or("", |received| received.0.as_str());
        let header = to_header(context.baggage(), received);
        if !header.is_empty() {
            injector.set(BAGGAGE, header);
        }
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        let lines = extractor.get_all(BAGGAGE);
        let (members, received) = lines.map(|lines| from_lines(&lines)).unwrap_or_default();
        if members.is_empty() {
            return context.clone();
        }
        context
            .with_baggage(members)
            .with_value(AsReceived(received))
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(FIELDS.as_slice())
    }
}

/// A context entry with the legal members of the list as it was received.
struct AsReceived(String);

/// Returns the baggage in these lines, and its legal members as they were received.
fn from_lines(lines: &[&str]) -> (Members, String) {
    let length: usize = members(lines).map(|member| member.len() + 1).sum();
    let mut baggage = Members::new();
    let mut received = String::new();
    for member in members(lines).filter_map(Member::parse) {
        // This is one allocation of the right size, because the header is not trusted.
        received.reserve_exact(length - received.len());
        push(&mut received, member.text);
        let value = percent::decode(member.value).into_owned();
        baggage.insert_with_metadata(member.key.to_owned(), value, member.properties);
    }
    (baggage, received)
}

/// Returns the members within the limits.
fn members<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let mut left = MAX_LENGTH;
    let members = lines
        .iter()
        .flat_map(move |line| whole_members(line, &mut left));
    members
        .filter(|member| !member.trim_matches(OWS).is_empty())
        .take(MAX_MEMBERS)
}

/// Returns the members of `line` that end within the next `left` bytes of the list. The comma that
/// joins two lines counts as well.
fn whole_members<'a>(line: &'a str, left: &mut usize) -> impl Iterator<Item = &'a str> + use<'a> {
    let end = if line.len() <= *left {
        line.len()
    } else {
        let start = &line.as_bytes()[..=*left];
        start.iter().rposition(|byte| *byte == b',').unwrap_or(0)
    };
    *left = left.saturating_sub(line.len() + 1);
    line[..end].split(',')
}

/// A legal member of a list that was received.
struct Member<'a> {
    /// The whole member, with the white space around it.
    text: &'a str,
    key: &'a str,
    value: &'a str,
    properties: &'a str,
}

impl<'a> Member<'a> {
    /// Reads `key = value ; property ; property`. Returns `None` if it is not legal.
    fn parse(text: &'a str) -> Option<Member<'a>> {
        let (entry, properties) = text.split_once(';').unzip();
        let (key, value) = entry.unwrap_or(text).split_once('=')?;
        let (key, value) = (key.trim_matches(OWS), value.trim_matches(OWS));
        let is_legal =
            is_token(key) && value.bytes().all(is_octet) && properties.is_none_or(are_properties);
        is_legal.then_some(Member {
            text,
            key,
            value,
            properties: properties.unwrap_or_default(),
        })
    }

    fn is_in(&self, baggage: &Members) -> bool {
        let found = baggage.get_with_metadata(self.key);
        found.is_some_and(|(value, properties)| {
            properties.as_str() == self.properties.trim()
                && value.as_str() == percent::decode(self.value)
        })
    }
}

/// Returns the header with the members that fit: first the unchanged ones of `received`, then the
/// others.
fn to_header(baggage: &Members, received: &str) -> String {
    let received: Vec<_> = received.split(',').filter_map(Member::parse).collect();
    let is_unchanged = |key: &str| {
        let last = received.iter().rfind(|member| member.key == key);
        last.is_some_and(|last| last.is_in(baggage))
    };
    let mut list = String::new();
    for member in received.iter().filter(|member| is_unchanged(member.key)) {
        push(&mut list, member.text);
    }
    let others = baggage
        .iter()
        .filter(|(key, _)| !is_unchanged(key.as_str()));
    let mut others: Vec<_> = others.collect();
    others.sort_unstable_by_key(|(key, _)| key.as_str());
    for (key, (value, properties)) in others {
        push(
            &mut list,
            &written(key.as_str(), value.as_str(), properties.as_str()),
        );
    }
    list.truncate(list.trim_end_matches(OWS).len());
    list
}

/// Returns a member as it is sent, without properties that are not legal.
fn written(key: &str, value: &str, properties: &str) -> String {
    let mut member = format!("{key}=");
    member.extend(percent::encoded(value, is_plain).map(char::from));
    if !properties.is_empty() && are_properties(properties) {
        member.push(';');
        member.push_str(properties);
    }
    member
}

/// Adds a member to the list if it fits within [`MAX_LENGTH`].
fn push(list: &mut String, member: &str) {
    let (comma, member) = match list.as_str() {
        "" => ("", member.trim_start_matches(OWS)),
        _ => (",", member),
    };
    if list.len() + comma.len() + member.len() <= MAX_LENGTH {
        list.push_str(comma);
        list.push_str(member);
    }
}

fn are_properties(properties: &str) -> bool {
    properties.split(';').all(|property| {
        let (key, value) = property.split_once('=').unwrap_or((property, ""));
        is_token(key.trim_matches(OWS)) && value.trim_matches(OWS).bytes().all(is_octet)
    })
}

/// Returns `true` for a token of RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_byte)
}

/// Returns `true` for a `baggage-octet` of the specification.
fn is_octet(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' if !b"\",;\\".contains(&byte))
}

/// Returns `true` for a byte that need not be encoded.
fn is_plain(byte: u8) -> bool {
    is_octet(byte) && byte != b'%'
}
