//! Each credential of a Tenant: what it may do, against what its surfaces need (design §4, least privilege).

use std::collections::BTreeSet;

use tenant_contacts_api::{
    field::{Field, Surface},
    status::{CredentialStatus, MissingPermission, PermissionStatus},
};

use super::facts::TenantFacts;
use crate::{
    field,
    model::{self, CredentialFacts},
    permission,
};

/// What one thing takes: any of these permissions, the least privileged first.
type Need = &'static [&'static str];

/// The status of every credential that serves a surface.
pub(super) fn credentials(facts: &TenantFacts<'_>) -> Vec<CredentialStatus> {
    // A fleet declares a handful of fields a hundred thousand times.
    let declared: BTreeSet<Field> =
        facts.objects.iter().flat_map(|object| &object.fields).map(|declared| declared.field).collect();
    let all = &facts.observation.credentials;
    let one = |credential: &CredentialFacts| CredentialStatus {
        client_id: credential.client_id,
        surfaces: credential.surfaces.iter().copied().collect(),
        reason: credential.failure.as_ref().map(|failure| failure.reason),
        message: credential.failure.as_ref().map(|failure| failure.message.clone()),
        permissions: permissions(credential, &needs(credential, all, &declared, &facts.tenant.enforce)),
    };
    all.iter().map(one).collect()
}

/// What the surfaces of a credential need for what is declared.
fn needs(
    credential: &CredentialFacts,
    all: &[CredentialFacts],
    declared: &BTreeSet<Field>,
    enforce: &BTreeSet<Surface>,
) -> BTreeSet<Need> {
    let mut needed = BTreeSet::new();
    if model::reads_domains(&credential.surfaces, all.iter().map(|other| &other.surfaces)) {
        needed.insert(permission::DOMAIN_READ);
    }
    // Whoever names a credential for reports wants them complete; where it is the only one, what a report lacks is said there.
    if credential.surfaces.iter().eq([&Surface::Report]) {
        needed.extend(permission::REPORT_READ);
    }
    let served = declared.iter().filter_map(|field| field::facts(*field));
    for field in served.filter(|field| credential.surfaces.contains(&field.surface)) {
        needed.insert(field.read_permissions);
        if field.surface == Surface::Users {
            needed.extend(permission::ACCOUNTS_READ);
        }
        if enforce.contains(&field.surface) {
            needed.insert(field.write_permissions);
        }
    }
    needed
}

