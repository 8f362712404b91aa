//! What the token says we may do.
//!
//! Invariant: the claims are read without checking the signature, because only the service can judge its own token.
//! They are a hint for messages ("permission X is missing"), never a reason to consider something allowed.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use uuid::Uuid;

/// Permissions and directory roles named in a token. `None` means that the token does not say.
///
/// That application permissions are in `roles` and directory roles in `wids` is general knowledge and not verified
/// against documentation; that a claim which is left out means "none" is assumed even less, so it is "not said".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    /// Application permissions, such as `User.Read.All`.
    pub permissions: Option<BTreeSet<String>>,
    /// Template ids of the directory roles that the application itself holds.
    pub directory_roles: Option<BTreeSet<Uuid>>,
}

#[derive(Deserialize)]
struct Claims {
    roles: Option<Vec<String>>,
    wids: Option<Vec<String>>,
}

impl Grants {
    /// Reads the claims of an access token. An opaque token says nothing.
    pub(super) fn read(token: &str) -> Self {
        let claims = token
            .split('.')
            .nth(1)
            .and_then(|payload| URL_SAFE_NO_PAD.decode(payload).ok())
            .and_then(|payload| serde_json::from_slice::<Claims>(&payload).ok());
        let Some(Claims { roles, wids }) = claims else { return Self::default() };
        Self {
            permissions: roles.map(|roles| roles.into_iter().collect()),
            directory_roles: wids.map(|wids| wids.iter().filter_map(|id| Uuid::parse_str(id).ok()).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn claims_are_read_and_what_is_not_said_stays_unsaid() {
        let grants = Grants::read(&token(
            r#"{"roles":["User.Read.All"],"wids":["966707d0-3269-4727-9be2-8c3a10f19b9d","junk"],"x":1}"#,
        ));
        assert_eq!(grants.permissions, Some(BTreeSet::from(["User.Read.All".to_owned()])));
        assert_eq!(grants.directory_roles.map(|roles| roles.len()), Some(1));
        assert_eq!(Grants::read(&token("{}")), Grants::default());
        assert_eq!(Grants::read("opaque"), Grants::default());
        assert_eq!(Grants::read("a.!!!.c"), Grants::default());
    }
}
