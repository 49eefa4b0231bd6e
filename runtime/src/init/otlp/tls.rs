//! Configures TLS, by `OTEL_EXPORTER_OTLP_CERTIFICATE`, `…_CLIENT_CERTIFICATE` and `…_CLIENT_KEY`.

use std::fmt::Display;
use std::sync::Arc;

use http::uri::{Scheme, Uri};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::super::environment::Variable;
use super::super::error::InitError;
use super::super::signal::Signal;
use super::settings::names;

/// Returns the TLS configuration. The trusted certificates are loaded only if the endpoint uses
/// TLS.
pub(super) fn from_environment(signal: Signal, endpoint: &Uri) -> Result<ClientConfig, InitError> {
    let roots = if endpoint.scheme() == Some(&Scheme::HTTPS) {
        roots(signal)?
    } else {
        RootCertStore::empty()
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| InitError::failed("cannot configure TLS", &error))?
        .with_root_certificates(roots);
    let Some(certificate) = Variable::find(names!(signal, "CLIENT_CERTIFICATE"))? else {
        return Ok(builder.with_no_client_auth());
    };
    let chain = certificates(&certificate)?;
    let key = client_key(signal, &certificate)?;
    let config = builder.with_client_auth_cert(chain, key);
    let what = "the certificate of OTEL_EXPORTER_OTLP_CLIENT_KEY";
    config.map_err(|error| bad_file(&certificate, what, error))
}

fn client_key(signal: Signal, certificate: &Variable) -> Result<PrivateKeyDer<'static>, InitError> {
    let Some(key) = Variable::find(names!(signal, "CLIENT_KEY"))? else {
        let needed = "the path of its key's PEM file into OTEL_EXPORTER_OTLP_CLIENT_KEY too";
        return Err(InitError::setting(certificate.name, "has no key", needed));
    };
    PrivateKeyDer::from_pem_file(&key.value)
        .map_err(|error| bad_file(&key, "a private key", unreadable(&error)))
}

/// Returns the certificates to trust: those of the system, unless a file is named.
fn roots(signal: Signal) -> Result<RootCertStore, InitError> {
    let mut store = RootCertStore::empty();
    if let Some(variable) = Variable::find(names!(signal, "CERTIFICATE"))? {
        for certificate in certificates(&variable)? {
            let added = store.add(certificate);
            added.map_err(|error| bad_file(&variable, "certificates", error))?;
        }
        return Ok(store);
    }
    let system = rustls_native_certs::load_native_certs();
    store.add_parsable_certificates(system.certs);
    if store.is_empty() {
        let missing = "this system has none: name a PEM file in OTEL_EXPORTER_OTLP_CERTIFICATE";
        return Err(InitError::failed("no certificates to trust", &missing));
    }
    Ok(store)
}

fn certificates(variable: &Variable) -> Result<Vec<CertificateDer<'static>>, InitError> {
    let what = "certificates";
    let read = CertificateDer::pem_file_iter(&variable.value).and_then(Iterator::collect);
    let read: Vec<_> = read.map_err(|error| bad_file(variable, what, unreadable(&error)))?;
    if read.is_empty() {
        return Err(bad_file(variable, what, "it has none"));
    }
    Ok(read)
}

/// Returns the error for a file that cannot be used. It does not show the variable's value, which
/// may be the PEM itself.
fn bad_file(variable: &Variable, what: &str, why: impl Display) -> InitError {
    variable.rejected(format!("the path of a PEM file with {what} ({why})"))
}

/// Returns the reason why a file cannot be read, without showing its contents.
fn unreadable(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) if error.raw_os_error().is_some() => error.to_string(),
        pem::Error::NoItemsFound => "it has none".to_owned(),
        _ => "it is not PEM".to_owned(),
    }
}
