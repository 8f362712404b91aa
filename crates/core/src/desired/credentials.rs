//! Which credential serves which surface.
//!
//! Invariant: a surface has one credential or none. What two entries name equally is one credential, so that a Tenant that
//! spells one application out twice costs no more than one that does not.

use std::collections::BTreeSet;

use tenant_contacts_api::{field::Surface, v1alpha1::Credential};
use uuid::Uuid;

/// A credential, reduced to what decisions need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredCredential {
    /// Where it stands in `spec.credentials`; the first place, where several are equal.
    pub place: usize,
    /// The application's (client) id.
    pub client_id: Uuid,
    /// The surfaces it serves; never none.
    pub surfaces: BTreeSet<Surface>,
}

/// Why credentials cannot be assigned: the API server refuses this, unless the object is older than the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialProblem {
    /// The field that must be corrected.
    pub field: String,
    /// What is wrong with it.
    pub message: &'static str,
}

/// Assigns each surface its credential. One that serves none is left out: it is not used.
pub fn assign(credentials: &[Credential], enforce: &[Surface]) -> Result<Vec<DesiredCredential>, CredentialProblem> {
    let mut claimed = BTreeSet::new();
    let mut rest = None;
    for (place, credential) in credentials.iter().enumerate() {
        let problem = |message| Err(CredentialProblem { field: format!("credentials[{place}].surfaces"), message });
        if credential.surfaces.is_empty() && rest.replace(place).is_some() {
            return problem("a second credential without surfaces: one only serves what no other names");
        }
        // A surface that one entry names twice is still served by one credential.
        let named: BTreeSet<Surface> = credential.surfaces.iter().copied().collect();
        for surface in named {
            if !claimed.insert(surface) {
                return problem("names a surface that another credential names: a surface is served by one only");
            }
        }
    }
    let mut assigned: Vec<DesiredCredential> = Vec::new();
    for (place, credential) in credentials.iter().enumerate() {
        let surfaces: BTreeSet<Surface> = if rest == Some(place) {
            Surface::ALL.into_iter().filter(|surface| !claimed.contains(surface)).collect()
        } else {
            credential.surfaces.iter().copied().collect()
        };
        match assigned.iter_mut().find(|other| is_same(&credentials[other.place], credential)) {
            Some(other) => other.surfaces.extend(surfaces),
            None => assigned.push(DesiredCredential { place, client_id: credential.client_id, surfaces }),
        }
    }
    assigned.retain(|credential| !credential.surfaces.is_empty());
    let served = |surface: &Surface| assigned.iter().any(|credential| credential.surfaces.contains(surface));
    match enforce.iter().position(|surface| !served(surface)) {
        Some(index) => Err(CredentialProblem {
            field: format!("enforce[{index}]"),
            message: "no credential serves this surface: name it in a credential's surfaces",
        }),
        None => Ok(assigned),
    }
}

/// Whether two entries are the same application, proved in the same way.
fn is_same(a: &Credential, b: &Credential) -> bool {
    let bare = |credential: &Credential| Credential { surfaces: Vec::new(), ..credential.clone() };
    bare(a) == bare(b)
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::v1alpha1::{ClientSecretRef, SecretKeyRef};

    use super::*;

    const BOTH: [Surface; 2] = [Surface::Organization, Surface::Users];

    fn credential((id, secret, surfaces): &(u128, &str, &[Surface])) -> Credential {
        let from = SecretKeyRef { name: (*secret).into(), key: "secret".into() };
        Credential {
            client_id: Uuid::from_u128(*id),
            surfaces: surfaces.to_vec(),
            client_secret: Some(ClientSecretRef { secret_key_ref: from }),
            certificate: None,
            workload_identity: None,
        }
    }

    /// What is assigned, as place and surfaces; or the field that is wrong.
    fn assigned(
        enforce: &[Surface],
        credentials: &[(u128, &str, &[Surface])],
    ) -> Result<Vec<(usize, Vec<Surface>)>, String> {
        let credentials: Vec<Credential> = credentials.iter().map(credential).collect();
        let assigned = assign(&credentials, enforce).map_err(|problem| problem.field)?;
        Ok(assigned.into_iter().map(|one| (one.place, one.surfaces.into_iter().collect())).collect())
    }

    #[test]
    fn one_without_surfaces_serves_what_no_other_names() {
        let [organization, users] = BOTH;
        let all = Surface::ALL.to_vec();
        assert_eq!(assigned(&BOTH, &[(1, "a", &[])]), Ok(vec![(0, all.clone())]));
        let rest = [(1, "a", &[][..]), (2, "b", &[users][..])];
        assert_eq!(assigned(&BOTH, &rest), Ok(vec![(0, vec![organization, Surface::Report]), (1, vec![users])]));
        let reads = [(1, "a", &BOTH[..]), (2, "b", &[][..])];
        assert_eq!(assigned(&BOTH, &reads), Ok(vec![(0, BOTH.to_vec()), (1, vec![Surface::Report])]));
        let idle = [(1, "a", &all[..]), (2, "b", &[][..])];
        assert_eq!(assigned(&BOTH, &idle), Ok(vec![(0, all.clone())]), "one that serves nothing is not used");
    }

    #[test]
    fn a_surface_has_one_credential_and_an_enforced_one_has_one_at_all() {
        let [organization, users] = BOTH;
        let twice = [(1, "a", &[users][..]), (2, "b", &BOTH[..])];
        assert_eq!(assigned(&[], &twice), Err("credentials[1].surfaces".into()));
        assert_eq!(assigned(&[], &[(1, "a", &[]), (2, "b", &[])]), Err("credentials[1].surfaces".into()));
        assert_eq!(assigned(&BOTH, &[(1, "a", &[organization])]), Err("enforce[1]".into()));
        assert_eq!(assigned(&[], &[(1, "a", &[organization])]), Ok(vec![(0, vec![organization])]));
    }

    #[test]
    fn equal_entries_are_one_credential_and_another_secret_makes_another_one() {
        let [organization, users] = BOTH;
        let equal = [(1, "a", &[organization][..]), (1, "a", &[users][..])];
        assert_eq!(assigned(&BOTH, &equal), Ok(vec![(0, BOTH.to_vec())]));
        let other = [(1, "a", &[organization][..]), (1, "b", &[users][..])];
        assert_eq!(assigned(&BOTH, &other), Ok(vec![(0, vec![organization]), (1, vec![users])]));
    }
}
