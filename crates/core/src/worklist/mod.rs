//! What only a person can do: per administrator, the business email that has no public API (DOMAIN A4); per declared gateway,
//! whether it lets Microsoft's senders through (DOMAIN E4).
//!
//! Invariant: nobody is on the list whose declaration holds; a proposed value is one that was read or declared, never made up.

use std::collections::BTreeSet;

use jiff::civil::Date;
use uuid::Uuid;

use crate::{
    answer::Declared,
    attestation::attestation_holds,
    desired::GatewayClaim,
    landscape::{ActiveRoles, Landscape, Person, fold, written},
    model::{Fact, Unknown, role},
};

/// A task of one administrator's.
#[derive(Clone, PartialEq, Eq)]
pub struct Task {
    /// Object id.
    pub id: Uuid,
    /// Sign-in name.
    pub user_principal_name: Box<str>,
    /// Name for people.
    pub display_name: Box<str>,
    /// Names of the roles held, sorted.
    pub roles: Vec<Box<str>>,
    /// Why it is on the list.
    pub why: Why,
    /// The address to set. `None`: no corporate address of the account is known, so somebody has to choose one.
    pub address: Option<Box<str>>,
    /// The name of the object that declares the account, if one does.
    pub declared: bool,
}

/// The id and the reason only: names and addresses are private.
impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("id", &self.id).field("why", &self.why).finish_non_exhaustive()
    }
}

/// A declared gateway that somebody has to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayTask {
    /// What people call it.
    pub name: Box<str>,
    /// The domains whose mail it takes; all of the tenant's where there are none.
    pub domains: Box<[Box<str>]>,
    /// Why it is on the list: it is declared.
    pub why: Why,
}

/// Why somebody has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is not declared.
    NotDeclared,
    /// It is declared, and nobody has attested it.
    NotAttested,
    /// The attestation has expired, or lies in the future.
    Expired(Date),
    /// The attestation's day cannot be read.
    Undated,
}

/// The list, and what could not be read for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Worklist {
    /// Tasks, by sign-in name.
    pub tasks: Vec<Task>,
    /// Declared gateways, by name.
    pub gateways: Vec<GatewayTask>,
    /// Sign-in names of administrators who look like break-glass accounts and are not declared as such, sorted: nobody is asked
    /// to sign in with them.
    pub sealed: Vec<Box<str>>,
    /// What is missing from the list because it could not be read.
    pub unread: Vec<(&'static str, Unknown)>,
}

/// Makes the list.
pub fn worklist(landscape: &Landscape, declared: &Declared, today: Date) -> Worklist {
    let mut list = Worklist { gateways: gateways(declared, today), ..Worklist::default() };
    let (people, roles) = (landscape.directory.people.known(), landscape.directory.active_roles());
    if let Err(why) = people {
        list.unread.push(("accounts", why.clone()));
    }
    if let Err(why) = &roles {
        list.unread.push(("role assignments", Unknown::clone(why)));
    }
    let (Ok(Some(people)), Ok(ActiveRoles { held, unread })) = (people, roles) else { return list };
    list.unread.extend(unread.into_iter().map(|why| ("members of a group with a role", why)));
    list.unread.dedup();
    let (sealed, asked): (Vec<_>, Vec<_>) = held
        .into_iter()
        .filter_map(|(id, roles)| Some((people.get(&id)?, roles)))
        .partition(|(person, roles)| looks_sealed(landscape, declared, person, roles));
    list.sealed = sealed.into_iter().map(|(person, _)| person.user_principal_name.clone()).collect();
    list.sealed.sort();
    let mut tasks: Vec<Task> =
        asked.into_iter().filter_map(|(person, roles)| task(landscape, declared, person, &roles, today)).collect();
    tasks.sort_by(|a, b| (&a.user_principal_name, a.id).cmp(&(&b.user_principal_name, b.id)));
    list.tasks = tasks;
    list
}

