//! Who holds directory roles, and who could.

use tenant_contacts_core::{
    landscape::{Assignment, Principal},
    model::Fact,
};

use super::unknown;
use crate::{
    directory::{topology::rest, wire},
    graph::ItemOutcome,
    send::{ErrorKind, Sender},
};

/// Active assignments, of which an item's answer is the first page.
pub(super) async fn active(sender: &Sender, outcome: &ItemOutcome) -> Fact<Box<[Assignment]>> {
    let permission = "RoleManagement.Read.Directory";
    let read = rest::<wire::Assignment>(sender, outcome, "roleAssignments", permission, "the role assignments").await;
    assignments(read.map(|read| read.map_or_else(Fact::Unknown, Fact::Present)), "the role assignments")
}

/// Eligible assignments.
pub(super) async fn eligible(sender: &Sender, outcome: &ItemOutcome) -> Fact<Box<[Assignment]>> {
    // Without a Premium P2 licence nobody can be eligible (contract §4).
    if matches!(outcome, ItemOutcome::Refused(error) if error.kind == ErrorKind::PremiumLicenseRequired) {
        return Fact::Absent;
    }
    let (permission, what) = ("RoleEligibilitySchedule.Read.Directory", "the role eligibilities");
    let read = rest::<wire::Assignment>(sender, outcome, "roleEligibility", permission, what).await;
    assignments(read.map(|read| read.map_or_else(Fact::Unknown, Fact::Present)), what)
}

fn assignments(
    read: Result<Fact<Vec<wire::Assignment>>, tenant_contacts_engine::port::TenantError>,
    what: &'static str,
) -> Fact<Box<[Assignment]>> {
    match unknown::one_part(read, what) {
        Fact::Present(assignments) => Fact::Present(assignments.into_iter().map(assignment).collect()),
        Fact::Absent => Fact::Absent,
        Fact::Unknown(why) => Fact::Unknown(why),
    }
}

fn assignment(wire: wire::Assignment) -> Assignment {
    let id = wire.principal_id;
    let (kind, name) = wire.principal.map(|principal| (principal.kind, principal.display_name)).unwrap_or_default();
    let display_name = || name.clone().unwrap_or_else(|| id.to_string().into());
    let principal = match kind.as_deref() {
        Some("#microsoft.graph.user") => Principal::Person(id),
        Some("#microsoft.graph.group") => Principal::Group { id, display_name: display_name() },
        Some("#microsoft.graph.servicePrincipal") => Principal::ServicePrincipal { id, display_name: display_name() },
        _ => Principal::Other(id),
    };
    let whole_tenant = wire.directory_scope_id.as_deref() == Some("/");
    Assignment { role: wire.role_definition_id, principal, whole_tenant }
}
