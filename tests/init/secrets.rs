//! Tests that no value of a variable that may hold a secret is shown, whatever the mistake: not in
//! `Display`, in `Debug`, or in warnings.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use crate::collector::{answering, refusing};
use crate::{application, errors, run};

const MARKER: &str = "s3cr3t";

/// The variables whose values may be secrets, or may be one by mistake.
const SECRET: &[&str] = &[
    "OTEL_EXPORTER_OTLP_HEADERS",
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
    "OTEL_EXPORTER_OTLP_LOGS_HEADERS",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE",
    "OTEL_EXPORTER_OTLP_CLIENT_KEY",
    "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY",
    "OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY",
    "OTEL_RESOURCE_ATTRIBUTES",
];

const PROTOCOLS: [&str; 2] = ["http/protobuf", "grpc"];

/// Returns values that have the marker in every place.
fn values() -> Vec<OsString> {
    let texts = [
        "MARKER",
        "Authorization: Bearer MARKER",
        "Authorization: Basic MARKER==",
        "authorization=Basic a,MARKER",
        "authorization=Basic MARKER,tail",
        "authorization=Basic a,MARKER=%0A",
        "authorization=Basic a,MARKER==,tail",
        "authorization=MARKER%0A",
        "authorization=MARKER%ff",
        "author ization=MARKER",
        "MARKER MARKER=a",
        "https://user:MARKER@",
        "https://user:MARKER@host:port/",
        "https://[MARKER]:1/",
        "https://a=MARKER/",
        "https://host/ MARKER",
        "https://host:99999/?key=MARKER",
        "ftp://host/MARKER?key=MARKER#MARKER",
        "-----BEGIN PRIVATE KEY-----\nMARKER\n-----END PRIVATE KEY-----",
        "/nowhere/MARKER.pem",
    ];
    let texts = texts.map(|text| OsString::from(text.replace("MARKER", MARKER)));
    let bytes = [b"\xff", MARKER.as_bytes()].concat();
    let bytes = OsStr::from_bytes(&bytes).to_owned();
    texts.into_iter().chain([bytes]).collect()
}

/// Returns what a program says about a value: its error, shown in both ways, or warnings and log
/// lines.
fn said(name: &str, value: &OsStr, protocol: &str) -> String {
    let mut program = application("debug");
    program.envs([
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "50"),
        ("RUST_LOG", "trace"),
    ]);
    if name.ends_with("CLIENT_KEY") {
        let certificate = name.replace("KEY", "CERTIFICATE");
        program.env(certificate, pem());
    }
    errors(&run(program.env(name, value)))
}

/// Returns the path of a certificate.
fn pem() -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("traced-secrets-{}.pem", std::process::id()));
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
    let pem = certificate.expect("a certificate").cert.pem();
    std::fs::write(&path, pem).expect("a folder for it");
    path
}

#[test]
fn no_value_that_may_be_one_is_shown() {
    let mut errors = 0;
    for (name, protocol) in SECRET
        .iter()
        .flat_map(|name| PROTOCOLS.map(|protocol| (name, protocol)))
    {
        for value in values() {
            let said = said(name, &value, protocol);
            assert!(
                !said.contains(MARKER),
                "{name}={value:?}, {protocol}: {said}"
            );
            errors += usize::from(said.contains(&format!("Error: {name} ")));
        }
    }
    assert!(
        errors > SECRET.len() * PROTOCOLS.len() * 6,
        "{errors} errors"
    );
    let _ = std::fs::remove_file(pem());
}

/// The file is not valid PEM, and what it holds may be a key.
#[test]
fn nothing_of_a_file_is_shown() {
    let path = std::env::temp_dir().join(format!("traced-secrets-{}.txt", std::process::id()));
    std::fs::write(&path, format!("-----BEGIN {MARKER}\n{MARKER}")).expect("a folder for it");
    for name in ["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"] {
        let name = format!("OTEL_EXPORTER_OTLP_{name}");
        let said = said(&name, path.as_os_str(), PROTOCOLS[0]);
        assert!(said.contains(&format!("Error: {name} ")), "{said}");
        assert!(!said.contains(MARKER), "{said}");
    }
    std::fs::remove_file(path).expect("it is there");
}

/// The endpoint is valid, and nothing can be sent there. Its password, path and query are not
/// shown.
#[test]
fn warnings_show_none() {
    const ERROR: &[u8] = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
    for address in [refusing(), answering(ERROR)] {
        let endpoint = format!("http://user:{MARKER}@{address}/{MARKER}?key={MARKER}");
        let output = run(application("plain").envs([
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*endpoint),
            ("OTEL_EXPORTER_OTLP_HEADERS", &format!("api-key={MARKER}")),
            ("RUST_LOG", "trace"),
        ]));
        let said = errors(&output);
        assert!(
            said.contains(&format!("could not be sent to http://{address}: ")),
            "{said}"
        );
        assert!(!said.contains(MARKER), "{said}");
    }
}
