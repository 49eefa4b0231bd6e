//! Reads what proxies report about the request that reached them.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;

/// The scheme and the address of a client behind proxies.
#[derive(Default)]
pub(crate) struct Forwarded {
    pub(super) scheme: Option<&'static str>,
    pub(super) client: Option<IpAddr>,
}

impl Forwarded {
    /// Reads what the first proxy wrote into `Forwarded` ([RFC
    /// 7239](https://www.rfc-editor.org/rfc/rfc7239#section-4)), or otherwise into
    /// `X-Forwarded-Proto` and `X-Forwarded-For`. Schemes other than `http` and `https` are
    /// ignored, and so is a client that is not named by an IP address.
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

/// Returns the first element of a header that is a list, or `None` if there is no such header.
fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let list = headers.get(name)?.to_str().ok()?;
    Some(list.split(',').next()?.trim())
}

/// Returns the value of the first pair with this name, without quotes.
fn value<'a>(pairs: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = pairs.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?;
    Some(value.trim().trim_matches('"'))
}

fn known_scheme(scheme: &str) -> Option<&'static str> {
    let mut known = ["http", "https"].into_iter();
    known.find(|known| known.eq_ignore_ascii_case(scheme))
}

/// Parses an address, with or without a port. An IPv6 address may be in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let address = bare.unwrap_or(text).parse();
    let with_port = || text.parse().map(|address: SocketAddr| address.ip());
    address.or_else(|_| with_port()).ok()
}
