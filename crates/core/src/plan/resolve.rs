//! From a declared account to an object id. The id is the truth; a name is how a person says it (design §3, Identity).

use tenant_contacts_api::{memory::Memory, reason::Reason};
use uuid::Uuid;

use super::Target;
use crate::{
    desired::{DesiredObject, DesiredTarget},
    model::{Account, Fact, Observation, Unknown},
};

/// What is to be said of an account that is found by its id and has another name than the declared one. Which, is the account's
/// own affair: this text ends in events.
pub const RENAMED: &str = "the account with this object id has another sign-in name than the declared one; it is still the same \
                           account: the id counts";

/// What a declared target stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// It is known.
    Found {
        /// The target.
        target: Target,
        /// Whether the account now has another name than the one declared.
        renamed: bool,
    },
    /// It is not, for this reason; nothing is written.
    Failed(Reason, String),
}

impl Resolution {
    /// The target, if it was found.
    pub fn target(&self) -> Option<Target> {
        match self {
            Self::Found { target, .. } => Some(*target),
            Self::Failed(..) => None,
        }
    }
}

/// Resolves an object's target.
pub fn resolve(object: &DesiredObject, memory: Option<&Memory>, observation: &Observation) -> Resolution {
    // What was read of the surface before says nothing while its credential is of no use.
    if let Some((reason, message)) = object.target.surface().and_then(|surface| observation.out_of_reach(surface)) {
        return Resolution::Failed(reason, message);
    }
    let DesiredTarget::Account { name, id: declared } = &object.target else {
        return Resolution::Found { target: Target::Organization, renamed: false };
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
    let account: Result<Option<&Account>, &Unknown> =
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
    Resolution::Found { target: Target::Account(id), renamed }
}

fn failed(reason: Reason, message: &str) -> Resolution {
    Resolution::Failed(reason, message.into())
}

fn unknown(why: &Unknown) -> Resolution {
    Resolution::Failed(why.reason(), format!("the account could not be looked up: {why}"))
}
