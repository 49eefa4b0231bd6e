//! Reads and checks `OTEL_EXPORTER_OTLP_*`.

use std::net::Ipv6Addr;
use std::num::NonZeroU16;
use std::time::Duration;

use http::uri::{Authority, Scheme, Uri};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::super::environment::{self, Variable};
use super::super::error::InitError;
use super::super::signal::Signal;
use super::batch::{milliseconds, name};

/// Evaluates to the names of the variables for an option. The one for the signal comes first, since
/// it takes precedence.
macro_rules! names {
    ($signal:expr, $option:literal) => {
        match $signal {
            Signal::Traces => &[
                concat!("OTEL_EXPORTER_OTLP_TRACES_", $option),
                concat!("OTEL_EXPORTER_OTLP_", $option),
            ],
            #[cfg(feature = "logs")]
            Signal::Logs => &[
                concat!("OTEL_EXPORTER_OTLP_LOGS_", $option),
                concat!("OTEL_EXPORTER_OTLP_", $option),
            ],
        }
    };
}
pub(super) use names;

const ENDPOINT: &str = "an `http://` or `https://` URL";
const TARGET: &str = "an `http://` or `https://` URL, or `HOST:PORT`";
const HEADER: &str = "the name and the value of an HTTP header";
const TIMEOUT: &str = "a time of a millisecond or more";
const PORT: &str = "a URL whose port is from 1 to 65535";
const NO_QUERY: &str = "a URL without a query, which gRPC does not support";

/// The protocol with which spans and log records are sent over OTLP, for
/// [`Builder::with_protocol`](crate::Builder::with_protocol).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// The protocol `http/protobuf`, usually on port 4318.
    Http,
    /// The protocol `grpc`, usually on port 4317.
    Grpc,
}

/// The settings that the program makes in code, which take precedence over the variables.
#[derive(Default)]
pub(in super::super) struct Given {
    pub(in super::super) endpoint: Option<String>,
    pub(in super::super) headers: Vec<(String, String)>,
    pub(in super::super) protocol: Option<Protocol>,
    pub(in super::super) timeout: Option<Duration>,
}

/// The validated settings of an OTLP exporter.
pub(super) struct Settings {
    pub(super) protocol: Protocol,
    pub(super) endpoint: Uri,
    pub(super) headers: HeaderMap,
    pub(super) gzip: bool,
    /// The time limit of one export with its retries.
    pub(super) limit: Duration,
}

impl Settings {
    pub(super) fn new(signal: Signal, given: &Given) -> Result<Settings, InitError> {
        let protocol = protocol(signal, given)?;
        let compressions = [("gzip", true), ("none", false)];
        Ok(Settings {
            protocol,
            endpoint: without_user(endpoint(signal, protocol, given)?),
            headers: headers(signal, given)?,
            gzip: environment::choice(names!(signal, "COMPRESSION"), &compressions)?
                .unwrap_or_default(),
            limit: limit(signal, given)?,
        })
    }

    /// Returns the endpoint without its path and query, which may be secrets.
    pub(super) fn shown_endpoint(&self) -> String {
        let scheme = self.endpoint.scheme_str().unwrap_or_default();
        let authority = self.endpoint.authority().map_or("", Authority::as_str);
        format!("{scheme}://{authority}")
    }
}

/// Returns the URL without user and password, which are not sent, but would be shown by crates that
/// log connections.
fn without_user(url: Uri) -> Uri {
    let authority = url.authority().map_or("", Authority::as_str);
    let Some((_, host)) = authority.rsplit_once('@') else {
        return url;
    };
    let Ok(host) = host.parse() else {
        return url;
    };
    let mut parts = url.clone().into_parts();
    parts.authority = Some(host);
    Uri::from_parts(parts).unwrap_or(url)
}

/// Returns the protocol, HTTP by default. `http/json`, which is not supported, is replaced with
/// `http/protobuf`, with a warning, since the variable may be shared by programs in several
/// languages.
fn protocol(signal: Signal, given: &Given) -> Result<Protocol, InitError> {
    if let Some(given) = given.protocol {
        return Ok(given);
    }
    let Some(variable) = Variable::find(names!(signal, "PROTOCOL"))? else {
        return Ok(Protocol::Http);
    };
    if variable.value.eq_ignore_ascii_case("http/json") {
        variable.warn(format_args!("JSON is not supported, using `http/protobuf`"));
        return Ok(Protocol::Http);
    }
    variable.choose(&[("http/protobuf", Protocol::Http), ("grpc", Protocol::Grpc)])
}

