//! `Get-TenantAllowBlockListItems`, `Get-QuarantineMessage`, `Get-MessageTraceV2`. Contract §6.3, §10.30, §10.31.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::super::{
    call::{Call, Item, Outcome},
    error::ExchangeError,
    parameters::Parameters,
};
use crate::{
    exchange::{
        print,
        schema::{policies, transport},
    },
    schema::Entity,
    store::record::Record,
};

/// The lists there are.
pub(crate) const LISTS: &[&str] = &["Sender", "Url", "FileHash", "IP"];

pub(crate) fn entries(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let list = list_type(&call.parameters)?;
    let (allow, block) = (call.parameters.is_on("Allow"), call.parameters.is_on("Block"));
    let entry = call.parameters.text("Entry");
    let view = call.view();
    let shown = view.own.range(Entity::AllowBlockEntry, None).filter(|(_, record)| {
        let action = record.text(policies::ENTRY_ACTION).unwrap_or_default();
        record.text(policies::ENTRY_LIST) == Some(list)
            && !is_over(record, view.now)
            && (!allow || action == "Allow")
            && (!block || action == "Block")
            && entry.as_ref().is_none_or(|entry| {
                record.text(policies::ENTRY_VALUE).is_some_and(|value| value.eq_ignore_ascii_case(entry))
            })
    });
    Ok(call.counted(shown.map(|(_, record)| print::of_record(&view, Entity::AllowBlockEntry, record))))
}

/// The list a call is about, as it is spelled.
pub(crate) fn list_type(parameters: &Parameters) -> Result<&'static str, ExchangeError> {
    let name = parameters.text("ListType").unwrap_or_default();
    let known = LISTS.iter().find(|known| known.eq_ignore_ascii_case(&name));
    known
        .copied()
        .ok_or_else(|| ExchangeError::argument(format!("Cannot convert value \"{name}\" to type \"ListType\".")))
}

/// Whether an entry has expired: at its date, or so many days after its last use (contract §10.30). One that was never
/// used counts from its creation (UNV).
pub(crate) fn is_over(record: &Record, now: Timestamp) -> bool {
    let date = |number| record.text(number).and_then(|text| text.parse::<Timestamp>().ok());
    if date(policies::ENTRY_EXPIRES).is_some_and(|at| at <= now) {
        return true;
    }
    let days = record.get(policies::ENTRY_REMOVE_AFTER).and_then(Value::as_i64);
    let used = date(policies::ENTRY_LAST_USED).or_else(|| date(policies::ENTRY_CREATED));
    match (days, used) {
        (Some(days), Some(used)) => {
            // A number that is no lifetime is a long one.
            let days = days.clamp(0, 36_500);
            used.checked_add(SignedDuration::from_hours(days * 24)).is_ok_and(|end| end <= now)
        }
        _ => false,
    }
}

pub(crate) fn quarantine(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let from = date(&call.parameters, "StartReceivedDate")?;
    let until = date(&call.parameters, "EndReceivedDate")?;
    let view = call.view();
    let shown = view.own.range(Entity::QuarantineMessage, None).filter(|(_, record)| {
        let at = record.text(policies::QUARANTINE_RECEIVED).and_then(|text| text.parse::<Timestamp>().ok());
        at.is_none_or(|at| from.is_none_or(|from| at >= from) && until.is_none_or(|until| at <= until))
    });
    let items = shown.map(|(_, record)| print::of_record(&view, Entity::QuarantineMessage, record));
    let fitting = items.filter(|item| {
        ["SenderAddress", "RecipientAddress", "Type", "Identity"]
            .iter()
            .all(|name| matches(&call.parameters, item, name))
    });
    Ok(call.counted(fitting))
}

/// How far back the trace goes, how long one query may reach, and how long it reaches without dates. [EPS]
const TRACE_DAYS: i64 = 90;
const TRACE_WINDOW: i64 = 10;
const TRACE_USUAL: i64 = 2;
/// Rows of an answer, at most and unless told otherwise. [EPS]
const TRACE_ROWS: usize = 5000;
const TRACE_USUAL_ROWS: usize = 1000;

