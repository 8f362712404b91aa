//! Accounts: by list or one by one, whichever takes fewer requests.

use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;
use tenant_contacts_api::field::Field as Managed;
use tenant_contacts_core::{
    field,
    model::{Fact, Grants, Observation, ObservedAccount, Unknown},
};
use tenant_contacts_engine::port::{AccountQuery, Read, Scope, TenantError};
use uuid::Uuid;

use super::{Reader, feed, problem, properties, user::User, wire};
use crate::{
    graph::{BATCHES_AT_ONCE, BatchItem, Field, ItemOutcome, MAX_BATCH, Order, Pages, odata::Path, send_batch},
    send::{Call, ErrorKind},
};

/// Graph's largest page of users (List users).
pub(crate) const PAGE: u32 = 999;

/// Below this many accounts one by one is never worse than asking first how many there are.
const FEW: usize = 5 * MAX_BATCH;

/// Most pages of users: ten million accounts.
pub(crate) const MOST_PAGES: usize = 10_000;

/// Accounts taken in between two looks at the connection: some ten microseconds of work.
const GIVE_WAY_EVERY: usize = 50;

/// How an account is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Id(Uuid),
    Name(Box<str>),
}

/// Reads all wanted accounts directly and opens the change feed if it is not open.
pub(super) async fn read_all(
    reader: &Reader<'_>,
    scope: &Scope<'_>,
    observation: &mut Observation,
) -> Result<(), TenantError> {
    // Opened before the reading, so that what changes meanwhile is in the feed.
    if observation.cursor.is_none() {
        observation.cursor = feed::open(reader).await?;
        // Readings from before this feed was opened say nothing about what it may have missed.
        observation.full_readings = 0;
    }
    let wanted = scope.accounts.len();
    let list = wanted > FEW && wanted.div_ceil(MAX_BATCH) > count(reader).await?.div_ceil(PAGE as usize);
    // Everything is read anew; what a reading does not find again must not survive it. One that breaks off leaves holes, so
    // until it is whole it does not count as a reading.
    observation.full_reading_at = None;
    observation.accounts.clear();
    observation.names.clear();
    if list {
        read_list(reader, scope, observation).await?;
    }
    read_missing(reader, scope, &BTreeSet::new(), observation).await?;
    observation.full_readings += 1;
    observation.full_reading_at = Some(reader.clock.now());
    Ok(())
}

async fn count(reader: &Reader<'_>) -> Result<usize, TenantError> {
    let call = Call::get("countUsers", Path::new("users").select(&["id"]).top(1).count()).eventual();
    let mut pages = Pages::<wire::Id>::new(reader.sender, call, 1);
    let page = pages.next().await.map_err(|error| problem::of_tenant(&error, "the number of accounts"))?;
    Ok(page.and_then(|page| page.count).and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX))
}

async fn read_list(reader: &Reader<'_>, scope: &Scope<'_>, observation: &mut Observation) -> Result<(), TenantError> {
    let ids: HashSet<Uuid> = scope.accounts.iter().filter_map(|query| query.id).collect();
    let names: HashSet<Box<str>> = scope.accounts.iter().map(|query| query.name.to_ascii_lowercase().into()).collect();
    let path = Path::new("users").select(&properties::account()).top(PAGE);
    let mut pages = Pages::<User>::new(reader.sender, Call::get("listUsers", path), MOST_PAGES);
    let mut page = pages.next().await;
    while let Some(read) = page.map_err(|error| problem::of_tenant(&error, "the accounts"))? {
        // The next page is on its way while this one is taken in.
        let now = reader.clock.now();
        let taking = take_in(reader, read.value, &ids, &names, now, observation);
        (page, ()) = futures::join!(pages.next(), taking);
    }
    Ok(())
}