/// Returns the headers of the variables, overridden by those that the program sets.
fn headers(signal: Signal, given: &Given) -> Result<HeaderMap, InitError> {
    let mut headers = HeaderMap::new();
    if let Some(variable) = Variable::find(names!(signal, "HEADERS"))? {
        let is_header = |name: &str, value: &str| header(name, value).is_some();
        let pairs = environment::pairs(&variable, is_header)?;
        headers.extend(pairs.iter().filter_map(|(name, value)| header(name, value)));
    }
    for (name, value) in &given.headers {
        let bad = || InitError::argument("Builder::with_header", "is not valid", HEADER);
        let (name, value) = header(name, value).ok_or_else(bad)?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// Parses a header, and marks its value as sensitive. Returns `None` if it is not valid.
fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let mut value = value.parse::<HeaderValue>().ok()?;
    value.set_sensitive(true);
    Some((name.parse().ok()?, value))
}

fn limit(signal: Signal, given: &Given) -> Result<Duration, InitError> {
    if let Some(timeout) = given.timeout {
        let bad = || InitError::argument("Builder::with_timeout", "is zero", TIMEOUT);
        return Some(timeout).filter(|time| !time.is_zero()).ok_or_else(bad);
    }
    let timeout = milliseconds(names!(signal, "TIMEOUT"))?.unwrap_or(Duration::from_secs(10));
    let export = milliseconds(&[name!(signal, "EXPORT_TIMEOUT")])?;
    Ok(timeout.min(export.unwrap_or(Duration::from_secs(30))))
}

fn endpoint(signal: Signal, protocol: Protocol, given: &Given) -> Result<Uri, InitError> {
    let insecure = environment::flag(names!(signal, "INSECURE"))?;
    let names = names!(signal, "ENDPOINT");
    let found = match &given.endpoint {
        Some(endpoint) => Some(Variable::given("Builder::with_endpoint", endpoint)),
        None => Variable::find(names)?,
    };
    let Some(variable) = found else {
        return Ok(Uri::from_static(match (protocol, signal) {
            (Protocol::Http, Signal::Traces) => "http://localhost:4318/v1/traces",
            #[cfg(feature = "logs")]
            (Protocol::Http, Signal::Logs) => "http://localhost:4318/v1/logs",
            (Protocol::Grpc, _) => "http://localhost:4317",
        }));
    };
    let whole = variable.name == names[0];
    let value = &variable.value;
    let accepted = match protocol {
        Protocol::Http => ENDPOINT,
        Protocol::Grpc => TARGET,
    };
    let url = url(value, protocol, insecure).ok_or_else(|| variable.rejected(accepted))?;
    if !has_legal_port(&url) {
        return Err(variable.rejected(PORT));
    }
    match protocol {
        Protocol::Http if whole => Ok(url),
        Protocol::Http => below(url, path(signal)).ok_or_else(|| variable.rejected(ENDPOINT)),
        Protocol::Grpc if url.query().is_some() => Err(variable.rejected(NO_QUERY)),
        Protocol::Grpc => Ok(url),
    }
}

fn url(value: &str, protocol: Protocol, insecure: bool) -> Option<Uri> {
    let scheme = if insecure { "http" } else { "https" };
    let url: Uri = match protocol {
        _ if value.contains("://") => value.parse(),
        // A single word is more likely to be a key in the wrong variable than a host on port 443.
        Protocol::Grpc if value.contains(':') => format!("{scheme}://{value}").parse(),
        _ => return None,
    }
    .ok()?;
    is_web(&url).then_some(url)
}

/// Appends `path` to the path of the URL, and keeps the query.
fn below(url: Uri, path: &str) -> Option<Uri> {
    let own = url.path().trim_end_matches('/');
    let query = url.query().map(|query| format!("?{query}"));
    let whole = format!("{own}{path}{}", query.unwrap_or_default());
    let mut parts = url.into_parts();
    parts.path_and_query = Some(whole.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// Returns the path of a signal, which is appended to an endpoint for all signals.
fn path(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "/v1/traces",
        #[cfg(feature = "logs")]
        Signal::Logs => "/v1/logs",
    }
}

fn is_web(url: &Uri) -> bool {
    let scheme = url.scheme();
    let known = scheme == Some(&Scheme::HTTP) || scheme == Some(&Scheme::HTTPS);
    known && url.host().is_some_and(is_host)
}

/// Returns `true` for a valid host. The crate `http` accepts almost any text as a host, and
/// warnings show the host, so a list of headers must not pass for one.
fn is_host(host: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match address.map(str::parse::<Ipv6Addr>) {
        Some(address) => address.is_ok(),
        None => !host.is_empty() && host.bytes().all(is_part),
    }
}

/// Returns `true` unless the URL has an invalid port. The crate `http` accepts any digits as a
/// port, and takes the default port in place of a number that is too large.
fn has_legal_port(url: &Uri) -> bool {
    let authority = url.authority().map_or("", Authority::as_str);
    let (_, after) = authority.split_at(authority.rfind([']', '@']).unwrap_or(0));
    let port = after.rsplit_once(':').map(|(_, port)| port);
    port.is_none_or(|port| port.parse::<NonZeroU16>().is_ok())
}
