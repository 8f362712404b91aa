//! The change feed: what happened to the accounts since the last time, in one request when nothing did.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;
use tenant_contacts_core::{
    flight,
    model::{Fact, Observation, ObservedAccount, Unknown},
};
use tenant_contacts_engine::port::{Scope, TenantError};
use uuid::Uuid;

use super::{Reader, accounts, problem, user::User, wire};
use crate::{
    graph::{Field, Pages},
    send::{Call, Error, ErrorKind},
};

/// Most pages of one round: more changed than a full reading would take.
const MOST_PAGES: usize = 1_000;

/// How following the feed ended.
pub(super) enum Followed {
    /// The observation is as new as the feed.
    Whole,
    /// The position is too old: everything is to be read anew.
    TooOld,
}

/// Takes in what changed. Accounts that the feed says were removed, or that it does not tell enough of, are read directly
/// afterwards: they are left as not read.
pub(super) async fn follow(
    reader: &Reader<'_>,
    scope: &Scope<'_>,
    observation: &mut Observation,
) -> Result<Followed, TenantError> {
    let Some(link) = observation.cursor.clone() else { return Ok(Followed::TooOld) };
    let mut pages = Pages::<User>::new(reader.sender, Call::follow("delta", link), MOST_PAGES);
    let mut wanted: Option<Wanted<'_>> = None;
    let why = accounts::may_not_read(reader.grants);
    loop {
        match pages.next().await {
            Ok(Some(page)) => {
                for user in page.value {
                    let wanted = wanted.get_or_insert_with(|| Wanted::of(scope));
                    let id = user.id;
                    if take(user, wanted, why.as_ref(), observation) {
                        observation.mentioned.insert(id, reader.clock.now());
                    }
                }
                if let Some(link) = page.delta_link {
                    observation.cursor = Some(link);
                }
            }
            Ok(None) => return Ok(Followed::Whole),
            Err(Error::Service(error)) if error.kind == ErrorKind::ResyncRequired || error.status == 410 => {
                observation.cursor = None;
                return Ok(Followed::TooOld);
            }
            Err(error) => return Err(problem::of_tenant(&error, "the change feed")),
        }
    }
}

/// Takes the accounts that were read again off the list, once a replication window has passed since the feed told of them.
pub(super) fn believe(again: &BTreeSet<Uuid>, now: Timestamp, observation: &mut Observation) {
    let window = flight::GRAPH.window;
    observation.mentioned.retain(|id, told| !again.contains(id) || now.duration_since(*told) <= window);
}

/// What is wanted, indexed; made only when something changed.
struct Wanted<'a> {
    direct: &'a BTreeSet<Uuid>,
    ids: BTreeSet<Uuid>,
    names: HashSet<Box<str>>,
}

impl<'a> Wanted<'a> {
    fn of(scope: &'a Scope<'_>) -> Self {
        Self {
            direct: &scope.direct,
            ids: scope.accounts.iter().filter_map(|query| query.id).collect(),
            names: scope.accounts.iter().map(|query| query.name.to_ascii_lowercase().into()).collect(),
        }
    }
}

/// Takes an entry of the feed in. Whether it told anything new. `why`: its values may not be read.
fn take(mut user: User, wanted: &Wanted<'_>, why: Option<&Unknown>, observation: &mut Observation) -> bool {
    let named = match user.user_principal_name.as_ref() {
        Field::Value(name) => wanted.names.contains(name.to_ascii_lowercase().as_str()),
        _ => false,
    };
    if !named && !wanted.ids.contains(&user.id) && !observation.accounts.contains_key(&user.id) {
        return false;
    }
    let renamed = match (user.user_principal_name.as_ref(), observation.accounts.get(&user.id)) {
        (Field::Value(name), Some(Fact::Present(account))) => !account.user_principal_name.eq_ignore_ascii_case(name),
        _ => false,
    };
    let known = matches!(observation.accounts.get(&user.id), Some(Fact::Present(_)));
    // Removed, new or renamed: the feed may repeat itself and is unordered, so what it means is read directly.
    if user.removed.is_present() || renamed || !known {
        accounts::forget_name(user.id, observation);
        observation.accounts.remove(&user.id);
        if let Field::Value(name) = user.user_principal_name {
            observation.names.remove(name.to_ascii_lowercase().as_str());
        }
        return true;
    }
    let Some(Fact::Present(ObservedAccount { account, .. })) = observation.accounts.get_mut(&user.id) else {
        return true;
    };
    let mut news = false;
    // A member that is missing is unchanged.
    for (field, told) in user.managed(why) {
        news |= account.put(field, told);
    }
    if user.mail.is_present() {
        news |= put(&mut account.mail, wire::value(user.mail, why));
    }
    if user.account_enabled.is_present() {
        news |= put(&mut account.enabled, wire::value(user.account_enabled, why));
    }
    if user.on_premises_sync_enabled.is_present() {
        news |= put(&mut account.synchronised, wire::value(user.on_premises_sync_enabled, why));
    }
    // An account that is read directly anyway is not read once more for the echo of our own write.
    news && !wanted.direct.contains(&user.id)
}

