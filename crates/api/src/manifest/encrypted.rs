//! What stands in a repository in place of a value: encrypted, sealed, or a reference that somebody else resolves.
//!
//! Invariant: such a text is never used as the value, and nothing that is said of it makes anybody destroy it.

use base64::Engine as _;

use super::tree::{Node, Value};

/// How a text stands for a value that it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encrypted {
    /// A value that SOPS encrypted.
    Sops,
    /// A file of age, armoured or not.
    Age,
    /// A message of PGP.
    Pgp,
    /// A value of ansible-vault.
    AnsibleVault,
    /// A value of a SealedSecret.
    Sealed,
    /// A reference that a tool resolves before anything is applied (vals, 1Password, the Vault plugin of Argo CD).
    Reference,
}

impl Encrypted {
    /// What a text is, if it stands for another one. No secret of Entra, address or number begins as these do.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim_start();
        let begins = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
        if begins(&["ENC[AES256_GCM,"]) {
            Some(Self::Sops)
        } else if begins(&["-----BEGIN AGE ENCRYPTED FILE-----", "age-encryption.org/"]) {
            Some(Self::Age)
        } else if begins(&["-----BEGIN PGP MESSAGE-----"]) {
            Some(Self::Pgp)
        } else if begins(&["$ANSIBLE_VAULT;"]) {
            Some(Self::AnsibleVault)
        } else if begins(&["op://", "<path:"]) || (begins(&["ref+"]) && text.contains("://")) {
            Some(Self::Reference)
        } else {
            is_sealed(text).then_some(Self::Sealed)
        }
    }

    /// What it is, for a sentence that begins with what is meant.
    pub fn what(self) -> &'static str {
        match self {
            Self::Sops => "is encrypted with SOPS",
            Self::Age => "is encrypted with age",
            Self::Pgp => "is encrypted with PGP",
            Self::AnsibleVault => "is encrypted with ansible-vault",
            Self::Sealed => "is sealed (SealedSecret)",
            Self::Reference => "is a reference that another tool resolves",
        }
    }

    /// What to do, as a sentence. The text itself is to stay: it may be the only copy of what it stands for.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Sops => {
                "Leave it as it is. For this run, decrypt a copy outside the repository (`sops decrypt FILE`); in a cluster \
                 whoever applies it decrypts it (Flux: `spec.decryption`)."
            }
            Self::Age => "Leave it as it is. For this run, decrypt a copy outside the repository (`age --decrypt`).",
            Self::Pgp => "Leave it as it is. For this run, decrypt a copy outside the repository (`gpg --decrypt`).",
            Self::AnsibleVault => {
                "Leave it as it is. For this run, decrypt a copy outside the repository (`ansible-vault decrypt --output`)."
            }
            Self::Sealed => {
                "Leave it as it is. Only the cluster's controller can open it: the value belongs in a SealedSecret, of which \
                 it makes the Secret."
            }
            Self::Reference => {
                "Leave it as it is, and have that tool write the values into what this program is given."
            }
        }
    }
}

/// kubeseal's form: two bytes that say how long the wrapped key is, the key (RSA: 256 or 512 bytes), and what it encrypts.
fn is_sealed(text: &str) -> bool {
    /// Shorter texts hold no wrapped key, and need no decoding.
    const SHORTEST: usize = 360;
    let text = text.trim_end();
    if text.len() < SHORTEST || !text.starts_with("Ag") && !text.starts_with("AQ") {
        return false;
    }
    let decoded = base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default();
    matches!(decoded.get(..2), Some([1 | 2, 0])) && decoded.len() > 2 + 256 * usize::from(decoded[0])
}

/// Whether a document as a whole was encrypted by SOPS: its own part at the root holds the data key.
pub(super) fn by_sops<'n, 't>(root: &'n Node<'t>) -> Option<&'n Node<'t>> {
    let (_, sops) = root.get("sops")?;
    let known = ["mac", "version", "lastmodified"];
    (matches!(sops.value, Value::Map(_)) && known.iter().any(|name| sops.get(name).is_some())).then_some(sops)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a16_what_stands_for_a_value_is_recognised_and_values_are_not() {
        let seal = |key: u8, length: usize| {
            let bytes = [&[key, 0][..], &vec![7; length]].concat();
            base64::engine::general_purpose::STANDARD.encode(bytes)
        };
        for (text, expected) in [
            ("ENC[AES256_GCM,data:eA==,iv:eQ==,tag:eg==,type:str]".to_owned(), Some(Encrypted::Sops)),
            ("-----BEGIN AGE ENCRYPTED FILE-----\nYQ==\n".to_owned(), Some(Encrypted::Age)),
            ("age-encryption.org/v1\n-> X25519 a".to_owned(), Some(Encrypted::Age)),
            ("\n-----BEGIN PGP MESSAGE-----\n".to_owned(), Some(Encrypted::Pgp)),
            ("$ANSIBLE_VAULT;1.1;AES256\n3031".to_owned(), Some(Encrypted::AnsibleVault)),
            (seal(2, 600), Some(Encrypted::Sealed)),
            (seal(1, 300), Some(Encrypted::Sealed)),
            (seal(2, 400), None),
            ("ref+vault://app/secret#/value".to_owned(), Some(Encrypted::Reference)),
            ("op://vault/item/field".to_owned(), Some(Encrypted::Reference)),
            ("<path:secret/data/app#value>".to_owned(), Some(Encrypted::Reference)),
            ("abC8Q~0123456789.abcdefghij-klmnop_qrst".to_owned(), None),
            ("jane@fabrikam.com".to_owned(), None),
            ("ref+jane@fabrikam.com".to_owned(), None),
            ("+1 425 555 0100".to_owned(), None),
            ("-----BEGIN PRIVATE KEY-----\nMIIE\n".to_owned(), None),
            ("A".repeat(2000), None),
        ] {
            assert_eq!(Encrypted::of(&text), expected, "{text}");
        }
    }
}
