//! Who holds directory roles: lists of assignments, each with its principal.
//!
//! Invariant: one assignment that cannot be read with its principal takes nothing from the others. A list that fails because
//! of one principal that is gone is read again without principals, and what these are is looked up one by one; an
//! assignment is called orphaned only where nothing else is possible.
//!
//! `directoryObjects/getByIds` would look up a thousand at once, and takes `Directory.Read.All`, which nothing here asks
//! for; accounts and groups are read with the permissions that the rest of the reading takes anyway.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_core::{model::Unknown, permission::GROUP_READ};
use tenant_contacts_engine::port::TenantError;
use uuid::Uuid;

use super::{
    problem,
    rest::rest,
    wire::{Assignment, Principal},
};
use crate::{
    graph::{BatchItem, ItemOutcome, Order, odata::Path, send_batch},
    send::{ErrorKind, GraphError, Sender},
};

/// Type names of principals, as Graph writes them.
pub(crate) const USER: &str = "#microsoft.graph.user";
pub(crate) const GROUP: &str = "#microsoft.graph.group";
pub(crate) const APPLICATION: &str = "#microsoft.graph.servicePrincipal";

/// A list of assignments.
pub(crate) struct Listing {
    path: &'static str,
    operation: &'static str,
    permission: &'static str,
    /// What it is called where it could not be read.
    pub(crate) what: &'static str,
}

/// Active assignments.
pub(crate) const ACTIVE: Listing = Listing {
    path: "roleManagement/directory/roleAssignments",
    operation: "roleAssignments",
    permission: "RoleManagement.Read.Directory",
    what: "the role assignments",
};

/// Eligible ones.
pub(crate) const ELIGIBLE: Listing = Listing {
    path: "roleManagement/directory/roleEligibilityScheduleInstances",
    operation: "roleEligibility",
    permission: "RoleEligibilitySchedule.Read.Directory",
    what: "the role eligibilities",
};

impl Listing {
    /// Asks for the first page, with principals.
    pub(crate) fn item(&self) -> BatchItem {
        BatchItem::get(Path::new(self.path).expand("principal"))
    }

    /// The whole list, of which the answer to [`Self::item`] is the first page. Each assignment has its principal, or says
    /// that it is orphaned, or why neither is known. The outer error is of the service as a whole, the inner one why the
    /// list is unknown.
    pub(crate) async fn read(
        &self,
        sender: &Sender,
        outcome: &ItemOutcome,
    ) -> Result<Result<Vec<Assignment>, Unknown>, TenantError> {
        let whole = async |outcome: &ItemOutcome| {
            rest::<Assignment>(sender, outcome, self.operation, self.permission, self.what).await
        };
        let mut refusal = None;
        let listed = match whole(outcome).await? {
            // 404 as a whole, for one principal that is gone (contract §4, 3P). The ids are there without principals too.
            Err(Unknown::ReadFailed(_)) => {
                refusal = match outcome {
                    ItemOutcome::Refused(error) => Some(error),
                    _ => None,
                };
                let plain = [BatchItem::get(Path::new(self.path))];
                match send_batch(sender, self.operation, &plain, Order::Parallel).await.first() {
                    Some(outcome) => whole(outcome).await?,
                    None => Err(Unknown::ReadFailed(self.what.into())),
                }
            }
            listed => listed,
        };
        let Ok(mut assignments) = listed else { return Ok(listed) };
        complete(sender, &mut assignments, refusal).await?;
        Ok(Ok(assignments))
    }
}

/// What a principal may be, and where that would be told, the likeliest first.
const KINDS: [(&str, &str, &[&str]); 3] = [
    (GROUP, "groups", &["id", "displayName", "visibility"]),
    (USER, "users", &["id", "displayName"]),
    (APPLICATION, "servicePrincipals", &["id", "displayName"]),
];

/// Finds out what the principals are that were not told. `refusal`: why the list with principals failed; its text names the
/// first of them that is not there.
async fn complete(
    sender: &Sender,
    assignments: &mut [Assignment],
    refusal: Option<&GraphError>,
) -> Result<(), TenantError> {
    let untold: BTreeSet<Uuid> =
        assignments.iter().filter(|one| one.kind().is_none()).map(|one| one.principal_id).collect();
    let (mut found, mut unknown): (BTreeMap<Uuid, Principal>, BTreeMap<Uuid, Unknown>) = Default::default();
    // Neither account nor group, and whether there are applications is not for this token to know.
    let mut suspects: BTreeSet<Uuid> = BTreeSet::new();
    let mut open: Vec<Uuid> = untold.into_iter().collect();
    for (kind, path, properties) in KINDS {
        let items: Vec<BatchItem> = open.iter().map(|id| item(path, id, properties)).collect();
        if items.is_empty() {
            break;
        }
        let outcomes = send_batch(sender, "principals", &items, Order::Parallel).await;
        if let Some(error) = outcomes.iter().find_map(|outcome| problem::of_batch(outcome, "holders of roles")) {
            return Err(error);
        }
        let mut left = Vec::new();
        for (id, outcome) in std::mem::take(&mut open).into_iter().zip(&outcomes) {
            match outcome {
                ItemOutcome::Done(reply) => match reply.json::<Principal>() {
                    Ok(read) if read.id == Some(id) => {
                        found.insert(id, Principal { kind: Some(kind.into()), ..read });
                    }
                    _ => drop(unknown.insert(id, Unknown::ReadFailed("the holder of a role".into()))),
                },
                ItemOutcome::Refused(error) if error.kind == ErrorKind::NotFound => left.push(id),
                ItemOutcome::Refused(_) if kind == APPLICATION => drop(suspects.insert(id)),
                ItemOutcome::Refused(error) => {
                    let permission = if kind == GROUP { GROUP_READ[0] } else { "User.Read.All" };
                    unknown.insert(id, problem::of_read(error, permission, "the holder of a role"));
                }
                _ => drop(unknown.insert(id, Unknown::ReadFailed("the holder of a role".into()))),
            }
        }
        open = left;
    }
    let mut gone: BTreeSet<Uuid> = open.into_iter().collect();
    // The others are taken for applications, of which nobody reads mail either.
    gone.extend(suspects.iter().filter(|id| refusal.is_some_and(|error| error.says(&id.to_string()))));
    for suspect in suspects.difference(&gone).copied() {
        found.insert(suspect, Principal { kind: Some(APPLICATION.into()), ..Principal::default() });
    }
    for assignment in assignments.iter_mut().filter(|one| one.kind().is_none()) {
        assignment.principal = found.get(&assignment.principal_id).cloned();
        assignment.orphaned = gone.contains(&assignment.principal_id);
        assignment.untold = unknown.get(&assignment.principal_id).cloned();
    }
    Ok(())
}

fn item(path: &'static str, id: &Uuid, properties: &[&str]) -> BatchItem {
    // A UUID is always a key.
    let one = Path::new(path).key(&id.to_string()).unwrap_or_else(|_| Path::new(path));
    BatchItem::get(one.select(properties))
}