/// Takes a page in, giving way now and then so that the connection is served.
async fn take_in(
    reader: &Reader<'_>,
    users: Vec<User>,
    ids: &HashSet<Uuid>,
    names: &HashSet<Box<str>>,
    now: Timestamp,
    observation: &mut Observation,
) {
    for (index, user) in users.into_iter().enumerate() {
        let by_name = match user.user_principal_name.as_ref() {
            Field::Value(name) => names.contains(name.to_ascii_lowercase().as_str()),
            _ => false,
        };
        if by_name || ids.contains(&user.id) {
            keep(reader, user, now, observation);
        }
        if index % GIVE_WAY_EVERY == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// Reads one by one what is asked for directly, what is to be read again and what is not known yet: first by id where one is
/// known, then the declared names that are still open.
pub(super) async fn read_missing(
    reader: &Reader<'_>,
    scope: &Scope<'_>,
    again: &BTreeSet<Uuid>,
    observation: &mut Observation,
) -> Result<(), TenantError> {
    let mut ids: BTreeSet<Uuid> = scope.direct.union(again).copied().collect();
    if scope.read != Read::Direct {
        let missing = scope.accounts.iter().filter_map(|query| query.id).filter(|id| !is_known(observation, *id));
        ids.extend(missing);
    }
    read_keys(reader, ids.into_iter().map(Key::Id).collect(), observation).await?;
    let open: BTreeSet<Key> = scope
        .accounts
        .iter()
        .filter(|query| !query.name.is_empty() && name_is_open(observation, query))
        .map(|query| Key::Name(query.name.to_ascii_lowercase().into()))
        .collect();
    read_keys(reader, open.into_iter().collect(), observation).await
}

fn is_known(observation: &Observation, id: Uuid) -> bool {
    observation.accounts.get(&id).is_some_and(|fact| fact.known().is_ok())
}

/// Whether nothing tells yet what a declared name stands for. Names are unique: an account that has the name settles it.
fn name_is_open(observation: &Observation, query: &AccountQuery<'_>) -> bool {
    let holder = query.id.and_then(|id| observation.accounts.get(&id)).and_then(|fact| fact.present());
    if holder.is_some_and(|account| account.user_principal_name.eq_ignore_ascii_case(query.name)) {
        return false;
    }
    let fact = observation.names.get(query.name.to_ascii_lowercase().as_str());
    fact.is_none_or(|fact| fact.known().is_err())
}

async fn read_keys(reader: &Reader<'_>, keys: Vec<Key>, observation: &mut Observation) -> Result<(), TenantError> {
    for chunk in keys.chunks(MAX_BATCH * BATCHES_AT_ONCE) {
        let items: Vec<BatchItem> = chunk.iter().map(item).collect();
        let outcomes = send_batch(reader.sender, "getUsers", &items, Order::Parallel).await;
        // One that is not answered is unknown by itself; a service that answers nothing is out of reach.
        let nothing = outcomes.iter().all(|outcome| matches!(outcome, ItemOutcome::Unknown));
        let mut telling = outcomes.iter().filter(|outcome| nothing || !matches!(outcome, ItemOutcome::Unknown));
        if let Some(error) = telling.find_map(|outcome| problem::of_batch(outcome, "the accounts")) {
            return Err(error);
        }
        let now = reader.clock.now();
        for (key, outcome) in chunk.iter().zip(outcomes) {
            match outcome {
                ItemOutcome::Done(reply) => match reply.json::<User>() {
                    Ok(user) => {
                        note_name(key, Fact::Present(user.id), observation);
                        keep(reader, user, now, observation);
                    }
                    Err(_) => note_unknown(key, Unknown::ReadFailed("the account".into()), observation),
                },
                ItemOutcome::Refused(error) if error.kind == ErrorKind::NotFound => note_absent(key, observation),
                ItemOutcome::Refused(error) => {
                    note_unknown(key, problem::of_read(&error, "User.Read.All", "the account"), observation);
                }
                _ => note_unknown(key, Unknown::ReadFailed("the account".into()), observation),
            }
        }
    }
    Ok(())
}

fn item(key: &Key) -> BatchItem {
    let text = match key {
        Key::Id(id) => id.to_string(),
        Key::Name(name) => name.to_string(),
    };
    // A name that no path can hold is no account's name: the answer to the empty UUID is "not found".
    let path = Path::new("users").key(&text).or_else(|_| Path::new("users").key(&Uuid::nil().to_string()));
    BatchItem::get(path.unwrap_or_else(|_| Path::new("users")).select(&properties::account()))
}

fn note_name(key: &Key, fact: Fact<Uuid>, observation: &mut Observation) {
    if let Key::Name(name) = key {
        observation.names.insert(name.clone(), fact);
    }
}

fn note_absent(key: &Key, observation: &mut Observation) {
    match key {
        Key::Id(id) => {
            forget_name(*id, observation);
            observation.accounts.insert(*id, Fact::Absent);
        }
        Key::Name(name) => {
            observation.names.insert(name.clone(), Fact::Absent);
        }
    }
}

fn note_unknown(key: &Key, why: Unknown, observation: &mut Observation) {
    match key {
        Key::Id(id) => {
            observation.accounts.insert(*id, Fact::Unknown(why));
        }
        Key::Name(name) => {
            observation.names.insert(name.clone(), Fact::Unknown(why));
        }
    }
}

/// Keeps an account that was read directly.
fn keep(reader: &Reader<'_>, mut user: User, now: Timestamp, observation: &mut Observation) {
    let missing = may_not_read(reader.grants);
    let Some(account) = user.account(missing.as_ref()) else { return };
    let lower: Box<str> = account.user_principal_name.to_ascii_lowercase().into();
    let before = observation.accounts.get(&user.id).and_then(|fact| fact.present());
    if before.is_none_or(|before| !before.user_principal_name.eq_ignore_ascii_case(&lower)) {
        forget_name(user.id, observation);
        observation.names.insert(lower, Fact::Present(user.id));
    }
    observation.accounts.insert(user.id, Fact::Present(ObservedAccount { account, read_at: now }));
}

/// The name an account had no longer leads to it.
pub(super) fn forget_name(id: Uuid, observation: &mut Observation) {
    if let Some(account) = observation.accounts.get(&id).and_then(|fact| fact.present()) {
        let name = account.user_principal_name.to_ascii_lowercase();
        if observation.names.get(name.as_str()) == Some(&Fact::Present(id)) {
            observation.names.remove(name.as_str());
        }
    }
}

/// `User.ReadBasic.All` cannot read recovery addresses and phones (contract §1): what it does not return is unknown.
pub(crate) fn may_not_read(grants: &Grants) -> Option<Unknown> {
    let facts = field::facts(Managed::AlternateEmails)?;
    (grants.allow(facts.read_permissions) == Some(false))
        .then(|| Unknown::PermissionMissing(facts.read_permissions[0].into()))
}

/// Makes every wanted account unknown: the application may not read accounts at all.
pub(super) fn all_unknown(scope: &Scope<'_>, observation: &mut Observation) {
    let why = Unknown::PermissionMissing("User.Read.All".into());
    for query in &scope.accounts {
        observation.names.insert(query.name.to_ascii_lowercase().into(), Fact::Unknown(why.clone()));
        if let Some(id) = query.id {
            observation.accounts.insert(id, Fact::Unknown(why.clone()));
        }
    }
}
