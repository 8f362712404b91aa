//! The inbox of a mailbox: counts, the oldest unread messages, rules. Contract §1 (permissions), §6.3 (evidence of reading).
//!
//! Invariant: what is in a mailbox is Exchange's to say; who has no mailbox there has no inbox here, whatever the directory
//! says. Hidden rules are not shown.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    list,
    permissions::{MAIL_BASIC, MAILBOX_SETTINGS},
    request::{Answer, GraphRequest},
};
use crate::{
    clock,
    exchange::{
        schema::{mailbox, recipient},
        view::Recipient,
    },
    schema::{Entity, directory},
    store::record::Record,
};

/// Messages on a page without `$top` (documented: 10), and the most (1,000).
const PAGE: usize = 10;
const MOST: usize = 1000;

/// The mailbox of an account, on the copy that answers. Codes and texts of this family are general knowledge (UNV).
fn find<'a>(call: &'a Call<'_>, key: &str) -> Result<Recipient<'a>, GraphError> {
    let exchange = call.state.exchange_view(call.position);
    let invalid = || GraphError::new(404, "ErrorInvalidUser", format!("The requested user '{key}' is invalid."));
    let (id, _) = exchange.graph.user(key).ok_or_else(invalid)?;
    exchange.by_id(&id).filter(|found| found.kind.is_mailbox() && !found.deleted).ok_or_else(|| {
        GraphError::new(
            404,
            "MailboxNotEnabledForRESTAPI",
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
        )
    })
}

