//! Creates the resource that the spans and log records of this process share: the service, and what
//! is detected about the host, the operating system and the process.
//!
//! The detectors of `opentelemetry-resource-detectors` are not used: they run the program
//! `hostname`, and they record the command line, which may hold secrets.

use std::env::consts::{ARCH, OS};

use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::TelemetryResourceDetector;

use super::environment::{self, Variable, decoded};
use super::error::InitError;

const ATTRIBUTES: &str = "OTEL_RESOURCE_ATTRIBUTES";
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";

/// Returns the resource: what is detected, overridden by the environment, overridden by `given`.
pub(super) fn resource(given: Vec<KeyValue>) -> Result<Resource, InitError> {
    let attributes = from_environment()?;
    let name = Variable::find(&[SERVICE_NAME])?;
    let resource = Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attributes(detected())
        .with_attributes(attributes)
        .with_attributes(name.map(|name| KeyValue::new("service.name", name.value)))
        .with_attributes(given);
    Ok(resource.build())
}

fn from_environment() -> Result<Vec<KeyValue>, InitError> {
    let Some(variable) = Variable::find(&[ATTRIBUTES])? else {
        return Ok(Vec::new());
    };
    let attributes = environment::pairs(&variable, |key, _| decoded(key).is_some())?.into_iter();
    Ok(attributes
        .map(|(key, value)| KeyValue::new(decoded(&key).unwrap_or(key), value))
        .collect())
}

/// Returns the detected attributes, by the semantic conventions for `service`, `host`, `os` and
/// `process`.
fn detected() -> Vec<KeyValue> {
    let executable = std::env::current_exe().ok();
    let file = executable.as_deref().and_then(|path| path.file_name());
    let file = file.map(|name| name.to_string_lossy().into_owned());
    let service = match &file {
        Some(file) => format!("unknown_service:{file}"),
        None => "unknown_service".to_owned(),
    };
    let path = executable.map(|path| path.to_string_lossy().into_owned());
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    let known: [(&'static str, Option<Value>); 7] = [
        ("service.name", Some(service.into())),
        (
            "host.name",
            Some(host).filter(|name| !name.is_empty()).map(Value::from),
        ),
        ("host.arch", Some(architecture().into())),
        ("os.type", Some(operating_system().into())),
        ("process.pid", Some(i64::from(std::process::id()).into())),
        ("process.executable.name", file.map(Value::from)),
        ("process.executable.path", path.map(Value::from)),
    ];
    let known = known.into_iter();
    known
        .filter_map(|(key, value)| Some(KeyValue::new(key, value?)))
        .collect()
}

/// Returns the name of the processor's architecture, as the semantic conventions spell it.
fn architecture() -> &'static str {
    match ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "arm" => "arm32",
        "powerpc" => "ppc32",
        "powerpc64" => "ppc64",
        other => other,
    }
}

fn operating_system() -> &'static str {
    match OS {
        "macos" => "darwin",
        "dragonfly" => "dragonflybsd",
        other => other,
    }
}
