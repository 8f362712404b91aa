//! JSON Web Tokens: taking them apart, and what proves them.
//!
//! Invariant: taking one apart proves nothing; only [`Token::is_signed_by`] and [`Token::is_authentic`] do, and each
//! knows the algorithm from the key that it is given, never from the token alone.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    hmac,
    signature::{
        ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
        RsaPublicKeyComponents, UnparsedPublicKey,
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The members of a header that say who signed, and how.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Header {
    alg: String,
    kid: Option<String>,
    #[serde(rename = "x5t#S256")]
    pub(crate) thumbprint: Option<String>,
    #[serde(rename = "x5t")]
    pub(crate) legacy_thumbprint: Option<String>,
}

/// A token in its three parts. Nothing is proved yet.
#[derive(Debug)]
pub(crate) struct Token<'a> {
    pub(crate) header: Header,
    claims: Vec<u8>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Token<'a> {
    /// `None` for anything that is not three parts of base64url with a JSON header.
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let bytes = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        Some(Self {
            header: serde_json::from_slice(&bytes(header)?).ok()?,
            claims: bytes(claims)?,
            signed,
            signature: bytes(signature)?,
        })
    }

    /// What the token says, whoever wrote it.
    pub(crate) fn claims<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.claims).ok()
    }

    /// Whether the owner of the key signed it, with an algorithm that fits the key.
    pub(crate) fn is_signed_by(&self, key: &PublicKey) -> bool {
        let message = self.signed.as_bytes();
        match (key, self.header.alg.as_str()) {
            (PublicKey::Rsa { n, e }, "RS256" | "PS256") => {
                let parameters: &RsaParameters =
                    if self.header.alg == "PS256" { &RSA_PSS_2048_8192_SHA256 } else { &RSA_PKCS1_2048_8192_SHA256 };
                RsaPublicKeyComponents { n, e }.verify(parameters, message, &self.signature).is_ok()
            }
            (PublicKey::P256(point), "ES256") => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, &self.signature).is_ok()
            }
            _ => false,
        }
    }

    /// Whether a key of the set signed it: the one it names, or any where it names none.
    pub(crate) fn is_signed_by_set(&self, keys: &KeySet) -> bool {
        keys.keys
            .iter()
            .filter(|key| self.header.kid.is_none() || key.kid == self.header.kid)
            .filter_map(Jwk::public)
            .any(|key| self.is_signed_by(&key))
    }

    /// Whether this simulator's own key made it.
    pub(crate) fn is_authentic(&self, key: &hmac::Key) -> bool {
        self.header.alg == "HS256" && hmac::verify(key, self.signed.as_bytes(), &self.signature).is_ok()
    }
}

/// A token with these claims, made with the simulator's own key.
pub(crate) fn issue(claims: &impl Serialize, key: &hmac::Key) -> Option<String> {
    let claims = serde_json::to_vec(claims).ok()?;
    let mut token =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(claims));
    let tag = hmac::sign(key, token.as_bytes());
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(tag));
    Some(token)
}

/// A key that signatures are checked with.
#[derive(Debug)]
pub(crate) enum PublicKey {
    /// Modulus and exponent, big endian.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// A point of P-256, uncompressed.
    P256(Vec<u8>),
}

impl PublicKey {
    /// The RSA key of an X.509 certificate in DER (RFC 5280 §4.1, RFC 8017 A.1.1).
    pub(crate) fn of_certificate(der: &[u8]) -> Option<Self> {
        /// `1.2.840.113549.1.1.1`, rsaEncryption.
        const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
        let (certificate, _) = element(der, SEQUENCE)?;
        let (mut body, _) = element(certificate, SEQUENCE)?;
        if let Some((_version, rest)) = element(body, VERSION) {
            body = rest;
        }
        // Serial number, signature algorithm, issuer, validity, subject.
        for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE] {
            body = element(body, tag)?.1;
        }
        let (info, _) = element(body, SEQUENCE)?;
        let (algorithm, key) = element(info, SEQUENCE)?;
        let (bits, _) = element(key, BIT_STRING)?;
        let (unused, key) = bits.split_first()?;
        if element(algorithm, OID)?.0 != RSA || *unused != 0 {
            return None;
        }
        let (key, _) = element(key, SEQUENCE)?;
        let (n, rest) = element(key, INTEGER)?;
        let (e, _) = element(rest, INTEGER)?;
        // ring wants no leading zero; DER puts one before a number whose first bit is set.
        let plain = |number: &[u8]| number.iter().copied().skip_while(|byte| *byte == 0).collect();
        Some(Self::Rsa { n: plain(n), e: plain(e) })
    }
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// `[0]` constructed: the version, which certificates of version 1 leave out.
const VERSION: u8 = 0xa0;

/// The content of the DER element at the start of `bytes`, if it has that tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    if *first != tag {
        return None;
    }
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        // A length that stands apart. Four bytes of it are more than any certificate needs.
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// A JSON Web Key Set (RFC 7517 §5).
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct KeySet {
    keys: Vec<Jwk>,
}

/// One key of it. Keys of other kinds are known and never fit.
#[derive(Clone, Debug, Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwk {
    fn public(&self) -> Option<PublicKey> {
        let bytes = |part: &Option<String>| URL_SAFE_NO_PAD.decode(part.as_ref()?).ok();
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => Some(PublicKey::Rsa { n: bytes(&self.n)?, e: bytes(&self.e)? }),
            // 4: the point is not compressed (SEC 1 §2.3.3).
            ("EC", Some("P-256")) => Some(PublicKey::P256([vec![4], bytes(&self.x)?, bytes(&self.y)?].concat())),
            _ => None,
        }
    }
}
