//! The signed statement that takes a secret's place when the credential is a certificate.
//!
//! Invariant: an assertion is made for one token request, is valid for minutes only, and the key appears in no error.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    CertificateCredential, CredentialError,
    jws::{self, SigningKey},
    pem::KeyProblem,
};
use crate::{clock::Clock, random, random::Rng64};

/// How long an assertion is valid, in seconds. Ten minutes is the most that Microsoft's documentation recommends; half
/// of it is enough for one request with its retries.
const LIFETIME: i64 = 300;

/// How far back `nbf` is set, in seconds, so that a login service whose clock runs a little behind ours accepts it.
const SKEW: i64 = 60;

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: String,
    sub: String,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Signs an assertion for `token_endpoint` with PS256, naming the certificate by its SHA-256 thumbprint.
pub(super) fn sign(
    credential: &CertificateCredential,
    client_id: Uuid,
    token_endpoint: &str,
    clock: &dyn Clock,
    rng: &dyn Rng64,
) -> Result<SecretString, CredentialError> {
    let key =
        SigningKey::from_pem(credential.key_pem.expose_secret().as_bytes()).map_err(CredentialError::InvalidKey)?;
    let certificate =
        key.certificate(credential.certificate_pem.as_bytes()).map_err(CredentialError::InvalidCertificate)?;
    let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(&certificate));
    let now = clock.now().as_second();
    let claims = Claims {
        aud: token_endpoint,
        iss: client_id.to_string(),
        sub: client_id.to_string(),
        jti: random::uuid(rng).to_string(),
        iat: now,
        nbf: now - SKEW,
        exp: now + LIFETIME,
    };
    jws::sign(&key, &thumbprint, &claims)
        .map(SecretString::from)
        .ok_or(CredentialError::InvalidKey(KeyProblem::Unusable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{FixedClock, SequenceRng, TEST_CERTIFICATE, TEST_KEY, TEST_THUMBPRINT, verified};

    fn credential() -> CertificateCredential {
        CertificateCredential {
            key_pem: SecretString::from(TEST_KEY.to_owned()),
            certificate_pem: TEST_CERTIFICATE.to_owned(),
        }
    }

    #[test]
    fn the_certificates_key_verifies_it_and_the_header_names_the_certificate() {
        let endpoint = "https://login.example/t/oauth2/v2.0/token";
        let client = Uuid::from_u128(7);
        let clock = FixedClock::at("2026-01-02T03:04:05Z");
        let signed = sign(&credential(), client, endpoint, &clock, &SequenceRng::new()).unwrap();

        let (header, claims) = verified(signed.expose_secret());
        assert_eq!(header, serde_json::json!({"typ": "JWT", "alg": "PS256", "x5t#S256": TEST_THUMBPRINT}));
        assert_eq!(claims["aud"], endpoint);
        assert_eq!(claims["iss"], client.to_string());
        assert_eq!(claims["sub"], claims["iss"]);
        assert_eq!(claims["exp"], clock.now().as_second() + LIFETIME);
        assert!(claims["nbf"].as_i64().unwrap() < clock.now().as_second());
    }

    #[test]
    fn two_assertions_have_different_ids() {
        let rng = SequenceRng::new();
        let clock = FixedClock::at("2026-01-02T03:04:05Z");
        let one = sign(&credential(), Uuid::nil(), "a", &clock, &rng).unwrap();
        let two = sign(&credential(), Uuid::nil(), "a", &clock, &rng).unwrap();
        let payload = |jwt: &SecretString| jwt.expose_secret().split('.').nth(1).unwrap().to_owned();
        assert_ne!(payload(&one), payload(&two));
    }

    #[test]
    fn a_broken_key_or_certificate_is_named_and_not_shown() {
        let check = |key: &str, certificate: &str| {
            let credential = CertificateCredential {
                key_pem: SecretString::from(key.to_owned()),
                certificate_pem: certificate.into(),
            };
            let clock = FixedClock::at("2026-01-02T03:04:05Z");
            sign(&credential, Uuid::nil(), "a", &clock, &SequenceRng::new()).unwrap_err()
        };
        let bad_key = check("hunter2", TEST_CERTIFICATE);
        assert!(matches!(bad_key, CredentialError::InvalidKey(KeyProblem::NotPem)));
        assert!(!format!("{bad_key:?} {bad_key}").contains("hunter2"));
        assert!(matches!(check(TEST_KEY, "nothing"), CredentialError::InvalidCertificate(KeyProblem::NoCertificate)));
    }
}
