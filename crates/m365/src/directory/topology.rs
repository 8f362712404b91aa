//! The organization object, its domains, and who holds directory roles: two or three requests, whatever the size. Each
//! credential asks for what its surfaces take, in one batch of its own.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::{
    field::{Field as Managed, Surface},
    reason::Reason,
};
use tenant_contacts_core::{
    field,
    model::{self, Fact, Grants, Observation, OrganizationFacts, Unknown},
    permission::{GROUP_READ, HIDDEN_MEMBERS},
};
use tenant_contacts_engine::port::{Scope, TenantError};
use uuid::Uuid;

use super::{
    Reader,
    assignments::{ACTIVE, ELIGIBLE, GROUP},
    problem, properties,
    rest::rest,
    wire,
};
use crate::{
    graph::{BatchItem, Field, ItemOutcome, ItemReply, Order, odata::Path, send_batch},
    send::{ErrorKind, Sender},
};

/// Reads what the scope wants of it.
pub(super) async fn observe(
    reader: &Reader<'_>,
    scope: &Scope<'_>,
    observation: &mut Observation,
) -> Result<(), TenantError> {
    let (serves, roles_wanted) =
        (reader.serves(Surface::Organization), reader.serves(Surface::Users) && !scope.accounts.is_empty());
    // A credential that does not serve the organization still asks whose it is: id and name are there for whoever reads
    // users (Update organization), and who may not is told so.
    let organization_properties = if serves { properties::ORGANIZATION } else { &["id"] };
    let mut items = vec![BatchItem::get(Path::new("organization").select(organization_properties))];
    if reader.reads_domains {
        items.push(BatchItem::get(Path::new("domains").select(&["id", "isVerified", "isInitial"])));
    }
    if roles_wanted {
        items.push(ACTIVE.item());
        items.push(ELIGIBLE.item());
    }
    let sender = reader.sender;
    let outcomes = send_batch(sender, "topology", &items, Order::Parallel).await;
    if let Some(error) = outcomes.iter().find_map(|outcome| problem::of_batch(outcome, "the organization")) {
        return Err(error);
    }
    let mut outcomes = outcomes.iter();
    if let Some(organization) = outcomes.next().map(|outcome| organization(reader, outcome)).transpose()?
        && serves
    {
        observation.organization = organization;
    }
    if reader.reads_domains
        && let Some(outcome) = outcomes.next()
    {
        observation.domains = domains(sender, outcome).await?;
    }
    if let (true, Some(active), Some(eligible)) = (roles_wanted, outcomes.next(), outcomes.next()) {
        observation.roles = roles(reader, active, eligible).await?;
    }
    Ok(())
}

/// The organization of an answer that is this tenant's.
pub(crate) fn own_organization(reply: &ItemReply, tenant: Uuid) -> Result<wire::Organization, TenantError> {
    let unreadable = |message: &str| TenantError {
        reason: Reason::TenantUnreachable,
        message: format!("the organization: {message}"),
        retry_after: None,
    };
    let list: wire::List<wire::Organization> = reply.json().map_err(|error| unreadable(&error.to_string()))?;
    let organization = list.value.into_iter().next().ok_or_else(|| unreadable("the answer is empty"))?;
    if organization.id == tenant {
        return Ok(organization);
    }
    Err(TenantError {
        reason: Reason::TenantMismatch,
        message: "the credentials belong to another tenant than the one declared".into(),
        retry_after: None,
    })
}

/// The organization's facts. The error is that it is another one, or that the answer cannot be read.
fn organization(reader: &Reader<'_>, outcome: &ItemOutcome) -> Result<OrganizationFacts, TenantError> {
    let what = "the organization";
    let reply = match outcome {
        ItemOutcome::Done(reply) => reply,
        ItemOutcome::Refused(error) => {
            return Ok(unknown_organization(&problem::of_read(error, "Organization.Read.All", what)));
        }
        _ => return Ok(OrganizationFacts::default()),
    };
    let organization = own_organization(reply, reader.tenant)?;
    Ok(OrganizationFacts { read_at: Some(reader.clock.now()), ..organization_facts(organization, reader.grants) })
}

