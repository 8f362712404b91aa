//! Accounts. The object id is the truth; a name is how a person says it (design §3, Identity).

use tenant_contacts_api::{field::Field, memory::Memory, reason::Reason};
use uuid::Uuid;

use super::row::{Live, Row, is_never_first, no_base, no_companion, no_risk};
use crate::{
    desired::{DesiredObject, DesiredTarget},
    field::categories,
    flight,
    landscape::Landscape,
    model::{Fact, Observation, ObservedAccount, Unknown},
    step::{Resolution, Step, Target, Values},
};

/// Graph's limit for `otherMails` (Update user).
const MOST_ALTERNATE_EMAILS: usize = 250;

/// What is to be said of an account that is found by its id and has another name than the declared one. Which, is the account's
/// own affair: this text ends in events.
pub const RENAMED: &str = "the account with this object id has another sign-in name than the declared one; it is still the same \
                           account: the id counts";

pub(super) const ROW: Row = Row {
    resolve,
    bound: |id| id.map(Target::account),
    orphan: |memory| DesiredTarget::Account { name: "".into(), id: memory.object_id },
    live,
    read_at: |observation, target| account(observation, target).map(|account| account.read_at),
    base: no_base,
    account: Target::as_account,
    objection,
    risk: no_risk,
    companion: no_companion,
    is_first: is_never_first,
    matters,
    foresee,
    replication: flight::GRAPH,
};

fn account<'a>(observation: &'a Observation, target: &Target) -> Option<&'a ObservedAccount> {
    observation.accounts.get(&target.as_account()?)?.present()
}

fn live<'a>(observation: &'a Observation, target: &Target, field: Field) -> Result<Live<'a>, &'a Unknown> {
    let fact = target.as_account().and_then(|id| observation.accounts.get(&id));
    match fact.map_or(Err(&Unknown::NotRead), Fact::known)? {
        Some(account) => account.field(field).map(Live::Values),
        None => Err(&Unknown::NotRead),
    }
}

fn objection(_: &Observation, step: &Step) -> Option<(Reason, String)> {
    let too_many = step.field() == Field::AlternateEmails && step.after().len() > MOST_ALTERNATE_EMAILS;
    too_many.then(|| {
        let message = format!(
            "together with the live values there would be {}, more than Graph's limit of {MOST_ALTERNATE_EMAILS}",
            step.after().len()
        );
        (Reason::InvalidSpec, message)
    })
}

/// Alternate emails of whoever holds a role, of the directory or of billing. Where roles are not known, every account may.
/// Billing roles are known once the tenant was read as a whole; no account's steps have it read for them alone.
fn matters(step: &Step, observation: &Observation, landscape: Option<&Landscape>) -> bool {
    let Some(id) = step.target().as_account() else { return false };
    !categories(step.field()).is_empty()
        && (observation.roles.known().map_or(true, |roles| roles.is_some_and(|roles| roles.contains_key(&id)))
            || landscape.is_some_and(|landscape| has_billing_role(landscape, id)))
}

fn has_billing_role(landscape: &Landscape, account: Uuid) -> bool {
    let accounts = landscape.billing.accounts.present().into_iter().flatten();
    let mut holders = accounts.filter_map(|account| account.holders.present()).flatten();
    holders.any(|holder| holder.principal == account)
}

fn foresee(landscape: &mut Landscape, step: &Step, values: Fact<Values>) {
    let Some(id) = step.target().as_account() else { return };
    // Accounts are shared with what was read until one of them is another.
    if !categories(step.field()).is_empty()
        && let Fact::Present(people) = &mut landscape.directory.people
        && people.get(&id).is_some_and(|person| *person.fact(step.field()) != values)
        && let Some(person) = people.get_mut(&id)
    {
        person.put(step.field(), values);
    }
}

fn resolve(object: &DesiredObject, memory: Option<&Memory>, observation: &Observation) -> Resolution {
    let DesiredTarget::Account { name, id: declared } = &object.target else {
        return failed(Reason::AccountNotFound, "the object declares no account");
    };
    if object.removed {
        return of_removed(memory, observation);
    }
    match declared.or(memory.and_then(|memory| memory.object_id)) {
        Some(bound) => by_id(bound, name, declared.is_some(), observation),
        None => match lookup(name, observation) {
            Ok(Some(id)) => found(id, false),
            Ok(None) => failed(Reason::AccountNotFound, "no account has the declared name"),
            Err(why) => unknown(why),
        },
    }
}

/// A removed object no longer names anybody: what was bound stays bound, whatever it is called now.
fn of_removed(memory: Option<&Memory>, observation: &Observation) -> Resolution {
    let Some(bound) = memory.and_then(|memory| memory.object_id) else {
        return failed(Reason::AccountNotFound, "the object was never bound to an account");
    };
    match observation.accounts.get(&bound).map_or(Err(&Unknown::NotRead), Fact::known) {
        Ok(Some(_)) => found(bound, false),
        Ok(None) => failed(Reason::AccountNotFound, "the account no longer exists"),
        Err(why) => unknown(why),
    }
}

fn by_id(bound: Uuid, name: &str, declared: bool, observation: &Observation) -> Resolution {
    let account: Result<Option<&ObservedAccount>, &Unknown> =
        observation.accounts.get(&bound).map_or(Err(&Unknown::NotRead), Fact::known);
    match account {
        Err(why) => unknown(why),
        // Names are unique in a tenant: if the bound account has the name, no other has.
        Ok(Some(account)) if account.user_principal_name.eq_ignore_ascii_case(name) => found(bound, false),
        Ok(account) => match lookup(name, observation) {
            Err(why) => unknown(why),
            Ok(Some(_)) if declared => failed(
                Reason::IdentityChanged,
                "the declared name belongs to an account with another object id than the declared one",
            ),
            Ok(Some(_)) => failed(
                Reason::IdentityChanged,
                "the declared name now belongs to another account than the one this object was bound to",
            ),
            Ok(None) if account.is_some() => found(bound, true),
            Ok(None) => failed(Reason::AccountNotFound, "the account no longer exists"),
        },
    }
}

fn lookup<'a>(name: &str, observation: &'a Observation) -> Result<Option<Uuid>, &'a Unknown> {
    // Names that are lower case already, nearly all, cost no allocation.
    let entry = if name.bytes().any(|b| b.is_ascii_uppercase()) {
        observation.names.get(name.to_ascii_lowercase().as_str())
    } else {
        observation.names.get(name)
    };
    entry.map_or(Err(&Unknown::NotRead), |fact| fact.known().map(Option::<&Uuid>::copied))
}

fn found(id: Uuid, renamed: bool) -> Resolution {
    Resolution::Found { target: Target::account(id), renamed }
}

fn failed(reason: Reason, message: &str) -> Resolution {
    Resolution::Failed(reason, message.into())
}

fn unknown(why: &Unknown) -> Resolution {
    Resolution::Failed(why.reason(), format!("the account could not be looked up: {why}"))
}
