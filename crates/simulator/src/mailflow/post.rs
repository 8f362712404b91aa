//! `POST /_sim/mail`: a message is really sent, and leaves its marks: message trace, quarantine, what is unread. And the marks
//! of notices that a seed says were sent.
//!
//! Invariant: what is answered is what [`Mailflow::deliver`] says; the marks follow from it.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Mailflow,
    message::{Bounce, Delivery, End, Folder, Message},
};
use crate::{
    exchange::schema::mailbox::{INBOX_TOTAL, INBOX_UNREAD, ITEM_COUNT, OLDEST_UNREAD},
    ids, notices,
    schema::Entity,
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
pub(crate) fn post(state: &mut State, message: &Message, count: bool) -> Posted {
    let mailflow = Mailflow::of(state);
    let delivery = mailflow.deliver(message);
    let people = mailflow.who_gets(message);
    let sent = Sent { id: format!("mail-{:012}", state.store.position()), at: state.clock.text() };
    for (entity, key, record) in marks(message, &delivery, &sent) {
        let origin = state.outside("POST", "/_sim/mail");
        state.commit(entity, &key, Some(record), origin);
    }
    for outcome in &delivery.outcomes {
        if let End::Mailbox { key, folder, .. } = &outcome.end
            && count
        {
            grow(state, key, folder);
        }
    }
    Posted { delivery, people }
}

/// A message as its marks name it.
struct Sent {
    /// What its rows are called by.
    id: String,
    /// When it was received.
    at: String,
}

/// Plants the marks of the notices that the seed says were sent. The tenant was then as it is now.
pub(crate) fn plant_sent(state: &mut State) {
    if state.notices.sent.is_empty() {
        return;
    }
    let mailflow = Mailflow::of(state);
    let mut planted = Vec::new();
    for (notice, sent) in state.notices.sent.iter().enumerate() {
        let chosen = sent.category.map(|category| notices::recipients(state, category)).unwrap_or_default();
        // To one address one message, however often it is chosen.
        let chosen = chosen.into_iter().map(|recipient| recipient.address.to_lowercase());
        let all: BTreeSet<String> = chosen.chain(sent.to.iter().cloned()).collect();
        for (number, to) in all.into_iter().enumerate() {
            let (subject, verdict) = (sent.subject.clone(), sent.verdict);
            let message = Message { subject, verdict, ..Message::outside(&sent.from, &to) };
            let delivery = mailflow.deliver(&message);
            // To an address outside it goes without ever coming here.
            if delivery.outcomes.iter().any(|one| one.path.len() > 1 || !matches!(one.end, End::Outside { .. })) {
                let id = format!("sent-{notice:06}-{number:06}");
                planted.extend(marks(&message, &delivery, &Sent { id, at: sent.at.clone() }));
            }
        }
    }
    for (entity, key, record) in planted {
        state.store.plant(entity, &key, record);
    }
}

/// The rows of the message trace and of the quarantine that a message leaves. A recipient that it comes to in several ways has
/// one row, about the best of them.
fn marks(message: &Message, delivery: &Delivery, sent: &Sent) -> Vec<(Entity, String, Record)> {
    let mut traced: Vec<(&str, &'static str)> = Vec::new();
    let mut held = Vec::new();
    // What is refused while it is handed over was never taken in, and has no row.
    let refused = |end: &End| matches!(end, End::Bounced { reason: Bounce::RefusedAtTheEdge, .. });
    for outcome in delivery.outcomes.iter().filter(|outcome| !refused(&outcome.end)) {
        let ended = last(outcome.path.last().map_or("", String::as_str), &outcome.end);
        // Whoever passed it on has not lost it, though a copy that comes back to them in a circle be cut.
        let before = outcome.path.split_last().map_or(&[][..], |(_, before)| before);
        let passed = before.iter().map(|passed| (passed.as_str(), "Expanded"));
        for (recipient, status) in passed.chain([ended]) {
            match traced.iter_mut().find(|(known, _)| *known == recipient) {
                None => traced.push((recipient, status)),
                Some((_, known)) if rank(status) < rank(known) => *known = status,
                Some(_) => {}
            }
        }
        if let End::Quarantined { at, .. } = &outcome.end {
            held.push(at);
        }
    }
    let rows = traced.iter().enumerate().map(|(row, (recipient, status))| trace(message, sent, row, recipient, status));
    rows.chain(held.into_iter().enumerate().map(|(row, at)| quarantine(message, sent, row, at))).collect()
}

/// The best status first.
fn rank(status: &str) -> usize {
    const STATUSES: [&str; 5] = ["Delivered", "FilteredAsSpam", "Quarantined", "Pending", "Expanded"];
    STATUSES.iter().position(|one| *one == status).unwrap_or(STATUSES.len())
}

/// Whom a row of the trace is about, and its status.
fn last<'a>(path: &'a str, end: &'a End) -> (&'a str, &'static str) {
    match end {
        End::Mailbox { address, filtered_as_spam: true, .. } => (address, "FilteredAsSpam"),
        End::Mailbox { address, .. } | End::PublicFolder { address } | End::Outside { address, .. } => {
            (address, "Delivered")
        }
        // The row of a failed forward is about where it should have gone.
        End::Bounced { .. } => (path, "Failed"),
        End::Quarantined { at, .. } => (at, "Quarantined"),
        End::Discarded { at, .. } | End::LoopCut { at } => (at, "Failed"),
        End::HeldForModeration { at } => (at, "Pending"),
    }
}

fn row(entity: Entity, sent: &Sent, number: usize, values: Value) -> (Entity, String, Record) {
    let mut record = Record::default();
    let object = if let Value::Object(object) = values { object } else { Map::new() };
    for (name, value) in object {
        if let Some(number) = entity.schema().any(&name) {
            record.set(number, value);
        }
    }
    (entity, format!("{}-{number:06}", sent.id), record)
}

fn trace(message: &Message, sent: &Sent, number: usize, to: &str, status: &str) -> (Entity, String, Record) {
    let id = ids::derive("mail", &sent.id);
    let values = json!({"MessageTraceId": id, "MessageId": format!("<{id}@simulated.example>"),
        "Received": sent.at, "SenderAddress": message.from, "RecipientAddress": to,
        "Subject": message.subject, "Status": status});
    row(Entity::MessageTrace, sent, number, values)
}

fn quarantine(message: &Message, sent: &Sent, number: usize, to: &str) -> (Entity, String, Record) {
    let id = ids::derive("mail", &sent.id);
    let values = json!({"Identity": format!("{id}\\{}", ids::derive("quarantine", to)),
        "ReceivedTime": sent.at, "SenderAddress": message.from, "RecipientAddress": [to],
        "Subject": message.subject, "Type": "Spam", "QuarantineTypes": "Spam", "ReleaseStatus": "NOTRELEASED",
        "Direction": "Inbound", "MessageId": format!("<{id}@simulated.example>")});
    row(Entity::QuarantineMessage, sent, number, values)
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
