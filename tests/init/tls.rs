//! Tests of TLS with our own certificates, on both sides.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tonic::transport::{Certificate, Identity, ServerTlsConfig};

use crate::collector::Collector;
use crate::{application, errors, quietly, run};

/// A certificate authority, and what it has signed, as PEM.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: PathBuf,
}

/// A certificate and its key.
struct Signed {
    certificate: String,
    key: String,
}

impl Authority {
    fn new(name: &str) -> Authority {
        let mut parameters = CertificateParams::new([]).expect("parameters");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(parameters, key).expect("a certificate");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        Authority { issuer, folder }
    }

    fn sign(&self) -> Signed {
        let key = KeyPair::generate().expect("a key");
        let parameters = CertificateParams::new(["localhost".to_owned()]).expect("parameters");
        let certificate = parameters
            .signed_by(&key, &self.issuer)
            .expect("a certificate");
        Signed {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("text").to_owned()
    }

    /// Returns collectors of both protocols that accept clients with a certificate of this
    /// authority.
    fn collectors(&self) -> [Collector; 2] {
        let Signed { certificate, key } = self.sign();
        let chain = CertificateDer::from_pem_slice(certificate.as_bytes()).expect("a certificate");
        let private = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).expect("a root");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let http = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_client_cert_verifier(verifier.build().expect("a verifier"))
            .with_single_cert(vec![chain], private)
            .expect("a configuration");
        let grpc = ServerTlsConfig::new()
            .identity(Identity::from_pem(certificate, key))
            .client_ca_root(Certificate::from_pem(self.issuer.pem()));
        [Collector::https(http), Collector::grpc(Some(grpc))]
    }
}

/// Returns the variable for a collector's endpoint, with the host `localhost`, which the
/// certificates are for.
fn endpoint(collector: &Collector) -> (&'static str, String) {
    let endpoint = format!("https://localhost:{}", collector.address.port());
    ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
}

#[test]
fn both_sides_know_each_other() {
    let authority = Authority::new("mutual");
    let root = authority.file("root.pem", &authority.issuer.pem());
    let client = authority.sign();
    let certificate = authority.file("client.pem", &client.certificate);
    let key = authority.file("client.key", &client.key);
    for collector in authority.collectors() {
        let mut command = application("current_thread");
        command
            .envs(collector.environment())
            .envs([endpoint(&collector)])
            .env("OTEL_EXPORTER_OTLP_CERTIFICATE", &root)
            .env("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &certificate)
            .env("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", &key)
            .env("OTEL_LOGS_EXPORTER", "none");
        quietly(&mut command);
        assert_eq!(collector.names(), "call");
    }
}

#[test]
fn a_stranger_gets_nothing() {
    let authority = Authority::new("known");
    let stranger = Authority::new("stranger");
    let root = stranger.file("root.pem", &stranger.issuer.pem());
    for collector in authority.collectors() {
        let mut command = application("plain");
        command
            .envs(collector.environment())
            .envs([endpoint(&collector)])
            .env("OTEL_EXPORTER_OTLP_CERTIFICATE", &root);
        let output = run(&mut command);
        assert!(
            errors(&output).contains("invalid peer certificate"),
            "{output:?}"
        );
        assert_eq!(collector.names(), "");
    }
}

/// The system's roots do not contain the authority either.
#[test]
fn the_key_belongs_to_the_certificate() {
    let authority = Authority::new("mismatch");
    let certificate = authority.file("client.pem", &authority.sign().certificate);
    let key = authority.file("client.key", &authority.sign().key);
    let output = run(application("plain").envs([
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", &*certificate),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", &*key),
    ]));
    assert_eq!(output.status.code(), Some(1));
    let said = errors(&output);
    assert!(
        said.starts_with("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE is "),
        "{said}"
    );
    assert!(
        said.contains(
            "the path of a PEM file with the certificate of OTEL_EXPORTER_OTLP_CLIENT_KEY ("
        ),
        "{said}"
    );
}
