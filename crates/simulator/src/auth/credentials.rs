//! Applications and what they can prove themselves with.
//!
//! Invariant: Debug never shows a secret.

use std::{fmt, time::Duration};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::Timestamp;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use sha2::{Digest, Sha256};

use super::jwt::{KeySet, PublicKey};

/// An application registration.
#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) client_id: String,
    /// Object id of its service principal.
    pub(crate) principal_id: String,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) federated: Vec<Federated>,
    pub(crate) permissions: Vec<String>,
    /// Exchange's own role groups that it is a member of.
    pub(crate) exchange_role_groups: Vec<String>,
}

/// A client secret.
pub(crate) struct Secret {
    pub(crate) value: String,
    pub(crate) expires: Option<Timestamp>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("expires", &self.expires).finish_non_exhaustive()
    }
}

/// A certificate whose private key signs assertions.
pub(crate) struct Certificate {
    /// `x5t#S256`: SHA-256 of the DER form, base64url.
    pub(crate) thumbprint: String,
    /// `x5t`: SHA-1 of the same, which libraries still send (azure-identity and MSAL for Python among them). It only says
    /// which key is meant; the signature proves it.
    pub(crate) legacy_thumbprint: String,
    pub(crate) key: PublicKey,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("thumbprint", &self.thumbprint).finish_non_exhaustive()
    }
}

impl Certificate {
    /// Reads a PEM certificate with an RSA key.
    pub(crate) fn from_pem(pem: &str) -> Option<Self> {
        let body = pem.split("-----BEGIN CERTIFICATE-----").nth(1)?.split("-----END CERTIFICATE-----").next()?;
        let der = STANDARD.decode(body.split_whitespace().collect::<String>()).ok()?;
        let key = PublicKey::of_certificate(&der)?;
        let legacy = digest(&SHA1_FOR_LEGACY_USE_ONLY, &der);
        Some(Self {
            thumbprint: URL_SAFE_NO_PAD.encode(Sha256::digest(&der)),
            legacy_thumbprint: URL_SAFE_NO_PAD.encode(legacy.as_ref()),
            key,
        })
    }
}

/// A federated credential.
#[derive(Debug)]
pub(crate) struct Federated {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) audience: String,
    pub(crate) keys: Option<KeySet>,
    /// Time after start during which the directory does not know it yet.
    pub(crate) effective_after: Duration,
}
