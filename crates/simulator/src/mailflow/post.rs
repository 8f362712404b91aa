//! `POST /_sim/mail`: a message is really sent, and leaves its marks: message trace, quarantine, what is unread.
//!
//! Invariant: what is answered is what [`Mailflow::deliver`] says; the marks follow from it.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Mailflow, load,
    message::{Delivery, End, Folder, Message},
};
use crate::{
    exchange::schema::mailbox::{INBOX_TOTAL, INBOX_UNREAD, ITEM_COUNT, OLDEST_UNREAD},
    ids,
    schema::Entity,
    simulator::Simulator,
    state::State,
    store::record::Record,
};

/// What the endpoint answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Posted {
    #[serde(flatten)]
    delivery: Delivery,
    /// Object ids of the people who get it.
    people: BTreeSet<String>,
}

/// Sends a message. With `count`, the statistics of the mailboxes it ends in grow too.
pub(crate) fn post(simulator: &Simulator, message: &Message, count: bool) -> Posted {
    let mut state = simulator.lock();
    let mailflow = Mailflow { world: load::world(&state) };
    let delivery = mailflow.deliver(message);
    let people = mailflow.who_gets(message);
    let number = state.store.position();
    let mut seen = BTreeSet::new();
    for outcome in &delivery.outcomes {
        if let Some(list) = outcome.path.first().filter(|_| outcome.path.len() > 1)
            && seen.insert(list.clone())
        {
            trace(&mut state, message, number, seen.len(), list, "Expanded");
        }
        let (recipient, status) = last(outcome.path.last().map_or("", String::as_str), &outcome.end);
        if seen.insert(recipient.to_owned()) {
            trace(&mut state, message, number, seen.len(), recipient, status);
        }
        if let End::Quarantined { at, .. } = &outcome.end {
            quarantine(&mut state, message, number, seen.len(), at);
        }
        if let End::Mailbox { key, folder, .. } = &outcome.end
            && count
        {
            grow(&mut state, key, folder);
        }
    }
    Posted { delivery, people }
}

/// Whom a row of the trace is about, and its status.
fn last<'a>(path: &'a str, end: &'a End) -> (&'a str, &'static str) {
    match end {
        End::Mailbox { address, folder: Folder::Junk, .. } => (address, "FilteredAsSpam"),
        End::Mailbox { address, .. } | End::Outside { address, .. } => (address, "Delivered"),
        // The row of a failed forward is about where it should have gone.
        End::Bounced { .. } => (path, "Failed"),
        End::Quarantined { at, .. } => (at, "Quarantined"),
        End::Discarded { at, .. } | End::LoopCut { at } => (at, "Failed"),
        End::HeldForModeration { at } => (at, "Pending"),
    }
}

fn put(state: &mut State, entity: Entity, key: &str, values: Value) {
    let mut record = Record::default();
    let object = if let Value::Object(object) = values { object } else { Map::new() };
    for (name, value) in object {
        if let Some(number) = entity.schema().any(&name) {
            record.set(number, value);
        }
    }
    let origin = state.outside("POST", "/_sim/mail");
    state.commit(entity, key, Some(record), origin);
}

fn trace(state: &mut State, message: &Message, number: u64, row: usize, recipient: &str, status: &str) {
    let id = ids::derive("mail", &number.to_string());
    let values = json!({"MessageTraceId": id, "MessageId": format!("<{id}@simulated.example>"),
        "Received": state.clock.text(), "SenderAddress": message.from, "RecipientAddress": recipient,
        "Subject": message.subject, "Status": status});
    put(state, Entity::MessageTrace, &format!("mail-{number:012}-{row:06}"), values);
}

fn quarantine(state: &mut State, message: &Message, number: u64, row: usize, recipient: &str) {
    let id = ids::derive("mail", &number.to_string());
    let values = json!({"Identity": format!("{id}\\{}", ids::derive("quarantine", recipient)),
        "ReceivedTime": state.clock.text(), "SenderAddress": message.from, "RecipientAddress": [recipient],
        "Subject": message.subject, "Type": "Spam", "QuarantineTypes": "Spam", "ReleaseStatus": "NOTRELEASED",
        "Direction": "Inbound", "MessageId": format!("<{id}@simulated.example>")});
    put(state, Entity::QuarantineMessage, &format!("mail-{number:012}-{row:06}"), values);
}

/// One more item; in the inbox, an unread one.
fn grow(state: &mut State, key: &str, folder: &Folder) {
    let known = state.store.truth().get(Entity::MailboxStatistics, key).map(|record| Record::clone(record));
    let mut record = known.unwrap_or_default();
    let mut more = |number: u8| {
        let count = record.get(number).and_then(Value::as_u64).unwrap_or_default();
        record.set(number, json!(count + 1));
    };
    more(ITEM_COUNT);
    if *folder == Folder::Inbox {
        more(INBOX_TOTAL);
        more(INBOX_UNREAD);
        if record.text(OLDEST_UNREAD).is_none() {
            record.set(OLDEST_UNREAD, json!(state.clock.text()));
        }
    }
    let origin = state.outside("POST", "/_sim/mail");
    state.commit(Entity::MailboxStatistics, key, Some(record), origin);
}