/// With `User.Read` alone every property but id, name and domains is null, and not an error (Update organization): null
/// says nothing unless the token may read.
pub(crate) fn organization_facts(organization: wire::Organization, grants: &Grants) -> OrganizationFacts {
    let missing = field::facts(Managed::Technical)
        .filter(|facts| grants.allow(facts.read_permissions) == Some(false))
        .map(|facts| Unknown::PermissionMissing(facts.read_permissions[0].into()));
    // What the token's content leaves open, null leaves open too: these collections are not nullable.
    let null = || missing.clone().unwrap_or(Unknown::PermissionMissing("Organization.Read.All".into()));
    let list = |field: Field<Vec<Box<str>>>| match field {
        Field::Null => Fact::Unknown(null()),
        field => wire::values(field, missing.as_ref()),
    };
    let may_read = grants.permissions.present().is_some() && missing.is_none();
    let (contact, statement) = match organization.privacy_profile {
        Field::Value(profile) => (text(profile.contact_email), text(profile.statement_url)),
        Field::Null if may_read => (Fact::Absent, Fact::Absent),
        Field::Null => (Fact::Unknown(null()), Fact::Unknown(null())),
        Field::Unreadable => {
            let unread = || Fact::Unknown(Unknown::ReadFailed("the privacy profile".into()));
            (unread(), unread())
        }
        Field::Absent => (Fact::default(), Fact::default()),
    };
    OrganizationFacts {
        technical: list(organization.technical_notification_mails),
        security_mails: list(organization.security_compliance_notification_mails),
        security_phones: list(organization.security_compliance_notification_phones),
        marketing: list(organization.marketing_notification_emails),
        privacy_contact: contact,
        privacy_statement: statement,
        verified_domains: verified_domains(&organization.verified_domains),
        read_at: None,
    }
}

/// Of each entry its name, whatever else it holds: an entry without one takes nothing from the others.
fn verified_domains(list: &Field<serde_json::Value>) -> Fact<BTreeSet<Box<str>>> {
    let Field::Value(serde_json::Value::Array(entries)) = list else { return Fact::default() };
    let names = entries.iter().filter_map(|entry| entry.get("name")?.as_str());
    Fact::Present(names.map(|name| name.to_ascii_lowercase().into()).collect())
}

fn text(text: Option<Box<str>>) -> Fact<Box<[Box<str>]>> {
    Fact::of_values(text.into_iter().filter(|text| !text.is_empty()).collect())
}

pub(crate) fn unknown_organization(why: &Unknown) -> OrganizationFacts {
    let unknown = || Fact::Unknown(why.clone());
    OrganizationFacts {
        technical: unknown(),
        security_mails: unknown(),
        security_phones: unknown(),
        marketing: unknown(),
        privacy_contact: unknown(),
        privacy_statement: unknown(),
        verified_domains: Fact::Unknown(why.clone()),
        read_at: None,
    }
}

pub(crate) async fn domains(
    sender: &Sender,
    outcome: &ItemOutcome,
) -> Result<Fact<BTreeMap<Box<str>, model::Domain>>, TenantError> {
    let domains = match rest::<wire::Domain>(sender, outcome, "domains", "Domain.Read.All", "the domains").await? {
        Ok(domains) => domains,
        Err(why) => return Ok(Fact::Unknown(why)),
    };
    let facts = domains.into_iter().map(|domain| {
        // A domain of which that is not said is neither verified nor a domain of somebody else.
        let verified = match domain.is_verified {
            Field::Value(verified) => Fact::Present(verified),
            Field::Absent | Field::Null | Field::Unreadable => {
                Fact::Unknown(Unknown::ReadFailed("whether a domain is verified".into()))
            }
        };
        let facts = model::Domain { verified, initial: matches!(domain.is_initial, Field::Value(true)) };
        (domain.id.to_ascii_lowercase().into(), facts)
    });
    Ok(Fact::Present(facts.collect()))
}