fn gateways(declared: &Declared, today: Date) -> Vec<GatewayTask> {
    let task = |gateway: &GatewayClaim| {
        let why = match &gateway.attestation {
            None => Why::NotAttested,
            Some(attested) if attested.holds(today) => return None,
            Some(attested) => attested.on.map_or(Why::Undated, Why::Expired),
        };
        Some(GatewayTask { name: gateway.name.clone(), domains: gateway.domains.clone(), why })
    };
    let mut tasks: Vec<GatewayTask> = declared.gateways.iter().filter_map(task).collect();
    tasks.sort_by(|a, b| (&a.name, &a.domains).cmp(&(&b.name, &b.domains)));
    tasks
}

/// Whether an account that nobody declared looks like one for emergencies: a Global Administrator of the cloud alone, named in
/// the initial domain, which cannot be lost, with neither an address nor a plan for a mailbox. That is how Microsoft advises
/// to make them ("Manage emergency access accounts in Microsoft Entra ID"), and signing in with one raises an alarm.
fn looks_sealed(landscape: &Landscape, declared: &Declared, person: &Person, roles: &BTreeSet<Uuid>) -> bool {
    let domain = person.user_principal_name.rsplit_once('@').map(|(_, domain)| fold(domain));
    let initial = domain.zip(landscape.domains.present());
    let initial = initial.and_then(|(domain, domains)| domains.get(&domain)).is_some_and(|domain| domain.initial);
    let stated = declared.contacts.contains_key(&fold(&person.user_principal_name));
    initial
        && !stated
        // Another organization's account keeps this mark, whatever it has been made since.
        && !person.user_principal_name.to_uppercase().contains("#EXT#")
        && roles.contains(&role::GLOBAL_ADMINISTRATOR)
        && person.mail == Fact::Absent
        && person.exchange_plan != Fact::Present(true)
        && person.synchronised != Fact::Present(true)
        && person.enabled != Fact::Present(false)
        && person.guest != Fact::Present(true)
        && !person.is_one_of(&declared.protected)
}

fn task(
    landscape: &Landscape,
    declared: &Declared,
    person: &Person,
    roles: &BTreeSet<Uuid>,
    today: Date,
) -> Option<Task> {
    // Who cannot sign in sets nothing; break-glass accounts have no business email, and are not signed in with for one; a
    // guest's contact details are another organization's.
    let nobodys = person.enabled == Fact::Present(false) || person.guest == Fact::Present(true);
    if nobodys || person.is_one_of(&declared.protected) {
        return None;
    }
    let contact = declared.contacts.get(&fold(&person.user_principal_name));
    let claim = contact.and_then(|contact| contact.business_email.as_ref());
    let why = match (claim, contact.and_then(|contact| contact.business_email_attested)) {
        (None, _) => Why::NotDeclared,
        (Some(_), None) => Why::NotAttested,
        (Some(_), Some(on)) if !attestation_holds(on, today) => Why::Expired(on),
        (Some(_), Some(_)) => return None,
    };
    let address = claim.cloned().or_else(|| corporate(landscape, declared, person));
    let mut names: Vec<Box<str>> =
        roles.iter().map(|id| role::name(*id).map_or_else(|| id.to_string().into(), Into::into)).collect();
    names.sort();
    Some(Task {
        id: person.id,
        user_principal_name: person.user_principal_name.clone(),
        display_name: person.display_name.clone(),
        roles: names,
        why,
        address,
        declared: contact.is_some(),
    })
}

/// The account's primary address, if it is one of the organization's: it ends when the job ends (DOMAIN A3).
fn corporate(landscape: &Landscape, declared: &Declared, person: &Person) -> Option<Box<str>> {
    let mail = person.mail.present().filter(|mail| written::flaw(mail).is_none())?;
    let domain = fold(mail.rsplit_once('@')?.1);
    let verified = landscape.domains.present().and_then(|domains| domains.get(&domain));
    // The initial domain is the organization's, and no address to be written to (DOMAIN D6).
    let corporate = verified.is_some_and(|domain| domain.is_verified() && !domain.initial)
        || declared.own_domains.contains(&domain);
    corporate.then(|| mail.clone())
}

#[cfg(test)]
mod tests;
