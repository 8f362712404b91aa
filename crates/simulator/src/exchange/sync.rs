//! What Exchange and the directory tell each other, and when. Contract §10.24.
//!
//! The way from the directory to Exchange is a matter of reading (a view of the directory's past). The other way is a
//! write to the directory that is due some time after Exchange's: addresses, and accounts behind new shared mailboxes.
//!
//! Invariant: what is due is written before the next request is handled, in order, and at most once.

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{kind, schema::recipient};
use crate::{
    schema::{Entity, group, user},
    state::State,
    store::{Origin, record::Record},
};

/// Writes a recipient's own record; new addresses go on to the directory.
pub(crate) fn commit(state: &mut State, id: &str, after: Option<Record>, origin: Origin) {
    let before =
        state.store.truth().get(Entity::Recipient, id).and_then(|r| r.get(recipient::EMAIL_ADDRESSES)).cloned();
    let addresses = after.as_ref().and_then(|record| record.get(recipient::EMAIL_ADDRESSES)).cloned();
    let creating = after.as_ref().is_some_and(|record| record.is_true(recipient::CREATING));
    let mirrored = state.exchange.mirrored.contains_key(id);
    state.commit(Entity::Recipient, id, after, origin);
    let news = addresses.is_some() && (addresses != before || mirrored);
    if news && (creating || state.store.truth().get(Entity::User, id).is_some() || is_group(state, id)) {
        state.exchange.mirrored.remove(id);
        state.exchange.counter += 1;
        let due = Instant::now() + state.options.exchange.to_directory;
        let key = (due, state.exchange.counter);
        state.exchange.due.insert(key, id.to_owned());
        settle(state);
    }
}

fn is_group(state: &State, id: &str) -> bool {
    state.store.truth().get(Entity::Group, id).is_some()
}

/// Lets arrive what is due, or everything.
pub(crate) fn settle(state: &mut State) {
    arrive(state, Instant::now());
    licences(state);
}

/// Lets everything arrive that is under way: before the state is written to a file.
pub(crate) fn finish(state: &mut State) {
    while let Some((_, id)) = state.exchange.due.pop_first() {
        mirror(state, &id);
    }
}

fn arrive(state: &mut State, now: Instant) {
    while let Some(entry) = state.exchange.due.first_entry() {
        if entry.key().0 > now {
            return;
        }
        let id = entry.remove();
        mirror(state, &id);
    }
}

/// The directory takes over a recipient's addresses, or makes the account of a new shared mailbox.
fn mirror(state: &mut State, id: &str) {
    let truth = state.store.truth();
    let Some(own) = truth.get(Entity::Recipient, id).map(|own| Record::clone(own)) else { return };
    let entity = if truth.get(Entity::Group, id).is_some() { Entity::Group } else { Entity::User };
    let known = truth.get(entity, id).map(|record| Record::clone(record));
    let created = known.is_none();
    if created && !own.is_true(recipient::CREATING) {
        return;
    }
    let mut record = known.unwrap_or_else(|| account(state, id, &own));
    let (proxies, mail) = match entity {
        Entity::Group => (group::PROXY_ADDRESSES, group::MAIL),
        _ => (user::PROXY_ADDRESSES, user::MAIL_ADDRESS),
    };
    if let Some(addresses) = own.get(recipient::EMAIL_ADDRESSES) {
        let primary = own.strings(recipient::EMAIL_ADDRESSES).find_map(|entry| entry.strip_prefix("SMTP:"));
        record.set(mail, json!(primary));
        record.set(proxies, addresses.clone());
    }
    let origin = origin(state, entity, id);
    state.commit(entity, id, Some(record), origin);
    let position = state.store.position();
    state.exchange.mirrored.insert(id.to_owned(), position);
}

/// The disabled account behind a mailbox that was made in Exchange (contract §6.3).
fn account(state: &State, id: &str, own: &Record) -> Record {
    let mut record = Record::default();
    let text = |number| own.text(number).map_or(Value::Null, Value::from);
    record.set(user::ID, json!(id));
    record.set(user::DISPLAY_NAME, text(recipient::DISPLAY_NAME));
    record.set(user::USER_PRINCIPAL_NAME, text(recipient::USER_PRINCIPAL_NAME));
    record.set(user::MAIL_NICKNAME, text(recipient::ALIAS));
    record.set(user::USER_TYPE, json!("Member"));
    record.set(user::ACCOUNT_ENABLED, json!(false));
    record.set(user::CREATED_DATE_TIME, json!(state.clock.text()));
    record
}

fn origin(state: &mut State, entity: Entity, id: &str) -> Origin {
    Origin {
        at: Instant::now(),
        time: state.clock.text(),
        actor: "exchange".to_owned(),
        method: "PATCH".to_owned(),
        path: format!("/{}/{id}", entity.schema().set),
        request_id: state.guid(),
    }
}

/// Notes when an account lost its last mailbox plan: its mailbox stays for a while.
fn licences(state: &mut State) {
    let position = state.store.position();
    let ended: Vec<(String, String)> = state
        .store
        .log_since(state.exchange.seen)
        .filter(|(_, commit)| commit.entity == Entity::User && commit.changed.contains(&user::ASSIGNED_PLANS))
        .filter_map(|(_, commit)| {
            let change = commit.journal.changes.iter().find(|change| change.property == "assignedPlans")?;
            let plan = |value: &Value| {
                let mut record = Record::default();
                record.set(user::ASSIGNED_PLANS, value.clone());
                kind::mailbox_plan(&record).is_some()
            };
            (plan(&change.before) && !plan(&change.after)).then(|| (commit.id.to_string(), commit.journal.time.clone()))
        })
        .collect();
    state.exchange.seen = position;
    for (id, time) in ended {
        let mut own = state.store.truth().get(Entity::Recipient, &id).map(|own| Record::clone(own)).unwrap_or_default();
        if time.parse::<Timestamp>().is_ok() {
            own.set(recipient::LICENCE_ENDED, json!(time));
        }
        let mut origin = origin(state, Entity::Recipient, &id);
        origin.time = time;
        state.commit(Entity::Recipient, &id, Some(own), origin);
    }
}