async fn roles(
    reader: &Reader<'_>,
    active: &ItemOutcome,
    eligible: &ItemOutcome,
) -> Result<Fact<BTreeMap<Uuid, BTreeSet<Uuid>>>, TenantError> {
    let sender = reader.sender;
    let mut assignments = match ACTIVE.read(sender, active).await? {
        Ok(assignments) => assignments,
        Err(why) => return Ok(Fact::Unknown(why)),
    };
    // Without a Premium P2 licence nobody can be eligible (contract §4).
    let unlicensed = matches!(eligible, ItemOutcome::Refused(error) if error.kind == ErrorKind::PremiumLicenseRequired);
    if !unlicensed {
        match ELIGIBLE.read(sender, eligible).await? {
            Ok(eligibilities) => assignments.extend(eligibilities),
            Err(why) => return Ok(Fact::Unknown(why)),
        }
    }
    let mut roles: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
    let mut groups: BTreeMap<Uuid, (BTreeSet<Uuid>, bool)> = BTreeMap::new();
    for assignment in assignments {
        // Whoever is gone writes nothing and is written nothing.
        if assignment.orphaned {
            continue;
        }
        if let Some(why) = assignment.untold {
            return Ok(Fact::Unknown(why));
        }
        let principal = assignment.principal.unwrap_or_default();
        if principal.kind.as_deref() == Some(GROUP) {
            let (held, hidden) = groups.entry(assignment.principal_id).or_default();
            held.insert(assignment.role_definition_id);
            *hidden |= principal.may_hide_members();
        } else {
            roles.entry(assignment.principal_id).or_default().insert(assignment.role_definition_id);
        }
    }
    match members(sender, groups.keys().copied().collect()).await? {
        Ok(members) => {
            for ((held, hidden), people) in groups.values().zip(members) {
                // Nobody is found there: that is what a token sees, and not what is.
                if *hidden && let Some(why) = may_not_see_hidden(reader.grants) {
                    return Ok(Fact::Unknown(why));
                }
                for person in people {
                    roles.entry(person).or_default().extend(held);
                }
            }
            Ok(Fact::Present(roles))
        }
        Err(why) => Ok(Fact::Unknown(why)),
    }
}

/// Why members of groups of hidden membership are not known: without the permission Graph answers 200 and leaves them out
/// (contract §4, 3P). A token whose content is not known proves no permission.
pub(crate) fn may_not_see_hidden(grants: &Grants) -> Option<Unknown> {
    (grants.allow(&[HIDDEN_MEMBERS]) != Some(true)).then(|| Unknown::PermissionMissing(HIDDEN_MEMBERS.into()))
}

/// The people in each group, nested groups included, in the groups' order.
async fn members(sender: &Sender, groups: Vec<Uuid>) -> Result<Result<Vec<Vec<Uuid>>, Unknown>, TenantError> {
    if groups.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    let items: Vec<BatchItem> = groups.iter().map(members_item).collect();
    let outcomes = send_batch(sender, "groupMembers", &items, Order::Parallel).await;
    let mut members = Vec::with_capacity(groups.len());
    for outcome in &outcomes {
        match members_of(sender, outcome).await? {
            Ok(people) => members.push(people),
            Err(why) => return Ok(Err(why)),
        }
    }
    Ok(Ok(members))
}

/// Asks for the people in a group, those of nested groups included.
pub(crate) fn members_item(group: &Uuid) -> BatchItem {
    let path = Path::new("groups").key(&group.to_string()).unwrap_or_else(|_| Path::new("groups"));
    BatchItem::get(path.then("transitiveMembers/microsoft.graph.user").select(&["id"]).top(999))
}

/// The people in a group, of which an item's answer is the first page.
pub(crate) async fn members_of(
    sender: &Sender,
    outcome: &ItemOutcome,
) -> Result<Result<Vec<Uuid>, Unknown>, TenantError> {
    // It holds a role, so it is there: a replica that does not know it says nothing about who is in it.
    let people = rest::<wire::Id>(sender, outcome, "groupMembers", GROUP_READ[0], "the members of a group");
    Ok(people.await?.map(|people| people.into_iter().map(|person| person.id).collect()))
}
