//! SHA-256 over framed parts, cut to [`Digest`].

use sha2::{Digest as _, Sha256};
use tenant_contacts_api::digest::Digest;

/// Digest of parts, each framed by its length so that no two different lists of parts have the same bytes.
pub fn of<'a>(domain: &str, parts: impl IntoIterator<Item = &'a [u8]>) -> Digest {
    // Framed into one buffer: a fleet's digests are of short values, and hashing them in pieces costs more than the copy.
    let mut framed = Vec::with_capacity(96);
    let mut frame = |bytes: &[u8]| {
        framed.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        framed.extend_from_slice(bytes);
    };
    frame(domain.as_bytes());
    parts.into_iter().for_each(&mut frame);
    let full = Sha256::digest(&framed);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&full[..16]);
    Digest(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn framing_keeps_different_lists_apart() {
        let parts = |list: &[&'static str]| of("t", list.iter().map(|part| part.as_bytes()));
        assert_ne!(parts(&["ab", "c"]), parts(&["a", "bc"]));
        assert_ne!(parts(&[]), parts(&[""]));
        assert_eq!(parts(&["a"]), parts(&["a"]));
    }
}
