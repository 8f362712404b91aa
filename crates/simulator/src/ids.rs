//! Identifiers that derive from names, so that the same seed always has the same ids.
//!
//! Invariant: no randomness; equal inputs give equal ids in every run and on every machine.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use uuid::Uuid;

fn digest(kind: &str, name: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(kind.as_bytes());
    hash.update([0]);
    hash.update(name.to_lowercase().as_bytes());
    hash.finalize().into()
}

/// A GUID for a named object.
pub(crate) fn derive(kind: &str, name: &str) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest(kind, name)[..16]);
    uuid_text(bytes)
}

/// A GUID with the version and variant bits of a random one, as Graph's ids look.
pub(crate) fn uuid_text(mut bytes: [u8; 16]) -> String {
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Uuid::from_bytes(bytes).to_string()
}

/// An assignment's id, of the form `YUb1sHQtUEyvox7IA_Eu_mm3jqnUe4lEhvatluHVi2I-1` (contract §4).
pub(crate) fn assignment(role: &str, principal: &str, scope: &str) -> String {
    let name = format!("{role}\n{principal}\n{scope}");
    format!("{}-1", URL_SAFE_NO_PAD.encode(digest("roleAssignment", &name)))
}

/// Whether a text is a GUID.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}