/// Keeps a fact. Whether it is another one than before.
fn put<T: PartialEq>(slot: &mut Fact<T>, fact: Fact<T>) -> bool {
    let other = *slot != fact;
    *slot = fact;
    other
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tenant_contacts_api::field::{Field as Managed, Surface};
    use tenant_contacts_core::{
        field::{self, OF_ACCOUNTS},
        model::Account,
    };

    use super::*;
    use crate::directory::properties::{self, Property};

    const ID: Uuid = Uuid::from_u128(7);

    fn account() -> ObservedAccount {
        let mut account = Account::new(ID, "jane@contoso.com".into());
        account.mail = Fact::Absent;
        account.enabled = Fact::Present(true);
        account.synchronised = Fact::Absent;
        for field in OF_ACCOUNTS {
            account.put(field, Fact::Absent);
        }
        ObservedAccount { account, read_at: Timestamp::UNIX_EPOCH }
    }

    /// The account after an entry of the feed that names one property, and whether that was news.
    fn told(property: &str, value: &Value) -> Option<(ObservedAccount, bool)> {
        let user: User = serde_json::from_value(json!({"id": ID, property: value})).ok()?;
        let mut observation = Observation::default();
        observation.accounts.insert(ID, Fact::Present(account()));
        let wanted = Wanted { direct: &BTreeSet::new(), ids: BTreeSet::from([ID]), names: HashSet::new() };
        let news = take(user, &wanted, None, &mut observation);
        let Some(Fact::Present(account)) = observation.accounts.get(&ID) else { panic!("{property}: it is forgotten") };
        Some((account.clone(), news))
    }

    /// From the table of properties, so that a field which is added to it and not to the feed is noticed.
    #[test]
    fn a19_every_managed_property_of_an_account_is_asked_for_and_taken_from_the_feed() {
        let mut managed = 0;
        for field in Managed::ALL {
            let Some(property) = properties::of(field) else { continue };
            if field::facts(field).is_none_or(|facts| facts.surface != Surface::Users) {
                continue;
            }
            managed += 1;
            let (name, value) = match property {
                Property::Collection(name) => (name, json!(["one"])),
                Property::Text(name) => (name, json!("one")),
                Property::Member(name, member) => (name, json!({member: "one"})),
            };
            assert!(properties::account().contains(&name), "{name} is not selected");
            let (account, news) = told(name, &value).unwrap();
            assert!(news, "{name}: what the feed tells is no news");
            assert_eq!(account.field(field).map(<[_]>::len), Ok(1), "{name}: the feed forgets it");
        }
        assert!(managed >= 3, "{managed}");
    }

    /// What is selected and decides something, managed or not, has its place in the feed as well.
    #[test]
    fn a19_every_selected_property_changes_the_account_when_the_feed_tells_of_it() {
        for name in properties::account().iter().filter(|name| !["id", "userPrincipalName"].contains(name)) {
            let values = [json!("one"), json!(true), json!(false), json!(["one"])];
            let changed =
                values.iter().filter_map(|value| told(name, value)).any(|(after, news)| news && after != account());
            assert!(changed, "{name}: the feed forgets it");
        }
    }
}
