//! The private key and its certificate in what people have: files with several blocks in any order, and files that are
//! something else.
//!
//! Invariant: which of a file's blocks is meant is decided by what they are, never by where they stand; what is wrong is told
//! by name, with the command that helps, and nothing of the key is.

use ring::signature::RsaKeyPair;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

/// Why there is no usable key, or no certificate of it. Displays as a clause with what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// A PFX file.
    #[error("it is a PFX (PKCS#12) file, and PEM is needed: `openssl pkcs12 -in FILE.pfx -nodes -out FILE.pem`")]
    Pfx,
    /// A key that a password protects.
    #[error(
        "the private key is encrypted, and nobody is here to type its password: `openssl pkey -in FILE.pem -out KEY.pem` writes it \
         in the clear; keep that file in a Secret"
    )]
    Encrypted,
    /// Blocks, but none of a private key.
    #[error(
        "it has no private key, only what is public: put the key's block beside it (`cat CERTIFICATE.pem KEY.pem`), or export both \
         with `openssl pkcs12 -in FILE.pfx -nodes -out FILE.pem`"
    )]
    NoKey,
    /// A key on an elliptic curve.
    #[error(
        "the private key is an EC key, and Entra takes RSA keys for client assertions: `openssl req -x509 -newkey rsa:2048 -nodes \
         -keyout KEY.pem -out CERTIFICATE.pem -days 365 -subj /CN=NAME` makes a pair, whose certificate is to be registered"
    )]
    EllipticCurve,
    /// A key of another kind.
    #[error(
        "the private key is no RSA key, and Entra takes RSA keys for client assertions: `openssl req -x509 -newkey rsa:2048 -nodes \
         -keyout KEY.pem -out CERTIFICATE.pem -days 365 -subj /CN=NAME` makes a pair, whose certificate is to be registered"
    )]
    NotRsa,
    /// A key in OpenSSH's own form.
    #[error("the private key is in OpenSSH's own form: `ssh-keygen -p -m PEM -f KEY` rewrites it as PEM")]
    OpenSsh,
    /// An RSA key that cannot be used.
    #[error(
        "the private key is damaged, or shorter than 2048 bits: `openssl pkey -in FILE.pem -check -noout -text` shows which"
    )]
    Unusable,
    /// No PEM at all.
    #[error(
        "it is not a PEM file, which begins with `-----BEGIN`: `openssl pkcs8 -inform DER -in FILE -nocrypt -out KEY.pem` reads a key \
         in DER, and `openssl pkcs12 -in FILE.pfx -nodes -out FILE.pem` a PFX"
    )]
    NotPem,
    /// No certificate.
    #[error(
        "it has no certificate, and Entra knows a key by its certificate: put its block beside the key's (`cat KEY.pem \
         CERTIFICATE.pem`)"
    )]
    NoCertificate,
    /// Certificates of other keys.
    #[error(
        "none of the certificates belongs to the private key: `openssl pkey -in FILE.pem -pubout` and `openssl x509 -in FILE.pem \
         -noout -pubkey` must print the same"
    )]
    OtherKey,
}

/// The RSA key of a file, wherever it stands there.
pub(super) fn key(file: &[u8]) -> Result<RsaKeyPair, KeyProblem> {
    if is_pfx(file) {
        return Err(KeyProblem::Pfx);
    }
    let text = String::from_utf8_lossy(file);
    let mut problem = if has(&text, "-----BEGIN ") { KeyProblem::NoKey } else { KeyProblem::NotPem };
    // Not the first error that counts, but the first key that can be used; of several that cannot, the last one's reason.
    for found in PrivateKeyDer::pem_slice_iter(file) {
        let pair = match found {
            Ok(PrivateKeyDer::Pkcs8(der)) => {
                RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| kind(der.secret_pkcs8_der()))
            }
            Ok(PrivateKeyDer::Pkcs1(der)) => {
                RsaKeyPair::from_der(der.secret_pkcs1_der()).map_err(|_| KeyProblem::Unusable)
            }
            Ok(PrivateKeyDer::Sec1(_)) => Err(KeyProblem::EllipticCurve),
            Ok(_) => Err(KeyProblem::NotRsa),
            Err(_) => Err(KeyProblem::Unusable),
        };
        match pair {
            Ok(pair) => return Ok(pair),
            Err(why) => problem = why,
        }
    }
    // Blocks that no reader of keys looks at, and what an encrypted one says of itself.
    Err(if has(&text, "-----BEGIN ENCRYPTED PRIVATE KEY-----") || has(&text, "Proc-Type: 4,ENCRYPTED") {
        KeyProblem::Encrypted
    } else if has(&text, "-----BEGIN OPENSSH PRIVATE KEY-----") {
        KeyProblem::OpenSsh
    } else {
        problem
    })
}

/// The certificate of the key, wherever it stands: of a chain the one that holds the key's public half, so that a chain that
/// begins with its root is no other certificate.
pub(super) fn certificate(file: &[u8], key: &RsaKeyPair) -> Result<CertificateDer<'static>, KeyProblem> {
    if is_pfx(file) {
        return Err(KeyProblem::Pfx);
    }
    // The public half as it stands in a certificate (RFC 8017, A.1.1), which no certificate of another key can hold.
    let public: &[u8] = key.public().as_ref();
    let mut problem = KeyProblem::NoCertificate;
    for certificate in CertificateDer::pem_slice_iter(file).flatten() {
        if certificate.windows(public.len()).any(|part| part == public) {
            return Ok(certificate);
        }
        problem = KeyProblem::OtherKey;
    }
    Err(problem)
}

