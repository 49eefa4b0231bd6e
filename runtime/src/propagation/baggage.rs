//! `baggage`.

use std::sync::LazyLock;

use opentelemetry::Context;
use opentelemetry::baggage::{Baggage as Members, BaggageExt};
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};

use super::headers::OWS;
use super::percent;

pub(super) const BAGGAGE: &str = "baggage";

static FIELDS: LazyLock<[String; 1]> = LazyLock::new(|| [BAGGAGE.to_owned()]);

const MAX_MEMBERS: usize = 64;
const MAX_LENGTH: usize = 8192;

/// Propagates baggage by [W3C's specification](https://www.w3.org/TR/baggage/).
///
/// The lines of the header are one list. A member whose key, value or properties are not legal is left out, and so is
/// whatever follows the 64th member or the 8,192nd byte; more than 64 lines are not read. Of members with one key the last holds. Values are
/// percent-encoded where they must be, so any text comes out as it went in; octets that are not UTF-8 become U+FFFD. Properties
/// (OpenTelemetry's metadata) go through as they are.
///
/// A member that nobody changed is sent on byte for byte as it came. Members that are written in another way than ours, such as
/// `a=%c3%a9`, are remembered for it, within 8 KiB for these and the list together.
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
        let is_new = !received.is_empty() || context.get::<AsReceived>().is_some();
        let context = context.with_baggage(members);
        if is_new {
            return context.with_value(AsReceived(received));
        }
        context
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(FIELDS.as_slice())
    }
}

/// In a context: the members of the baggage that came in another form than ours.
struct AsReceived(String);

/// The baggage of these lines, and those of its members that are not written as we would.
fn from_lines(lines: &[&str]) -> (Members, String) {
    let length: usize = lines.iter().map(|line| line.len() + 1).sum();
    let room = length.min(MAX_LENGTH.saturating_sub(length));
    let mut left = MAX_LENGTH;
    let members = lines.iter().flat_map(|line| whole_members(line, &mut left));
    let mut baggage = Members::new();
    let mut received = String::new();
    for member in members
        .filter(|member| !member.is_empty())
        .take(MAX_MEMBERS)
    {
        if let Some((key, value, properties)) = parse(member) {
            let value = percent::decode(value);
            if !written(key, &value, properties.trim()).eq(member.bytes()) {
                // Allocated once, since the header comes from anywhere.
                received.reserve_exact(room - received.len());
                push(&mut received, member, room);
            }
            baggage.insert_with_metadata(key.to_owned(), value.into_owned(), properties);
        }
    }
    (baggage, received)
}

/// The members of `line` that end within the next `left` bytes of the list; the comma that joins lines counts too.
fn whole_members<'a>(line: &'a str, left: &mut usize) -> impl Iterator<Item = &'a str> + use<'a> {
    let end = if line.len() <= *left {
        line.len()
    } else {
        let start = &line.as_bytes()[..=*left];
        start.iter().rposition(|byte| *byte == b',').unwrap_or(0)
    };
    *left = left.saturating_sub(line.len() + 1);
    line[..end]
        .split(',')
        .map(|member| member.trim_matches(OWS))
}

/// `key = value ; property ; property` of a legal member.
fn parse(member: &str) -> Option<(&str, &str, &str)> {
    let (entry, properties) = member.split_once(';').unzip();
    let (key, value) = entry.unwrap_or(member).split_once('=')?;
    let (key, value) = (key.trim_matches(OWS), value.trim_matches(OWS));
    let is_legal =
        is_token(key) && value.bytes().all(is_octet) && properties.is_none_or(are_properties);
    is_legal.then_some((key, value, properties.unwrap_or_default()))
}

/// The members that fit; those of `received` that are unchanged as they came.
fn to_header(members: &Members, received: &str) -> String {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(key, _)| key.as_str());
    let mut list = String::new();
    for (key, (value, metadata)) in sorted {
        let (key, value, properties) = (key.as_str(), value.as_str(), metadata.as_str());
        let is_same = |member: &&str| {
            parse(member).is_some_and(|(name, old, old_properties)| {
                (name, old_properties.trim()) == (key, properties) && percent::decode(old) == value
            })
        };
        if let Some(member) = received.rsplit(',').find(is_same) {
            push(&mut list, member, MAX_LENGTH);
            continue;
        }
        let properties = Some(properties).filter(|text| are_properties(text));
        let member = written(key, value, properties.unwrap_or_default());
        let member: String = member.map(char::from).collect();
        push(&mut list, &member, MAX_LENGTH);
    }
    list
}

/// A member as we write it.
fn written<'a>(key: &'a str, value: &'a str, properties: &'a str) -> impl Iterator<Item = u8> + 'a {
    let semicolon = (!properties.is_empty()).then_some(b';');
    let value = percent::encoded(value, is_plain);
    let start = key.bytes().chain([b'=']).chain(value);
    start.chain(semicolon).chain(properties.bytes())
}

/// Adds a member if it fits.
fn push(list: &mut String, member: &str, max: usize) {
    let comma = if list.is_empty() { "" } else { "," };
    if list.len() + comma.len() + member.len() <= max {
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

/// By RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_byte)
}

/// The specification's `baggage-octet`.
fn is_octet(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' if !b"\",;\\".contains(&byte))
}

/// What need not be encoded.
fn is_plain(byte: u8) -> bool {
    is_octet(byte) && byte != b'%'
}