pub(crate) fn trace(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    call.state.admit_trace()?;
    let now = call.state.clock.wall();
    let day = SignedDuration::from_hours(24);
    let back = |from: Timestamp, days: i64| {
        i32::try_from(days).ok().and_then(|days| from.checked_sub(day * days).ok()).unwrap_or(Timestamp::MIN)
    };
    let until = date(&call.parameters, "EndDate")?.unwrap_or(now);
    let from = date(&call.parameters, "StartDate")?.unwrap_or_else(|| back(until, TRACE_USUAL));
    // Texts are UNV.
    if from > until {
        return Err(ExchangeError::argument("The StartDate must be earlier than the EndDate."));
    }
    if from < back(until, TRACE_WINDOW) {
        return Err(ExchangeError::argument("The time between StartDate and EndDate must not be more than 10 days."));
    }
    if from < back(now, TRACE_DAYS) {
        return Err(ExchangeError::argument("The StartDate must not be more than 90 days ago."));
    }
    let size = match call.parameters.text("ResultSize") {
        Some(_) if call.page.limit.is_none_or(|limit| limit > TRACE_ROWS) => {
            return Err(ExchangeError::argument("The ResultSize must be between 1 and 5000."));
        }
        Some(_) => call.page.limit.unwrap_or(TRACE_ROWS),
        None => TRACE_USUAL_ROWS,
    };
    // What happened just now is not in the trace yet (contract §10.31).
    let latency = SignedDuration::try_from(call.state.options.exchange.trace_latency).unwrap_or_default();
    let known = now.checked_sub(latency).unwrap_or(Timestamp::MIN);
    let view = call.view();
    // Where the query before ended: its last row's recipient, with its time as the EndDate. [EPS]
    let starting = call.parameters.text("StartingRecipientAddress").map(|address| address.to_lowercase());
    let recipient =
        |item: &Item| item.get("RecipientAddress").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    let mut rows: Vec<(Timestamp, Item)> = view
        .own
        .range(Entity::MessageTrace, None)
        .filter_map(|(_, record)| {
            let at: Timestamp = record.text(transport::TRACE_RECEIVED)?.parse().ok()?;
            (at >= from && at <= until && at <= known)
                .then(|| (at, print::of_record(&view, Entity::MessageTrace, record)))
        })
        .filter(|(_, item)| {
            ["SenderAddress", "RecipientAddress", "MessageTraceId", "Status"]
                .iter()
                .all(|name| matches(&call.parameters, item, name))
        })
        .filter(|(at, item)| *at < until || starting.as_ref().is_none_or(|starting| recipient(item) >= *starting))
        .collect();
    // The latest first, and those of one moment by recipient: what the way to the next rows needs (order UNV).
    rows.sort_by_cached_key(|(at, item)| (std::cmp::Reverse(*at), recipient(item)));
    let more = rows.len() > size;
    rows.truncate(size);
    if more {
        // The trace has no pages: the next query begins where this one ended.
        call.warnings
            .push("There are more results, use StartingRecipientAddress and EndDate to get the next ones.".to_owned());
    }
    Ok(Outcome::of(rows.into_iter().map(|(_, item)| item).collect()))
}

/// A date among the parameters.
pub(crate) fn date(parameters: &Parameters, name: &str) -> Result<Option<Timestamp>, ExchangeError> {
    let Some(text) = parameters.text(name) else { return Ok(None) };
    let read = text.parse::<Timestamp>().or_else(|_| format!("{text}Z").parse());
    // A day without a time is its first moment.
    let read = read.or_else(|_| format!("{text}T00:00:00Z").parse());
    read.map(Some).map_err(|_| {
        ExchangeError::argument(format!("Cannot convert value \"{text}\" to type \"System.DateTime\" ({name})."))
    })
}

/// Whether an object fits a parameter that lists values of one of its properties.
fn matches(parameters: &Parameters, item: &Item, name: &str) -> bool {
    let Some(wanted) = parameters.texts(name).filter(|wanted| !wanted.is_empty()) else { return true };
    let is = |have: &Value| have.as_str().is_some_and(|have| wanted.iter().any(|want| want.eq_ignore_ascii_case(have)));
    match item.get(name) {
        Some(Value::Array(all)) => all.iter().any(is),
        Some(value) => is(value),
        None => false,
    }
}
