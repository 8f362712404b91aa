//! SHA-256 over framed parts, cut to [`Digest`].

use sha2::{Digest as _, Sha256};
use tenant_contacts_api::digest::Digest;

/// Digest of parts, each framed by its length so that no two different lists of parts have the same bytes.
pub fn of<'a>(domain: &str, parts: impl IntoIterator<Item = &'a [u8]>) -> Digest {
    let mut hasher = Sha256::new();
    let mut frame = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    frame(domain.as_bytes());
    parts.into_iter().for_each(&mut frame);
    let full = hasher.finalize();
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