/// Held, missing and in excess; `None` while the token does not say.
fn permissions(credential: &CredentialFacts, needed: &BTreeSet<Need>) -> Option<PermissionStatus> {
    let held = credential.grants.permissions.known().ok()?.cloned().unwrap_or_default();
    // The least privileged one that is held meets a need; a broader one beside it could be taken away.
    let met = |any_of: &Need| any_of.iter().copied().find(|one| held.contains(*one));
    let reads = if credential.surfaces.contains(&Surface::Report) { permission::REPORT_READ } else { &[] };
    // What only few tenants need is not missed, and not in excess where the members of groups are read.
    let hidden: &[Need] = &[&[permission::HIDDEN_MEMBERS]];
    let reads_groups = [Surface::Users, Surface::Report].iter().any(|surface| credential.surfaces.contains(surface));
    let reads = reads.iter().chain(if reads_groups { hidden } else { &[] });
    let used: BTreeSet<&str> = needed.iter().chain(reads).filter_map(met).collect();
    let missing = needed.iter().filter(|any_of| met(any_of).is_none()).map(|any_of| MissingPermission {
        permission: any_of[0].to_owned(),
        purpose: permission::purpose(any_of[0]).unwrap_or_default().to_owned(),
    });
    Some(PermissionStatus {
        missing: missing.collect(),
        excess: held.iter().filter(|one| !used.contains(&***one)).map(ToString::to_string).collect(),
        held: held.iter().map(ToString::to_string).collect(),
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::{Fact, Failure, Grants};

    fn credential(surfaces: &[Surface], held: &[&str]) -> CredentialFacts {
        CredentialFacts {
            place: 0,
            client_id: Uuid::nil(),
            surfaces: surfaces.iter().copied().collect(),
            grants: Grants {
                permissions: Fact::Present(held.iter().map(|one| Box::from(*one)).collect()),
                directory_roles: Fact::Absent,
            },
            failure: None::<Failure>,
        }
    }

    const DECLARED: [Field; 2] = [Field::Technical, Field::AlternateEmails];

    /// Missing and in excess, of the credential at `index`, where everything is enforced.
    fn judged(all: &[CredentialFacts], index: usize) -> (Vec<String>, Vec<String>) {
        let needed = needs(&all[index], all, &DECLARED.into(), &Surface::ALL.into());
        let status = permissions(&all[index], &needed).unwrap();
        (status.missing.into_iter().map(|missing| missing.permission).collect(), status.excess)
    }

    #[test]
    fn each_credential_needs_what_its_own_surfaces_take() {
        let organization = credential(&[Surface::Organization], &["Organization.Read.All", "Domain.Read.All"]);
        let users = credential(&[Surface::Users], &["User.Read.All", "Domain.Read.All", "Organization.Read.All"]);
        let all = [organization, users];
        // Domains are for the credential of the accounts to read, so the other one has no use for the permission.
        let expected = (vec!["Organization.ReadWrite.All".to_owned()], vec!["Domain.Read.All".to_owned()]);
        assert_eq!(judged(&all, 0), expected);
        let (missing, excess) = judged(&all, 1);
        assert_eq!(missing, ["GroupMember.Read.All", "RoleManagement.Read.Directory", "User-Mail.ReadWrite.All"]);
        assert_eq!(excess, ["Organization.Read.All"]);
    }

    #[test]
    fn a_credential_for_reports_needs_what_they_tell_and_beside_surfaces_that_is_in_excess_of_nothing() {
        let reads = ["Mail.ReadBasic.All", "MailboxSettings.Read", "User.Read.All", "Organization.Read.All"];
        let own = [credential(&[Surface::Users], &[]), credential(&[Surface::Report], &reads)];
        let (missing, excess) = judged(&own, 1);
        assert!(missing.iter().any(|one| one == "RoleEligibilitySchedule.Read.Directory"), "{missing:?}");
        assert_eq!(excess, [""; 0]);
        let all = [credential(&[Surface::Users, Surface::Report], &[&reads[..], &["Mail.Read"]].concat())];
        let (missing, excess) = judged(&all, 0);
        assert!(missing.iter().all(|one| one != "RoleEligibilitySchedule.Read.Directory"), "{missing:?}");
        assert_eq!(excess, ["Mail.Read"]);
    }

    #[test]
    fn without_a_credential_for_users_the_one_for_the_organization_reads_the_domains() {
        let alone = [credential(&[Surface::Organization], &["Organization.ReadWrite.All"])];
        assert_eq!(judged(&alone, 0).0, ["Domain.Read.All"]);
    }

    #[test]
    fn a_broad_permission_beside_a_lesser_one_that_will_do_is_in_excess() {
        let lesser = ["Organization.Read.All", "Organization.ReadWrite.All", "Domain.Read.All"];
        let both = [credential(&[Surface::Organization], &[&lesser[..], &["Directory.ReadWrite.All"]].concat())];
        assert_eq!(judged(&both, 0), (vec![], vec!["Directory.ReadWrite.All".to_owned()]));
        // Where nothing else meets the need it is not.
        let broad = [credential(&[Surface::Organization], &["Organization.ReadWrite.All", "Directory.Read.All"])];
        assert_eq!(judged(&broad, 0), (vec![], vec![]));
    }

    #[test]
    fn a_token_that_does_not_say_leaves_permissions_unknown() {
        let silent = Grants::default();
        assert_eq!(
            permissions(
                &CredentialFacts { grants: silent, ..credential(&[], &[]) },
                &BTreeSet::from([permission::DOMAIN_READ])
            ),
            None
        );
    }
}