fn require(call: &Call<'_>, permissions: &[&str]) -> Result<(), GraphError> {
    if call.has(permissions) {
        return Ok(());
    }
    Err(GraphError::new(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again."))
}

/// `GET /users/{id}/mailFolders/inbox`.
pub(crate) fn inbox(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    require(call, MAIL_BASIC)?;
    list::single_options(call.request, &[])?;
    let of = find(call, key)?;
    let statistics = of.exchange.own.get(Entity::MailboxStatistics, of.id);
    let count = |number| statistics.and_then(|record| record.get(number)).cloned().unwrap_or_else(|| json!(0));
    let id = crate::ids::derive("inbox", of.id);
    let object = json!({
        "id": id,
        "displayName": "Inbox",
        "parentFolderId": crate::ids::derive("root", of.id),
        "childFolderCount": 0,
        "unreadItemCount": count(mailbox::INBOX_UNREAD),
        "totalItemCount": count(mailbox::INBOX_TOTAL),
        "isHidden": false,
    });
    let mut object = list::shaped(call.request, &directory::MAIL_FOLDER, object)?;
    let context = call.context(&format!("users('{}')/mailFolders/$entity", of.id));
    object.insert("@odata.context".to_owned(), json!(context));
    Ok(Answer::json(200, Value::Object(object)))
}

/// The properties that `$select` names.
fn selected(request: &GraphRequest, object: Value) -> Result<Map<String, Value>, GraphError> {
    let Value::Object(mut object) = object else { return Ok(Map::new()) };
    let Some(select) = request.option("$select") else { return Ok(object) };
    let names: Vec<&str> = select.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if let Some(unknown) = names.iter().find(|name| !object.contains_key(**name)) {
        return Err(GraphError::odata(format!(
            "Parsing OData Select and Expand failed: Could not find a property named '{unknown}'."
        )));
    }
    object.retain(|name, _| name == "id" || names.contains(&name.as_str()));
    Ok(object)
}

/// `GET …/inbox/messages`: the unread ones, which is all that the simulator keeps of messages.
pub(crate) fn messages(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    require(call, MAIL_BASIC)?;
    let known = ["filter", "orderby", "top", "skip", "select"];
    let unknown = |key: &&String| !known.contains(&key.trim_start_matches('$').to_lowercase().as_str());
    if let Some(key) = call.request.query.iter().map(|(key, _)| key).find(unknown) {
        return Err(GraphError::unsupported(format!("The query parameter '{key}' is not supported for messages.")));
    }
    let newest_first = conditions(call)?;
    let of = find(call, key)?;
    let statistics = of.exchange.own.get(Entity::MailboxStatistics, of.id);
    let mut times = statistics.map(|record| unread(record, of.exchange.now)).unwrap_or_default();
    if newest_first {
        times.reverse();
    }
    let top = call.request.option("$top").map_or(Ok(PAGE), str::parse);
    let top = top.ok().filter(|top| (1..=MOST).contains(top));
    let top = top.ok_or_else(|| GraphError::odata("Invalid value for $top."))?;
    let skip = call.request.option("$skip").map_or(Ok(0), str::parse::<usize>);
    let skip = skip.map_err(|_| GraphError::odata("Invalid value for $skip."))?;
    let mut items = Vec::new();
    for at in times.iter().skip(skip).take(top) {
        let time = clock::print(*at);
        let id = crate::ids::derive("message", &format!("{} {time}", of.id));
        let object = json!({"id": id, "receivedDateTime": time, "isRead": false, "subject": "", "parentFolderId":
            crate::ids::derive("inbox", of.id)});
        items.push(Value::Object(selected(call.request, object)?));
    }
    let context = call.context(&format!("users('{}')/mailFolders('inbox')/messages", of.id));
    let mut body = json!({"@odata.context": context, "value": items});
    if times.len() > skip + top {
        body["@odata.nextLink"] = json!(call.request.link(("$skip", &(skip + top).to_string()), &[]));
    }
    Ok(Answer::json(200, body))
}

/// Checks `$filter` and `$orderby`; whether the newest come first.
fn conditions(call: &Call<'_>) -> Result<bool, GraphError> {
    let filter = call.request.option("$filter").unwrap_or_default();
    let mut dated = false;
    let mut unread = false;
    for (at, part) in filter.split(" and ").map(str::trim).enumerate() {
        let words: Vec<&str> = part.split_whitespace().collect();
        match words.as_slice() {
            ["isRead", "eq", "false"] => unread = true,
            // A condition that every message fulfils serves to name the property that is sorted by.
            ["receivedDateTime", "ge" | "gt", date] if date.parse::<Timestamp>().is_ok() => dated |= at == 0,
            _ => return Err(GraphError::unsupported("Only unread messages can be listed.")),
        }
    }
    if !unread {
        return Err(GraphError::unsupported("Only unread messages can be listed."));
    }
    let order = call.request.option("$orderby").map(str::trim);
    // Without an order the newest come first (general knowledge).
    let newest_first = match order {
        None | Some("receivedDateTime desc") => true,
        Some("receivedDateTime" | "receivedDateTime asc") => false,
        Some(_) => return Err(GraphError::unsupported("Messages can be sorted by receivedDateTime.")),
    };
    // What is sorted by must stand in the filter too, first. Documented with listing messages.
    if order.is_some() && !dated && call.state.options.switches.message_order_must_be_filtered {
        return Err(GraphError::new(
            400,
            "InefficientFilter",
            "The restriction or sort order is too complex for this operation.",
        ));
    }
    Ok(newest_first)
}

/// When the unread messages came, oldest first: from the oldest on evenly until now.
fn unread(record: &Record, now: Timestamp) -> Vec<Timestamp> {
    let count = record.get(mailbox::INBOX_UNREAD).and_then(Value::as_u64).unwrap_or_default();
    // More than a page is never looked at: nobody needs a list of millions.
    let count = i32::try_from(count.min(MOST as u64 * 10)).unwrap_or_default();
    let oldest = record.text(mailbox::OLDEST_UNREAD).and_then(|text| text.parse::<Timestamp>().ok()).unwrap_or(now);
    let span = now.duration_since(oldest).max(SignedDuration::ZERO);
    let at = |number: i32| oldest.checked_add(span / count.max(1) * number).unwrap_or(now);
    (0..count).map(at).collect()
}

/// `GET …/inbox/messageRules`: not the hidden ones.
pub(crate) fn rules(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    require(call, MAILBOX_SETTINGS)?;
    let of = find(call, key)?;
    list::single_options(call.request, &[])?;
    let rules = of.belongings(Entity::InboxRule).filter(|(_, rule)| !rule.is_true(mailbox::RULE_HIDDEN));
    let printed = rules.map(|(_, record)| list::shaped(call.request, &directory::MESSAGE_RULE, rule(&of, record)));
    let items: Vec<Value> = printed.map(|item| item.map(Value::Object)).collect::<Result<_, _>>()?;
    let context = call.context(&format!("users('{}')/mailFolders('inbox')/messageRules", of.id));
    Ok(Answer::json(200, json!({"@odata.context": context, "value": items})))
}

/// `GET …/inbox/messageRules/{id}`.
pub(crate) fn one_rule(call: &mut Call<'_>, key: &str, id: &str) -> Result<Answer, GraphError> {
    require(call, MAILBOX_SETTINGS)?;
    list::single_options(call.request, &[])?;
    let of = find(call, key)?;
    let mut rules = of.belongings(Entity::InboxRule).filter(|(_, rule)| !rule.is_true(mailbox::RULE_HIDDEN));
    let found = rules.find(|(_, rule)| rule.text(mailbox::RULE_NUMBER) == Some(id));
    let (_, found) = found
        .ok_or_else(|| GraphError::new(404, "ErrorItemNotFound", "The specified object was not found in the store."))?;
    let mut object = list::shaped(call.request, &directory::MESSAGE_RULE, rule(&of, found))?;
    let context = call.context(&format!("users('{}')/mailFolders('inbox')/messageRules/$entity", of.id));
    object.insert("@odata.context".to_owned(), json!(context));
    Ok(Answer::json(200, Value::Object(object)))
}

fn rule(of: &Recipient<'_>, rule: &Record) -> Value {
    let person = |key: &str| match of.exchange.by_id(key) {
        Some(found) => json!({"emailAddress": {"name": found.text(recipient::DISPLAY_NAME),
            "address": found.primary_address()}}),
        None => json!({"emailAddress": {"name": key, "address": key}}),
    };
    let mut conditions = Map::new();
    let mut actions = Map::new();
    let people = |number| rule.strings(number).map(person).collect::<Vec<Value>>();
    let from = people(mailbox::RULE_FROM);
    if !from.is_empty() {
        conditions.insert("fromAddresses".to_owned(), json!(from));
    }
    for (name, number) in [
        ("forwardTo", mailbox::RULE_FORWARD),
        ("forwardAsAttachmentTo", mailbox::RULE_ATTACH),
        ("redirectTo", mailbox::RULE_REDIRECT),
    ] {
        let people = people(number);
        if !people.is_empty() {
            actions.insert(name.to_owned(), json!(people));
        }
    }
    let subjects: Vec<&str> = rule.strings(mailbox::RULE_SUBJECT).collect();
    if !subjects.is_empty() {
        conditions.insert("subjectContains".to_owned(), json!(subjects));
    }
    for (name, number) in [("delete", mailbox::RULE_DELETE), ("stopProcessingRules", mailbox::RULE_STOP)] {
        if rule.is_true(number) {
            actions.insert(name.to_owned(), json!(true));
        }
    }
    if let Some(folder) = rule.text(mailbox::RULE_MOVE) {
        actions.insert("moveToFolder".to_owned(), json!(folder));
    }
    json!({
        "id": rule.text(mailbox::RULE_NUMBER),
        "displayName": rule.text(mailbox::RULE_NAME),
        "sequence": rule.get(mailbox::RULE_PRIORITY),
        "isEnabled": rule.is_true(mailbox::RULE_ENABLED),
        "hasError": false,
        "isReadOnly": false,
        "conditions": conditions,
        "actions": actions,
    })
}
