//! The message trace: what became of the latest mail of Microsoft's notice senders (DOMAIN E4, contract §6.3).
//!
//! One request as a rule. The trace takes several senders at once, goes back ten days in one query, and gives 5,000 rows, the latest
//! first; it has no pages, so that the next query begins with the recipient of the last row and ends at its time. A tenant may
//! ask a hundred times in five minutes.
//!
//! The trace may name a sender by the envelope's address, where people see another one in the message. Such a message is not
//! found, which says nothing.
//!
//! Invariant: no more is asked for than when a message came, from whom, to whom, and what became of it: no subject. What lies
//! beyond the last query is older than all that is told, so that of each sender and recipient the latest message is the latest.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tenant_contacts_core::{
    landscape::{TraceStatus, Traced, Traces, fold},
    model::{Fact, Unknown},
    permission::EXCHANGE_TRACE_ROLE,
    routing::NOTICE_SENDERS,
};

use super::{
    names::strip_prefix,
    reader::{Reader, what},
};
use crate::{
    exchange::{Cmdlet, Command},
    object::{Object, Unreadable},
    survey::unknown,
};

/// How far back it is asked: an hour less than the ten days that a query may reach at most ("Get-MessageTraceV2", Microsoft), so
/// that a service which counts in local time finds no more than ten days across the end of summer time either.
const WINDOW: SignedDuration = SignedDuration::from_hours(10 * 24 - 1);

/// Rows of an answer: the most that the cmdlet gives.
const ROWS: usize = 5_000;

/// Most queries of a reading. 10,000 messages of six senders are the ten days of a tenant of some hundred thousand accounts (most
/// of it is about people's own passwords), and two of a hundred requests leave the tenant's own administrators theirs.
const QUERIES: usize = 2;

/// Reads it.
pub(super) async fn read(reader: &Reader<'_>, now: Timestamp) -> Fact<Traces> {
    let name = what(Cmdlet::MessageTrace);
    match collect(reader, now).await {
        Ok(Some(traces)) => Fact::Present(traces),
        Ok(None) => unknown::failed(name),
        Err(why) => Fact::Unknown(why),
    }
}

/// One row. None of it where it says nothing: another sender, or a message that is under way.
struct Row {
    received: Timestamp,
    recipient: Box<str>,
    traced: Option<Traced>,
}

/// `None`: what was given cannot be read.
async fn collect(reader: &Reader<'_>, now: Timestamp) -> Result<Option<Traces>, Unknown> {
    let mut traces = Traces::default();
    // Whole seconds: not every service reads as many digits as are written here.
    let mut end = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let Ok(start) = end.checked_sub(WINDOW) else { return Ok(None) };
    let mut starting: Option<Box<str>> = None;
    for _ in 0..QUERIES {
        let given = reader.client.part(&query(start, end, starting.as_deref())).await;
        let name = what(Cmdlet::MessageTrace);
        let (objects, more) =
            given.map_err(|error| unknown::of_role(&error, reader.grants, EXCHANGE_TRACE_ROLE, name))?;
        let more = more || objects.len() >= ROWS;
        let Ok(rows) = objects.iter().map(row).collect::<Result<Vec<Row>, Unreadable>>() else { return Ok(None) };
        // Cut off at the wrong end, the latest of what is told would not be the latest.
        if more && !rows.is_sorted_by(|one, next| one.received >= next.received) {
            return Ok(None);
        }
        let last = rows.last().map(|row| (row.received, row.recipient.clone()));
        for Row { recipient, traced, .. } in rows {
            if let Some(traced) = traced {
                traces.add(recipient, traced);
            }
        }
        match last {
            // A service that gives the same again has no more to tell.
            Some((received, recipient))
                if more && received > start && (received, Some(&recipient)) != (end, starting.as_ref()) =>
            {
                (end, starting) = (received, Some(recipient));
            }
            Some(_) | None => break,
        }
    }
    Ok(Some(traces))
}

fn query(start: Timestamp, end: Timestamp, starting: Option<&str>) -> Command {
    let senders: Vec<&str> = NOTICE_SENDERS.iter().map(|sender| sender.address).collect();
    let command = Command::new(Cmdlet::MessageTrace)
        .with("SenderAddress", json!(senders))
        .with("StartDate", start.to_string())
        .with("EndDate", end.to_string())
        .with("ResultSize", ROWS)
        .select(&["Received", "SenderAddress", "RecipientAddress", "Status"]);
    match starting {
        Some(recipient) => command.with("StartingRecipientAddress", recipient),
        None => command,
    }
}

fn row(object: &Object) -> Result<Row, Unreadable> {
    let received = object.time("Received")?.ok_or(Unreadable)?;
    let sender = fold(strip_prefix(object.some_text("SenderAddress")?));
    let recipient = fold(strip_prefix(object.some_text("RecipientAddress")?));
    let sender = NOTICE_SENDERS.iter().find(|known| *known.address == *sender);
    let status = status(object.some_text("Status")?);
    let traced = sender.zip(status).map(|(sender, status)| Traced { sender: sender.address, status, received });
    Ok(Row { received, recipient, traced })
}

/// `None`: the message is under way.
fn status(text: &str) -> Option<TraceStatus> {
    let is = |name: &str| text.trim().eq_ignore_ascii_case(name);
    if ["Pending", "GettingStatus"].into_iter().any(is) {
        return None;
    }
    let known = [
        TraceStatus::Delivered,
        TraceStatus::Expanded,
        TraceStatus::FilteredAsSpam,
        TraceStatus::Quarantined,
        TraceStatus::Failed,
    ];
    Some(known.into_iter().find(|status| is(status.as_str())).unwrap_or(TraceStatus::Other))
}
