//! Who holds directory roles, and who could.

use std::collections::BTreeSet;

use tenant_contacts_core::{
    landscape::{Assignment, Directory, Orphan, Principal},
    model::{Fact, Grants, Unknown},
};
use uuid::Uuid;

use super::unknown;
use crate::{
    directory::{
        assignments::{ACTIVE, APPLICATION, ELIGIBLE, GROUP, Listing, USER},
        topology::may_not_see_hidden,
        wire,
    },
    graph::ItemOutcome,
    send::{ErrorKind, Sender},
};

/// Takes in active and eligible assignments, those whose principal is gone, and the groups of which no member is shown.
pub(super) async fn read(
    sender: &Sender,
    (active, eligible): (&ItemOutcome, &ItemOutcome),
    grants: &Grants,
    directory: &mut Directory,
) {
    let mut hidden = BTreeSet::new();
    directory.active = list(&ACTIVE, sender, active, &mut directory.orphans, &mut hidden).await;
    // Without a Premium P2 licence nobody can be eligible (contract §4).
    let unlicensed = matches!(eligible, ItemOutcome::Refused(error) if error.kind == ErrorKind::PremiumLicenseRequired);
    directory.eligible = if unlicensed {
        Fact::Absent
    } else {
        list(&ELIGIBLE, sender, eligible, &mut directory.orphans, &mut hidden).await
    };
    if let Some(why) = may_not_see_hidden(grants) {
        directory.group_members.extend(hidden.into_iter().map(|group| (group, Fact::Unknown(why.clone()))));
    }
}

async fn list(
    listing: &Listing,
    sender: &Sender,
    outcome: &ItemOutcome,
    orphans: &mut Vec<Orphan>,
    hidden: &mut BTreeSet<Uuid>,
) -> Fact<Box<[Assignment]>> {
    let read = listing.read(sender, outcome).await.map(|read| read.map_or_else(Fact::Unknown, Fact::Present));
    let listed = match unknown::one_part(read, listing.what) {
        Fact::Present(listed) => listed,
        Fact::Absent => return Fact::Absent,
        Fact::Unknown(why) => return Fact::Unknown(why),
    };
    let mut assignments = Vec::with_capacity(listed.len());
    for wire in listed {
        if wire.orphaned {
            let (role, principal) = (wire.role_definition_id, wire.principal_id);
            orphans.push(Orphan { assignment: wire.id.unwrap_or_default(), role, principal });
            continue;
        }
        // What it is was refused to this token, and it may be a group: its members hold the role too.
        if let Some(why @ Unknown::PermissionMissing(_)) = wire.untold {
            return Fact::Unknown(why);
        }
        if wire.kind() == Some(GROUP) && wire.principal.as_ref().is_some_and(wire::Principal::may_hide_members) {
            hidden.insert(wire.principal_id);
        }
        assignments.push(assignment(wire));
    }
    Fact::Present(assignments.into())
}

fn assignment(wire: wire::Assignment) -> Assignment {
    let id = wire.principal_id;
    let (kind, name) = wire.principal.map(|principal| (principal.kind, principal.display_name)).unwrap_or_default();
    let display_name = || name.clone().unwrap_or_else(|| id.to_string().into());
    let principal = match kind.as_deref() {
        Some(USER) => Principal::Person(id),
        Some(GROUP) => Principal::Group { id, display_name: display_name() },
        Some(APPLICATION) => Principal::ServicePrincipal { id, display_name: display_name() },
        _ => Principal::Other(id),
    };
    let whole_tenant = wire.directory_scope_id.as_deref() == Some("/");
    Assignment { role: wire.role_definition_id, principal, whole_tenant }
}
