//! Finds out what a span records about a request.

use http::uri::Authority;
use http::{HeaderMap, Method, Uri, Version, header};
use opentelemetry::KeyValue;

use super::forwarded::Forwarded;
use super::secrets::Secrets;
use super::side::Side;
use crate::attributes::format::bounded;

/// A request, whichever crate it comes from.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a Method,
    pub(crate) version: Version,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) scheme: Option<&'a str>,
    pub(crate) host: Option<&'a str>,
    /// The port, if the URL gives one.
    pub(crate) port: Option<u16>,
    pub(crate) path: &'a str,
    /// The pattern that the server's router found for the path.
    pub(crate) route: Option<&'a str>,
    /// The facts that trusted proxies report.
    pub(crate) forwarded: Forwarded,
    pub(crate) secrets: Secrets,
}

impl<'a> Request<'a> {
    /// Reads a request as it is sent over the connection. `host` is the value of the header with
    /// this name, which counts if the URI has no host.
    pub(crate) fn new(
        (method, version): (&'a Method, Version),
        uri: &'a Uri,
        headers: &'a HeaderMap,
        host: Option<&'a Authority>,
        route: Option<&'a str>,
    ) -> Request<'a> {
        let authority = uri.authority().or(host);
        let user = authority.and_then(user_information);
        let password = user.and_then(|user| Some(user.split_once(':')?.1));
        Request {
            method,
            version,
            headers,
            scheme: uri.scheme_str(),
            host: authority.map(Authority::host),
            port: authority.and_then(Authority::port_u16),
            path: uri.path(),
            route,
            forwarded: Forwarded::default(),
            secrets: Secrets::new([uri.query(), user, password]),
        }
    }

    /// Returns the span's name: the method and, if it is known, the route, but never the path,
    /// which can have any number of values.
    pub(super) fn http_name(&self) -> String {
        let method = self.known_method().unwrap_or("HTTP");
        match self.route {
            Some(route) => cut(&format!("{method} {route}")).to_owned(),
            None => method.to_owned(),
        }
    }

    /// Adds the attributes of the server and, on a server behind trusted proxies, of the client.
    pub(super) fn peer_attributes(&self, side: Side, attributes: &mut Vec<KeyValue>) {
        let host = self.host.map(|host| host.trim_matches(['[', ']']));
        attributes.extend(host.map(|host| text("server.address", host)));
        let port = self.host.and(self.port.or_else(|| self.usual_port()));
        attributes.extend(port.map(|port| KeyValue::new("server.port", i64::from(port))));
        let client = self.forwarded.client.filter(|_| side == Side::Server);
        attributes.extend(client.map(|client| KeyValue::new("client.address", client.to_string())));
    }

    pub(super) fn http_attributes(&self, side: Side, attributes: &mut Vec<KeyValue>) {
        let method = self.known_method().unwrap_or("_OTHER").to_owned();
        attributes.push(KeyValue::new("http.request.method", method));
        if self.known_method().is_none() {
            let original = self.method.as_str();
            attributes.push(text("http.request.method_original", cut(original)));
        }
        attributes.extend(self.route.map(|route| text("http.route", cut(route))));
        match side {
            Side::Server => {
                attributes.push(text("url.path", self.path));
                attributes.push(text("url.scheme", self.scheme().unwrap_or("http")));
                attributes.extend(version(self.version));
                let agent = self.headers.get(header::USER_AGENT);
                let agent = agent.and_then(|agent| agent.to_str().ok());
                attributes.extend(agent.map(|agent| text("user_agent.original", agent)));
            }
            Side::Client => attributes.extend(self.url()),
        }
    }

    /// Returns the attribute `url.full`, without the user, the password and the query of the URL,
    /// which may hold secrets. Returns `None` if the scheme or the host is not known.
    fn url(&self) -> Option<KeyValue> {
        let (scheme, host) = (self.scheme?, self.host?);
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let path = self.path;
        Some(KeyValue::new(
            "url.full",
            bounded(format_args!("{scheme}://{host}{port}{path}")),
        ))
    }

    /// Returns the scheme that the client used: the one that trusted proxies report, or otherwise
    /// that of the request.
    fn scheme(&self) -> Option<&'a str> {
        self.forwarded.scheme.or(self.scheme)
    }

    fn usual_port(&self) -> Option<u16> {
        match self.scheme()? {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        }
    }

    /// Returns the method if it is one of those that the conventions list.
    fn known_method(&self) -> Option<&'a str> {
        const KNOWN: [&str; 10] = [
            "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY",
        ];
        let method = self.method.as_str();
        KNOWN.contains(&method).then_some(method)
    }
}

/// Returns the part before the `@`, such as `user:password`, if there is one.
fn user_information(authority: &Authority) -> Option<&str> {
    let (user, _) = authority.as_str().rsplit_once('@')?;
    Some(user)
}

pub(super) fn text(key: &'static str, value: &str) -> KeyValue {
    KeyValue::new(key, bounded(format_args!("{value}")))
}

fn version(version: Version) -> Option<KeyValue> {
    let version = match version {
        Version::HTTP_10 => "1.0",
        Version::HTTP_11 => "1.1",
        Version::HTTP_2 => "2",
        Version::HTTP_3 => "3",
        _ => return None,
    };
    Some(KeyValue::new("network.protocol.version", version))
}

/// Returns at most the first 255 characters of a name.
pub(super) fn cut(text: &str) -> &str {
    let end = text.char_indices().nth(255);
    end.map_or(text, |(end, _)| &text[..end])
}
