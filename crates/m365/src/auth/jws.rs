//! JSON Web Signatures, as far as signing in needs them: one algorithm, one kind of key.
//!
//! Invariant: the private key stays inside [`SigningKey`], which prints nothing of it. The signature is made by `ring`,
//! whose RSA runs in constant time: an attacker who can measure signing learns nothing of the key (which is why the
//! crate `rsa`, RUSTSEC-2023-0071, may not come back; `deny.toml`).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PSS_SHA256, RsaKeyPair},
};
use rustls::pki_types::CertificateDer;
use serde::Serialize;

use super::pem::{self, KeyProblem};

/// An RSA key that signs.
pub(super) struct SigningKey(RsaKeyPair);

impl SigningKey {
    /// Reads the private key of a PEM file: PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`), 2048 bits or more, since
    /// PS256 is RSA. What is found instead is told by name.
    pub(super) fn from_pem(pem: &[u8]) -> Result<Self, KeyProblem> {
        pem::key(pem).map(Self)
    }

    /// The certificate of this key in a PEM file.
    pub(super) fn certificate(&self, pem: &[u8]) -> Result<CertificateDer<'static>, KeyProblem> {
        pem::certificate(pem, &self.0)
    }
}

#[derive(Serialize)]
struct Header<'a> {
    typ: &'static str,
    alg: &'static str,
    #[serde(rename = "x5t#S256")]
    thumbprint: &'a str,
}

/// Signs claims with PS256 (RFC 7518 §3.5) in the compact form; `thumbprint` is the certificate's, SHA-256, base64url.
pub(super) fn sign(key: &SigningKey, thumbprint: &str, claims: &impl Serialize) -> Option<String> {
    let header = serde_json::to_vec(&Header { typ: "JWT", alg: "PS256", thumbprint }).ok()?;
    let claims = serde_json::to_vec(claims).ok()?;
    let mut token = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let mut signature = vec![0; key.0.public().modulus_len()];
    key.0.sign(&RSA_PSS_SHA256, &SystemRandom::new(), token.as_bytes(), &mut signature).ok()?;
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(signature));
    Some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TEST_CERTIFICATE, TEST_KEY, TEST_KEY_PKCS1, verified};

    #[test]
    fn b9_both_forms_of_an_rsa_key_sign_what_the_certificates_key_verifies() {
        for pem in [TEST_KEY, TEST_KEY_PKCS1] {
            let key = SigningKey::from_pem(pem.as_bytes()).unwrap();
            let token = sign(&key, "thumb", &serde_json::json!({"sub": "me"})).unwrap();
            let (header, claims) = verified(&token);
            assert_eq!((header["alg"].as_str(), header["x5t#S256"].as_str()), (Some("PS256"), Some("thumb")));
            assert_eq!(claims["sub"], "me");
        }
    }

    #[test]
    fn what_is_no_rsa_key_of_a_usable_size_is_refused() {
        // `openssl ecparam -name prime256v1 -genkey`, and an RSA key of 1024 bits: neither can make PS256 safely.
        let others = [
            include_str!("../../tests/fixtures/test-only-ec-key.pem"),
            include_str!("../../tests/fixtures/test-only-short-key.pem"),
        ];
        for pem in others {
            assert!(pem.contains("PRIVATE KEY"));
            assert!(SigningKey::from_pem(pem.as_bytes()).is_err());
        }
        for pem in [TEST_CERTIFICATE, "", "hunter2"] {
            assert!(SigningKey::from_pem(pem.as_bytes()).is_err());
        }
    }
}
