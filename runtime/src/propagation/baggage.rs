//! `baggage`.

use std::sync::LazyLock;

use opentelemetry::baggage::{Baggage as Members, BaggageExt, BaggageMetadata};
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::{Context, Key, StringValue};

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
/// percent-encoded, so any text comes out as it went in; octets that are not UTF-8 become U+FFFD. Properties
/// (OpenTelemetry's metadata) go through as they are.
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
        let header = to_header(context.baggage());
        if !header.is_empty() {
            injector.set(BAGGAGE, header);
        }
    }

    fn extract_with_context(&self, context: &Context, extractor: &dyn Extractor) -> Context {
        let lines = extractor.get_all(BAGGAGE);
        let members = lines.map(|lines| from_lines(&lines)).unwrap_or_default();
        if members.is_empty() {
            return context.clone();
        }
        context.with_baggage(members)
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(FIELDS.as_slice())
    }
}

fn from_lines(lines: &[&str]) -> Members {
    let mut left = MAX_LENGTH;
    let members = lines.iter().flat_map(|line| whole_members(line, &mut left));
    let mut baggage = Members::new();
    for member in members
        .filter(|member| !member.is_empty())
        .take(MAX_MEMBERS)
    {
        if let Some((key, value, properties)) = parse(member) {
            let value = percent::decode(value).into_owned();
            baggage.insert_with_metadata(key.to_owned(), value, properties);
        }
    }
    baggage
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

fn to_header(members: &Members) -> String {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(key, _)| key.as_str());
    let (header, is_whole) = to_list(&sorted, is_plain);
    if is_whole {
        return header;
    }
    to_list(&sorted, is_allowed).0
}

type Member<'a> = (&'a Key, &'a (StringValue, BaggageMetadata));

/// The members that fit, with all but `is_plain` bytes encoded, and whether that is all of them.
fn to_list(members: &[Member<'_>], is_plain: impl Fn(u8) -> bool + Copy) -> (String, bool) {
    let mut list = String::new();
    let mut is_whole = true;
    for (key, (value, metadata)) in members {
        let end = list.len();
        if end > 0 {
            list.push(',');
        }
        list.push_str(key.as_str());
        list.push('=');
        percent::encode(value.as_str(), is_plain, &mut list);
        if are_properties(metadata.as_str()) {
            list.push(';');
            list.push_str(metadata.as_str());
        }
        if list.len() > MAX_LENGTH {
            list.truncate(end);
            is_whole = false;
        }
    }
    (list, is_whole)
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
fn is_allowed(byte: u8) -> bool {
    is_octet(byte) && byte != b'%'
}

/// What goes out as it is where there is room; `=` and `+` could, but some readers take them for something else.
fn is_plain(byte: u8) -> bool {
    is_allowed(byte) && byte != b'=' && byte != b'+'
}
