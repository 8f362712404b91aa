//! What proves our identity, and where it comes from.
//!
//! Invariant: credentials are loaded again for every token request, so a rotated secret is seen at the next one.

use std::{fmt, io, path::PathBuf, sync::Arc};

use futures::future::BoxFuture;
use secrecy::SecretString;
use tokio::io::AsyncReadExt;

use super::pem::KeyProblem;

/// Largest federated token that is read. Projected service-account tokens have 1 to 2 KiB; a limit keeps a wrong path
/// from being read into memory.
const MAX_FEDERATED_TOKEN: u64 = 64 * 1024;

/// One way to prove that we are the application.
#[derive(Clone)]
pub enum Credential {
    /// A client secret's value (not its id).
    Secret(SecretString),
    /// A certificate registered with the application, and its private key.
    Certificate(CertificateCredential),
    /// A token of another issuer that the application trusts (workload identity federation).
    Federated(Arc<dyn FederatedTokenSource>),
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret(..)",
            Self::Certificate(_) => "Certificate(..)",
            Self::Federated(_) => "Federated(..)",
        })
    }
}

/// A certificate and its RSA private key, both PEM.
#[derive(Clone)]
pub struct CertificateCredential {
    /// Private key, PKCS#8 or PKCS#1, wherever it stands among other blocks.
    pub key_pem: SecretString,
    /// The certificate; of several, the one that belongs to the key.
    pub certificate_pem: String,
}

impl fmt::Debug for CertificateCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificateCredential(..)")
    }
}

/// Why there is no usable credential.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CredentialError {
    /// The place it should come from does not have it. The text names the place and is shown to users.
    #[error("the credential is not available: {0}")]
    Unavailable(String),
    /// Its owner has not allowed this tenant to use it. Names what it is.
    #[error("{0} lacks the label that allows this Tenant to use it")]
    NotAllowed(String),
    /// The token file could not be read.
    #[error("the federated token file could not be read")]
    TokenFile(#[source] Arc<io::Error>),
    /// The token file is empty, too large or not text.
    #[error("the federated token file does not hold a token")]
    NotAToken,
    /// No RSA private key in PEM. Says what it is instead, and what to do.
    #[error("the private key cannot be used: {0}")]
    InvalidKey(KeyProblem),
    /// No certificate in PEM, or not the key's. Says what to do.
    #[error("the certificate cannot be used: {0}")]
    InvalidCertificate(KeyProblem),
}

/// Where the credential comes from: a Kubernetes Secret, a file, a flag.
pub trait CredentialSource: Send + Sync {
    /// The credential as it is now.
    fn load(&self) -> BoxFuture<'_, Result<Credential, CredentialError>>;
}

/// A fixed credential, for tests and one-shot commands.
impl CredentialSource for Credential {
    fn load(&self) -> BoxFuture<'_, Result<Credential, CredentialError>> {
        let credential = self.clone();
        Box::pin(async move { Ok(credential) })
    }
}

/// Where federated tokens come from: a projected file or the TokenRequest API.
pub trait FederatedTokenSource: Send + Sync {
    /// A token that is valid now. Asked for at every token request, because projected tokens rotate within the hour.
    fn token(&self) -> BoxFuture<'_, Result<SecretString, CredentialError>>;
}

/// A projected service-account token (`AZURE_FEDERATED_TOKEN_FILE`), read anew every time.
#[derive(Clone, Debug)]
pub struct FederatedTokenFile(pub PathBuf);

impl FederatedTokenSource for FederatedTokenFile {
    fn token(&self) -> BoxFuture<'_, Result<SecretString, CredentialError>> {
        Box::pin(async move {
            let failed = |error| CredentialError::TokenFile(Arc::new(error));
            let file = tokio::fs::File::open(&self.0).await.map_err(failed)?;
            let mut bytes = Vec::new();
            file.take(MAX_FEDERATED_TOKEN + 1).read_to_end(&mut bytes).await.map_err(failed)?;
            if bytes.len() as u64 > MAX_FEDERATED_TOKEN {
                return Err(CredentialError::NotAToken);
            }
            let text = String::from_utf8(bytes).map_err(|_| CredentialError::NotAToken)?;
            let token = text.trim();
            if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(CredentialError::NotAToken);
            }
            Ok(SecretString::from(token.to_owned()))
        })
    }
}
