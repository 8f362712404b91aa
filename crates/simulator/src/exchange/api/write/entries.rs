//! `New-` and `Remove-TenantAllowBlockListItems`. Contract §6.3, §10.30.
//!
//! Invariant: an entry is never changed, only made and removed.

use jiff::Timestamp;
use serde_json::json;

use super::super::{
    call::{Call, Outcome},
    error::ExchangeError,
    read::protection::{date, is_over, list_type},
};
use crate::{
    clock,
    exchange::{print, schema::policies},
    ids,
    schema::Entity,
    store::record::Record,
};

/// Days after the last use: the only value RemoveAfter has. [EPS]
const REMOVE_AFTER: u64 = 45;
/// Most allow entries for senders without Defender. [EPS]
const ALLOWS: usize = 500;
/// Lifetime of an entry that says nothing of its end, in days (general knowledge, UNV).
const USUAL_DAYS: i64 = 30;

pub(crate) fn add(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let list = list_type(&call.parameters)?;
    let (allow, block) = (call.parameters.is_on("Allow"), call.parameters.is_on("Block"));
    if allow == block {
        return Err(ExchangeError::argument("Exactly one of Allow and Block must be given."));
    }
    let now = call.state.clock.wall();
    let (expires, remove_after) = end(call, allow, list, now)?;
    let entries = call.parameters.texts("Entries").unwrap_or_default();
    {
        let truth = call.truth();
        let living: Vec<&Record> = truth
            .own
            .range(Entity::AllowBlockEntry, None)
            .map(|(_, record)| &**record)
            .filter(|record| record.text(policies::ENTRY_LIST) == Some(list) && !is_over(record, now))
            .collect();
        let taken = |entry: &String| {
            living
                .iter()
                .any(|record| record.text(policies::ENTRY_VALUE).is_some_and(|v| v.eq_ignore_ascii_case(entry)))
        };
        if let Some(entry) = entries.iter().find(|entry| taken(entry)) {
            // Text UNV.
            return Err(ExchangeError::argument(format!(
                "An entry for '{entry}' exists already and can't be changed."
            )));
        }
        let allows = living.iter().filter(|record| record.text(policies::ENTRY_ACTION) == Some("Allow")).count();
        if allow && list == "Sender" && allows + entries.len() > ALLOWS {
            return Err(ExchangeError::argument(format!("There can be no more than {ALLOWS} allow entries.")));
        }
    }
    let mut items = Vec::with_capacity(entries.len());
    for entry in entries {
        let mut record = Record::default();
        let time = clock::print(now);
        for (number, value) in [
            (policies::ENTRY_IDENTITY, json!(ids::derive("allowBlockEntry", &format!("{list} {entry} {time}")))),
            (policies::ENTRY_VALUE, json!(entry)),
            (policies::ENTRY_ACTION, json!(if allow { "Allow" } else { "Block" })),
            (policies::ENTRY_LIST, json!(list)),
            (policies::ENTRY_SUBLIST, json!("Tenant")),
            (policies::ENTRY_EXPIRES, json!(expires.map(clock::print))),
            (policies::ENTRY_REMOVE_AFTER, json!(remove_after)),
            (policies::ENTRY_NOTES, json!(call.parameters.text("Notes"))),
            (policies::ENTRY_CREATED, json!(time)),
            (policies::ENTRY_MODIFIED, json!(time)),
        ] {
            record.set(number, value);
        }
        items.push(print::of_record(&call.truth(), Entity::AllowBlockEntry, &record));
        let origin = call.origin();
        call.state.commit(Entity::AllowBlockEntry, &entry.to_lowercase(), Some(record), origin);
    }
    Ok(Outcome::of(items))
}

/// When an entry ends: at a date, or so many days after its last use.
fn end(
    call: &Call<'_>,
    allow: bool,
    list: &str,
    now: Timestamp,
) -> Result<(Option<Timestamp>, Option<u64>), ExchangeError> {
    let date = date(&call.parameters, "ExpirationDate")?;
    let after = call.parameters.text("RemoveAfter");
    let never = call.parameters.is_on("NoExpiration");
    if usize::from(date.is_some()) + usize::from(after.is_some()) + usize::from(never) > 1 {
        return Err(ExchangeError::argument("Only one of ExpirationDate, RemoveAfter and NoExpiration can be given."));
    }
    if never {
        // Not valid for a sender's allow entry. [EPS]
        return if allow {
            Err(ExchangeError::argument(format!("NoExpiration isn't valid for an allow entry of the {list} list.")))
        } else {
            Ok((None, None))
        };
    }
    if let Some(after) = after {
        return if allow && after == REMOVE_AFTER.to_string() {
            Ok((None, Some(REMOVE_AFTER)))
        } else {
            Err(ExchangeError::argument(format!("RemoveAfter can be {REMOVE_AFTER} only, and only of allow entries.")))
        };
    }
    if date.is_some_and(|date| date <= now) {
        return Err(ExchangeError::argument("The ExpirationDate must be in the future."));
    }
    let usual = jiff::SignedDuration::from_hours(USUAL_DAYS * 24);
    Ok((date.or_else(|| now.checked_add(usual).ok()), None))
}

pub(crate) fn remove(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let list = list_type(&call.parameters)?;
    let names = call.parameters.texts("Entries").or_else(|| call.parameters.texts("Ids")).unwrap_or_default();
    if names.is_empty() {
        return Err(ExchangeError::missing("Entries"));
    }
    let now = call.state.clock.wall();
    let mut keys = Vec::with_capacity(names.len());
    for name in names {
        let truth = call.truth();
        let found = truth.own.range(Entity::AllowBlockEntry, None).find(|(_, record)| {
            let is = |number| record.text(number).is_some_and(|have| have.eq_ignore_ascii_case(&name));
            record.text(policies::ENTRY_LIST) == Some(list)
                && !is_over(record, now)
                && (is(policies::ENTRY_VALUE) || is(policies::ENTRY_IDENTITY))
        });
        keys.push(found.map(|(key, _)| key.to_string()).ok_or_else(|| ExchangeError::not_found(&name))?);
    }
    for key in keys {
        let origin = call.origin();
        call.state.commit(Entity::AllowBlockEntry, &key, None, origin);
    }
    Ok(Outcome { silent: true, ..Outcome::default() })
}