fn has(text: &str, part: &str) -> bool {
    text.contains(part)
}

/// Whether a file is PKCS#12 (RFC 7292): a sequence that begins with version 3.
pub fn is_pfx(file: &[u8]) -> bool {
    let behind = match file {
        [0x30, length, rest @ ..] if *length < 0x80 => rest,
        [0x30, 0x80, rest @ ..]
        | [0x30, 0x81, _, rest @ ..]
        | [0x30, 0x82, _, _, rest @ ..]
        | [0x30, 0x83, _, _, _, rest @ ..] => rest,
        _ => return false,
    };
    behind.starts_with(&[2, 1, 3])
}

/// What a key in PKCS#8 is that is no usable RSA key, by the identifier of its algorithm (RFC 5480, RFC 8410, RFC 8017).
fn kind(pkcs8: &[u8]) -> KeyProblem {
    const EC: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    let head = &pkcs8[..pkcs8.len().min(40)];
    let names = |algorithm: &[u8]| head.windows(algorithm.len()).any(|part| part == algorithm);
    if names(EC) {
        KeyProblem::EllipticCurve
    } else if names(RSA) {
        KeyProblem::Unusable
    } else {
        KeyProblem::NotRsa
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TEST_CERTIFICATE, TEST_KEY, TEST_KEY_PKCS1};

    const EC: &str = include_str!("../../tests/fixtures/test-only-ec-key.pem");
    const SHORT: &str = include_str!("../../tests/fixtures/test-only-short-key.pem");
    /// [`TEST_KEY`] behind the password `test-only`.
    const ENCRYPTED: &str = include_str!("../../tests/fixtures/test-only-encrypted-key.pem");

    /// As `openssl pkcs12 -nodes` writes a PFX.
    const BAG: &str = "Bag Attributes\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n";

    /// A certificate of another key, as little of one as it takes: a block is one by its label.
    fn other_certificate() -> String {
        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n".to_owned()
    }

    #[test]
    fn a16_the_key_and_its_certificate_are_found_wherever_they_stand() {
        let other = other_certificate();
        for key_block in [TEST_KEY, TEST_KEY_PKCS1] {
            for file in [
                format!("{key_block}{TEST_CERTIFICATE}"),
                format!("{TEST_CERTIFICATE}{key_block}"),
                format!("{BAG}{TEST_CERTIFICATE}{BAG}{key_block}"),
                format!("{other}{TEST_CERTIFICATE}{key_block}"),
                format!("{EC}{key_block}{other}{TEST_CERTIFICATE}"),
                format!("{TEST_CERTIFICATE}{key_block}").replace('\n', "\r\n"),
            ] {
                let pair = key(file.as_bytes()).unwrap();
                let found = certificate(file.as_bytes(), &pair).unwrap();
                assert_eq!(found, CertificateDer::from_pem_slice(TEST_CERTIFICATE.as_bytes()).unwrap());
            }
        }
    }

    #[test]
    fn a16_what_is_no_usable_key_is_told_by_name_with_the_command_that_helps() {
        let traditional = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n\
                           -----END RSA PRIVATE KEY-----\n";
        let ssh = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n";
        let damaged = TEST_KEY.replacen("MII", "MIJ", 1);
        let pfx = [&[0x30, 0x82, 0x0a, 0x1f, 2, 1, 3][..], &[0x30; 40]].concat();
        let cases: [(&[u8], KeyProblem, &str); 10] = [
            (&pfx, KeyProblem::Pfx, "openssl pkcs12 -in"),
            (ENCRYPTED.as_bytes(), KeyProblem::Encrypted, "openssl pkey -in"),
            (traditional.as_bytes(), KeyProblem::Encrypted, "openssl pkey -in"),
            (TEST_CERTIFICATE.as_bytes(), KeyProblem::NoKey, "cat CERTIFICATE.pem KEY.pem"),
            (EC.as_bytes(), KeyProblem::EllipticCurve, "openssl req -x509 -newkey rsa:2048"),
            (ssh.as_bytes(), KeyProblem::OpenSsh, "ssh-keygen -p -m PEM"),
            (SHORT.as_bytes(), KeyProblem::Unusable, "openssl pkey -in"),
            (damaged.as_bytes(), KeyProblem::Unusable, "openssl pkey -in"),
            (b"hunter2", KeyProblem::NotPem, "-----BEGIN"),
            (b"", KeyProblem::NotPem, "openssl"),
        ];
        for (file, expected, command) in cases {
            let problem = key(file).err().unwrap();
            assert_eq!(problem, expected);
            let said = problem.to_string();
            assert!(said.contains(command) && !said.contains("hunter2"), "{said}");
            // The certificate beside it changes nothing.
            let both = [TEST_CERTIFICATE.as_bytes(), file].concat();
            if !matches!(expected, KeyProblem::Pfx | KeyProblem::NotPem) {
                assert_eq!(key(&both).err(), Some(expected));
            }
        }
        let pair = key(TEST_KEY.as_bytes()).unwrap();
        assert_eq!(certificate(TEST_KEY.as_bytes(), &pair), Err(KeyProblem::NoCertificate));
        assert_eq!(certificate(other_certificate().as_bytes(), &pair), Err(KeyProblem::OtherKey));
        assert!(KeyProblem::OtherKey.to_string().contains("openssl x509"));
        assert!(is_pfx(&pfx) && !is_pfx(TEST_KEY.as_bytes()) && !is_pfx(b""));
    }
}
