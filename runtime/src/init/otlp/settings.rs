//! `OTEL_EXPORTER_OTLP_*`, checked before anything is made of it.

use std::time::Duration;

use http::uri::{Scheme, Uri};
use http::{HeaderName, HeaderValue};
use opentelemetry_otlp::Compression;

use super::super::environment::{self, PAIRS, Variable};
use super::super::error::InitError;
use super::super::signal::Signal;
use super::batch::{milliseconds, name};

/// The variables for an option: the one for the signal wins.
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

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http,
    Grpc,
}

/// What is valid here makes an exporter.
pub(super) struct Settings {
    pub(super) protocol: Protocol,
    pub(super) endpoint: Uri,
    pub(super) compression: Option<Compression>,
    /// For one export, retries included.
    pub(super) limit: Duration,
}

impl Settings {
    pub(super) fn from_environment(signal: Signal) -> Result<Settings, InitError> {
        let protocols = [("http/protobuf", Protocol::Http), ("grpc", Protocol::Grpc)];
        let protocol = environment::choice(names!(signal, "PROTOCOL"), &protocols)?;
        let protocol = protocol.unwrap_or(Protocol::Http);
        let compressions = [("gzip", Some(Compression::Gzip)), ("none", None)];
        check_headers(signal)?;
        Ok(Settings {
            protocol,
            endpoint: endpoint(signal, protocol)?,
            compression: environment::choice(names!(signal, "COMPRESSION"), &compressions)?
                .flatten(),
            limit: limit(signal)?,
        })
    }

    /// The endpoint without the password that it may contain.
    pub(super) fn shown_endpoint(&self) -> String {
        let scheme = self.endpoint.scheme_str().unwrap_or_default();
        let authority = self
            .endpoint
            .authority()
            .map_or("", http::uri::Authority::as_str);
        let host = authority.rsplit('@').next().unwrap_or_default();
        format!("{scheme}://{host}{}", self.endpoint.path())
    }
}

fn limit(signal: Signal) -> Result<Duration, InitError> {
    let timeout = milliseconds(names!(signal, "TIMEOUT"))?.unwrap_or(Duration::from_secs(10));
    let export = milliseconds(&[name!(signal, "EXPORT_TIMEOUT")])?;
    Ok(timeout.min(export.unwrap_or(Duration::from_secs(30))))
}

fn endpoint(signal: Signal, protocol: Protocol) -> Result<Uri, InitError> {
    let insecure = environment::flag(names!(signal, "INSECURE"))?;
    let names = names!(signal, "ENDPOINT");
    let Some(variable) = Variable::find(names)? else {
        return Ok(Uri::from_static(match (protocol, signal) {
            (Protocol::Http, Signal::Traces) => "http://localhost:4318/v1/traces",
            #[cfg(feature = "logs")]
            (Protocol::Http, Signal::Logs) => "http://localhost:4318/v1/logs",
            (Protocol::Grpc, _) => "http://localhost:4317",
        }));
    };
    let whole = variable.name == names[0];
    let value = &variable.value;
    let url = match protocol {
        Protocol::Http if whole => value.clone(),
        Protocol::Http => format!("{}{}", value.trim_end_matches('/'), path(signal)),
        Protocol::Grpc if value.contains("://") => value.clone(),
        Protocol::Grpc if insecure => format!("http://{value}"),
        Protocol::Grpc => format!("https://{value}"),
    };
    let url = url.parse().ok().filter(is_web);
    url.ok_or_else(|| variable.not(ENDPOINT))
}

/// Where a collector takes it, below its endpoint for all signals.
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
    known && url.host().is_some_and(|host| !host.is_empty())
}

/// The exporter reads them itself, and leaves out what is not valid.
fn check_headers(signal: Signal) -> Result<(), InitError> {
    let Some(variable) = Variable::find(names!(signal, "HEADERS"))? else {
        return Ok(());
    };
    let bad = |member: String| InitError::variable(variable.name, member, PAIRS);
    for (name, value) in environment::pairs(&variable.value).map_err(bad)? {
        if name.parse::<HeaderName>().is_err() || value.parse::<HeaderValue>().is_err() {
            return Err(bad(format!("{name}=…")));
        }
    }
    Ok(())
}
