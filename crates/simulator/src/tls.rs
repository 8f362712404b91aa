//! A certificate authority of the simulator's own and a certificate of it, for HTTPS on the loopback.
//!
//! Invariant: private keys live in memory only; a client that does not trust this very authority does not connect.

use std::{fmt, sync::Arc};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::socket::Shared;

/// Names the certificate is good for.
const NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

/// How to serve HTTPS: with a certificate for `localhost` and `127.0.0.1`, signed by an authority made for it alone.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    ca: Arc<str>,
}

/// No certificate could be made.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Keys or certificates.
    #[error("the simulator's certificate could not be made")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refuses them.
    #[error("the simulator's certificate cannot be served")]
    Config(#[from] rustls::Error),
}

impl Tls {
    /// Makes an authority and a certificate, new at every call.
    pub fn generate() -> Result<Self, TlsError> {
        let mut params = CertificateParams::new(Vec::<String>::new())?;
        params.distinguished_name.push(DnType::CommonName, "Simulated tenant CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;

        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(NAMES.map(str::to_owned))?;
        params.distinguished_name.push(DnType::CommonName, "Simulated tenant");
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // Strict verifiers (Python from 3.13 on) want to know which key signed.
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &ca)?;

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)?;
        // The server speaks nothing else; clients that offer HTTP/2 must be told.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), ca: ca.pem().into() })
    }

    /// The authority's certificate in PEM form: what a client has to trust.
    pub fn ca_pem(&self) -> &str {
        &self.ca
    }

    pub(crate) async fn accept(&self, stream: Shared) -> std::io::Result<TlsStream<Shared>> {
        TlsAcceptor::from(self.config.clone()).accept(stream).await
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}
