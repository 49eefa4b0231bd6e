//! What proxies say of the request that reached them.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;

/// The scheme and the address of a client behind proxies.
#[derive(Default)]
pub(crate) struct Forwarded {
    pub(super) scheme: Option<&'static str>,
    pub(super) client: Option<IpAddr>,
}

impl Forwarded {
    /// Reads `Forwarded`, by [RFC 7239](https://www.rfc-editor.org/rfc/rfc7239#section-4), else `X-Forwarded-Proto` and
    /// `X-Forwarded-For`: what the first proxy said. What is not `http` or `https`, or not an IP address, is ignored.
    pub(crate) fn read(headers: &HeaderMap) -> Forwarded {
        let pairs = first(headers, "forwarded").unwrap_or_default();
        let scheme = value(pairs, "proto").or_else(|| first(headers, "x-forwarded-proto"));
        let client = value(pairs, "for").or_else(|| first(headers, "x-forwarded-for"));
        Forwarded {
            scheme: scheme.and_then(known_scheme),
            client: client.and_then(address),
        }
    }
}

/// The first element of a list.
fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let list = headers.get(name)?.to_str().ok()?;
    Some(list.split(',').next()?.trim())
}

/// The value of one of the pairs of an element.
fn value<'a>(pairs: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = pairs.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim().trim_matches('"'))
}

fn known_scheme(scheme: &str) -> Option<&'static str> {
    let mut known = ["http", "https"].into_iter();
    known.find(|known| known.eq_ignore_ascii_case(scheme))
}

/// An address, with or without a port; an IPv6 one may be in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse();
    let with_port = || text.parse().map(|address: SocketAddr| address.ip());
    address.or_else(|_| with_port()).ok()
}
