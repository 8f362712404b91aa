//! The directory: organization, domains, roles and accounts.

mod groups;
mod roles;

use jiff::Timestamp;
use tenant_contacts_core::{
    landscape::{Landscape, Person},
    model::{Fact, Grants, Shared, Unknown},
};
use tenant_contacts_engine::port::TenantError;
use uuid::Uuid;

use super::{tenant::TenantSurvey, unknown};
use crate::{
    directory::{
        access::grants_of,
        accounts::{MOST_PAGES, PAGE, may_not_read},
        assignments::{ACTIVE, ELIGIBLE},
        problem, properties,
        rest::rest,
        topology as shared,
        user::User,
        wire,
    },
    graph::{BatchItem, Field, ItemOutcome, Order, Pages, odata::Path, send_batch},
    send::Call,
};

pub(super) use groups::group_names;

/// What reading accounts takes.
const PEOPLE: &str = "User.Read.All";

/// Reads what one batch gives: the organization, its domains, who holds roles, and deleted accounts. The error is that there
/// is no token, that nothing of Graph could be reached, or that it is another tenant.
pub(super) async fn topology(survey: &TenantSurvey, landscape: &mut Landscape) -> Result<Grants, TenantError> {
    let sender = &*survey.graph;
    let token = sender.token().await.map_err(|error| problem::of_tenant(&error, "the access token"))?;
    let grants = grants_of(token.grants());
    let organization_properties: Vec<&str> =
        properties::ORGANIZATION.iter().copied().chain(["displayName", "createdDateTime"]).collect();
    let items = [
        BatchItem::get(Path::new("organization").select(&organization_properties)),
        BatchItem::get(Path::new("domains").select(&["id", "isVerified", "isInitial"])),
        ACTIVE.item(),
        ELIGIBLE.item(),
        BatchItem::get(Path::new("directory/deletedItems/microsoft.graph.user").select(&properties::person())),
    ];
    let outcomes = send_batch(sender, "survey", &items, Order::Parallel).await;
    let [about, domains, active, eligible, deleted] = outcomes.as_slice() else { return Ok(grants) };
    if let Some(error) = problem::of_batch(about, "the organization") {
        return Err(error);
    }
    organization(survey, about, &grants, landscape)?;
    landscape.domains = unknown::one_part(shared::domains(sender, domains).await, "the domains");
    roles::read(sender, (active, eligible), &grants, &mut landscape.directory).await;
    landscape.directory.deleted = deleted_people(survey, deleted, &grants).await;
    Ok(grants)
}

fn organization(
    survey: &TenantSurvey,
    outcome: &ItemOutcome,
    grants: &Grants,
    landscape: &mut Landscape,
) -> Result<(), TenantError> {
    let what = "the organization";
    let reply = match outcome {
        ItemOutcome::Done(reply) => reply,
        other => {
            let why = unknown::of_item(other, "Organization.Read.All", what);
            landscape.organization = shared::unknown_organization(&why);
            landscape.display_name = Fact::Unknown(why.clone());
            landscape.created = Fact::Unknown(why);
            return Ok(());
        }
    };
    let organization = shared::own_organization(reply, survey.tenant)?;
    landscape.display_name = wire::value(organization.display_name.clone(), None);
    landscape.created = match &organization.created_date_time {
        Field::Value(text) => text.parse::<Timestamp>().map_or_else(|_| unknown::failed(what), Fact::Present),
        // Null is what a token without the permission sees (Update organization); every tenant was created at some time.
        Field::Null => Fact::Unknown(Unknown::PermissionMissing("Organization.Read.All".into())),
        Field::Unreadable => unknown::failed(what),
        Field::Absent => Fact::default(),
    };
    landscape.organization = shared::organization_facts(organization, grants);
    landscape.organization.read_at = Some(survey.clock.now());
    Ok(())
}

async fn deleted_people(survey: &TenantSurvey, outcome: &ItemOutcome, grants: &Grants) -> Fact<Shared<Uuid, Person>> {
    let what = "deleted accounts";
    let read = rest::<User>(&survey.graph, outcome, "deletedUsers", PEOPLE, what).await;
    let users = match read {
        Ok(Ok(users)) => users,
        Ok(Err(why)) => return Fact::Unknown(why),
        Err(_) => return unknown::failed(what),
    };
    let missing = may_not_read(grants);
    // One that cannot be told apart from others makes the list a list with a hole.
    let people: Option<Shared<Uuid, Person>> =
        users.into_iter().map(|user| user.person(missing.as_ref()).map(|person| (person.id, person))).collect();
    people.map_or_else(|| unknown::failed(what), Fact::Present)
}

/// Every account, a page at a time.
pub(super) async fn people(survey: &TenantSurvey, grants: &Grants) -> Fact<Shared<Uuid, Person>> {
    let missing = may_not_read(grants);
    let path = Path::new("users").select(&properties::person()).top(PAGE);
    let mut pages = Pages::<User>::new(&survey.graph, Call::get("listUsers", path), MOST_PAGES);
    let mut people = Shared::default();
    loop {
        match pages.next().await {
            Ok(Some(page)) => {
                for user in page.value {
                    // An account that cannot be told apart from others makes the list a list with a hole.
                    let Some(person) = user.person(missing.as_ref()) else {
                        return unknown::failed("the accounts");
                    };
                    people.insert(person.id, person);
                }
            }
            Ok(None) => return Fact::Present(people),
            Err(error) => return Fact::Unknown(unknown::of_error(&error, PEOPLE, "the accounts")),
        }
    }
}
