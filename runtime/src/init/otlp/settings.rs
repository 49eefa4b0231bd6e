//! `OTEL_EXPORTER_OTLP_*`, checked before anything is made of it.

use std::time::Duration;

use http::uri::{Scheme, Uri};
use http::{HeaderName, HeaderValue};
use opentelemetry_otlp::Compression;

use super::super::environment::{self, PAIRS, Variable};
use super::super::error::InitError;
use super::batch::milliseconds;

/// The variables for an option: the one for traces wins.
macro_rules! names {
    ($option:literal) => {
        &[
            concat!("OTEL_EXPORTER_OTLP_TRACES_", $option),
            concat!("OTEL_EXPORTER_OTLP_", $option),
        ]
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
    pub(super) fn from_environment() -> Result<Settings, InitError> {
        let protocols = [("http/protobuf", Protocol::Http), ("grpc", Protocol::Grpc)];
        let protocol = environment::choice(names!("PROTOCOL"), &protocols)?;
        let protocol = protocol.unwrap_or(Protocol::Http);
        let compressions = [("gzip", Some(Compression::Gzip)), ("none", None)];
        check_headers()?;
        Ok(Settings {
            protocol,
            endpoint: endpoint(protocol)?,
            compression: environment::choice(names!("COMPRESSION"), &compressions)?.flatten(),
            limit: limit()?,
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

fn limit() -> Result<Duration, InitError> {
    let timeout = milliseconds(names!("TIMEOUT"))?.unwrap_or(Duration::from_secs(10));
    let export = milliseconds(&["OTEL_BSP_EXPORT_TIMEOUT"])?.unwrap_or(Duration::from_secs(30));
    Ok(timeout.min(export))
}

fn endpoint(protocol: Protocol) -> Result<Uri, InitError> {
    let insecure = environment::flag(names!("INSECURE"))?;
    let Some(variable) = Variable::find(names!("ENDPOINT"))? else {
        return Ok(Uri::from_static(match protocol {
            Protocol::Http => "http://localhost:4318/v1/traces",
            Protocol::Grpc => "http://localhost:4317",
        }));
    };
    let whole = variable.name == names!("ENDPOINT")[0];
    let value = &variable.value;
    let url = match protocol {
        Protocol::Http if whole => value.clone(),
        Protocol::Http => format!("{}/v1/traces", value.trim_end_matches('/')),
        Protocol::Grpc if value.contains("://") => value.clone(),
        Protocol::Grpc if insecure => format!("http://{value}"),
        Protocol::Grpc => format!("https://{value}"),
    };
    let url = url.parse().ok().filter(is_web);
    url.ok_or_else(|| variable.not(ENDPOINT))
}

fn is_web(url: &Uri) -> bool {
    let scheme = url.scheme();
    let known = scheme == Some(&Scheme::HTTP) || scheme == Some(&Scheme::HTTPS);
    known && url.host().is_some_and(|host| !host.is_empty())
}

/// The exporter reads them itself, and leaves out what is not valid.
fn check_headers() -> Result<(), InitError> {
    let Some(variable) = Variable::find(names!("HEADERS"))? else {
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
