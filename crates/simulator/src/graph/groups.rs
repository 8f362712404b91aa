//! Groups themselves; their members are in `relations`.
//!
//! Invariant: a group that can hold roles is changed only with the permission to manage roles; what Exchange masters of a
//! Microsoft 365 group is kept by Exchange and by nobody else.

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    expand,
    group_kind::{is_dynamic, is_unified, writable},
    list::{self, Plan, Row, Rules},
    permissions::{GROUPS_CREATE, GROUPS_READ, GROUPS_WRITE, PRINCIPALS_READ, ROLES_WRITE, USERS_READ},
    relations,
    request::Answer,
    write::{self, Change},
};
use crate::{
    exchange::schema::recipient,
    schema::{Entity, group},
    store::record::Record,
};

/// What `$expand` may name.
const EXPAND: &[&str] = &["members", "owners", "memberOf", "transitiveMembers", "transitiveMemberOf"];
const RULES: Rules = Rules { expand: EXPAND, ..Rules::DIRECTORY };
/// Most relations that one request makes. Documented with creating groups and adding members.
const BOUND: usize = 20;
/// What a mail nickname must not contain. Documented.
const FORBIDDEN: &str = "@()\\[]\";:<>, ";

/// `GET /groups`.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(GROUPS_READ)?;
    let plan = Plan::new(call, &[Entity::Group], RULES, false)?;
    let view = call.view();
    let rows = view.living(Entity::Group, plan.start());
    let page = plan.page(rows.map(|(id, record)| Row { entity: Entity::Group, id, record }));
    let mut items = Vec::with_capacity(page.rows.len());
    for row in &page.rows {
        let mut item = plan.render(*row);
        expand::insert(call, *row, &plan.expand, &mut item)?;
        items.push(Value::Object(item));
    }
    Ok(plan.answer(call.request, &call.context("groups"), &page, items))
}

/// `GET /groups/{id}`.
pub(crate) fn get(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    call.require(GROUPS_READ)?;
    list::single_options(call.request, EXPAND)?;
    let expands = list::expanded::read(call.request, EXPAND)?;
    let columns = list::columns(call.request, &[Entity::Group])?;
    list::readable(call, &[Entity::Group], &columns, false)?;
    let columns = columns.concat();
    let view = call.view();
    let row = relations::find(view, id).filter(|row| row.entity == Entity::Group);
    let row = row.ok_or_else(|| GraphError::not_found(id))?;
    let mut object = list::render(Entity::Group, row.record, &columns, false);
    for (number, ..) in MASTERED.iter().filter(|(number, ..)| columns.contains(number)) {
        object.insert(group::SCHEMA.name(*number).to_owned(), exchange_value(call, row.id, *number));
    }
    expand::insert(call, row, &expands, &mut object)?;
    object.insert("@odata.context".to_owned(), json!(call.context("groups/$entity")));
    Ok(Answer::json(200, Value::Object(object)))
}

/// What Exchange keeps of a Microsoft 365 group: the property here, the one there, and whether they are each other's
/// opposite.
const MASTERED: [(u8, &str, bool); 3] = [
    (group::ALLOW_EXTERNAL_SENDERS, "RequireSenderAuthenticationEnabled", true),
    (group::AUTO_SUBSCRIBE, "AutoSubscribeNewMembers", false),
    (group::HIDE_FROM_ADDRESS_LISTS, "HiddenFromAddressListsEnabled", false),
];

fn mastered(number: u8) -> Option<(u8, bool)> {
    let (_, name, opposite) = MASTERED.iter().find(|(own, ..)| *own == number)?;
    Some((recipient::SCHEMA.any(name)?, *opposite))
}

fn exchange_value(call: &Call<'_>, id: &str, number: u8) -> Value {
    let exchange = call.state.exchange_view(call.position);
    let found = exchange.by_id(id).zip(mastered(number));
    let value = found.and_then(|(of, (there, opposite))| {
        of.value(there).and_then(|value| value.as_bool()).map(|value| value != opposite)
    });
    json!(value.unwrap_or(false))
}

/// `POST /groups`.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(GROUPS_CREATE)?;
    list::single_options(call.request, &[])?;
    let (body, bound) = call.body_and_relations(&["members", "owners"])?;
    let changes = write::creation(call, &group::SCHEMA, &body)?;
    let id = call.state.guid();
    let mut record = Record::default();
    record.set(group::ID, json!(id));
    record.set(group::CREATED_DATE_TIME, json!(call.state.clock.text()));
    apply(&mut record, changes)?;
    if record.is_true(group::IS_ASSIGNABLE_TO_ROLE) {
        call.require(ROLES_WRITE)?;
        // Documented with isAssignableToRole and visibility.
        if !record.is_true(group::SECURITY_ENABLED) || is_dynamic(&record) {
            return Err(GraphError::bad(
                "A group that can be assigned to a role must be security-enabled and its membership assigned.",
            ));
        }
        record.set(group::VISIBILITY, json!("Private"));
    }
    let unified = is_unified(&record);
    if record.is_true(group::MAIL_ENABLED) && !unified {
        // Distribution lists are Exchange's.
        return Err(GraphError::bad(
            "The service does not currently support creating mail-enabled groups that are not Microsoft 365 groups. Please ensure that the mailEnabled property is set to false and try again.",
        ));
    }
    if unified {
        if record.get(group::VISIBILITY).is_none() {
            record.set(group::VISIBILITY, json!("Public"));
        }
        let nickname = record.text(group::MAIL_NICKNAME).unwrap_or_default();
        let domain = call.state.domains.first().cloned().unwrap_or_default();
        let mail = format!("{nickname}@{domain}");
        if call.truth().holder(&mail).is_some() {
            return Err(GraphError::bad(
                "Another object with the same value for property mailNickname already exists.",
            ));
        }
        record.set(group::PROXY_ADDRESSES, json!([format!("SMTP:{mail}")]));
        record.set(group::MAIL, json!(mail));
    }
    if let Some(name) = record.text(group::UNIQUE_NAME)
        && call.truth().range(Entity::Group, None).any(|(_, other)| other.text(group::UNIQUE_NAME) == Some(name))
    {
        return Err(GraphError::bad("Another object with the same value for property uniqueName already exists."));
    }
    bind(call, &mut record, &bound)?;
    let columns = list::columns(call.request, &[Entity::Group])?.pop().unwrap_or_default();
    let mut object = list::render(Entity::Group, &record, &columns, false);
    object.insert("@odata.context".to_owned(), json!(call.context("groups/$entity")));
    call.commit(Entity::Group, &id, Some(record));
    let mut answer = Answer::json(201, Value::Object(object));
    answer.headers.push(("location", format!("{}/{}/groups/{id}", call.request.origin, call.request.version)));
    Ok(answer)
}

/// Adds what `members@odata.bind` and `owners@odata.bind` name.
fn bind(call: &Call<'_>, record: &mut Record, bound: &[(&str, Vec<String>)]) -> Result<(), GraphError> {
    if bound.iter().map(|(_, urls)| urls.len()).sum::<usize>() > BOUND {
        return Err(GraphError::bad(format!("At most {BOUND} relationships can be added in one request.")));
    }
    for (relation, urls) in bound {
        let property = relations::number(relation);
        for url in urls {
            let found = relations::target(call.truth(), url)?;
            // With Group.Create alone an application binds what it may read, and itself. Documented.
            if !call.has(GROUPS_WRITE) && **found.id != *call.claims.oid {
                call.require(if found.entity == Entity::User { USERS_READ } else { PRINCIPALS_READ })?;
            }
            relations::admit(record, property, found)?;
        }
    }
    Ok(())
}

/// `PATCH /groups/{id}`: properties, or up to twenty members and owners beside them.
pub(crate) fn patch(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    list::single_options(call.request, &[])?;
    let (body, bound) = call.body_and_relations(&["members", "owners"])?;
    let mut record = writable(call, id, GROUPS_WRITE)?;
    let before = record.clone();
    let id = id.to_lowercase();
    let changes = if body.is_empty() && !bound.is_empty() {
        Vec::new()
    } else {
        write::update(call, &group::SCHEMA, &body, &current(call, &id, &before, &body))?
    };
    let (there, here): (Vec<Change>, Vec<Change>) =
        changes.into_iter().partition(|(number, ..)| mastered(*number).is_some());
    apply(&mut record, here)?;
    if is_unified(&record) != is_unified(&before) {
        return Err(write::invalid(&group::SCHEMA, "groupTypes"));
    }
    bind(call, &mut record, &bound)?;
    if there.is_empty() {
        call.commit(Entity::Group, &id, Some(record));
    } else {
        settings(call, &id, &record, there)?;
    }
    // Microsoft's page says 200 for what Exchange masters; clients in wide use take 204 and nothing else (3P).
    Ok(Answer::none())
}

/// The group with what Exchange keeps of it, as far as the body names it.
fn current(call: &Call<'_>, id: &str, record: &Record, body: &Map<String, Value>) -> Record {
    let mut record = record.clone();
    for (number, ..) in &MASTERED {
        if body.contains_key(group::SCHEMA.name(*number)) {
            record.set(*number, exchange_value(call, id, *number));
        }
    }
    record
}

/// Changes what Exchange keeps of a Microsoft 365 group.
fn settings(call: &mut Call<'_>, id: &str, group: &Record, changes: Vec<Change>) -> Result<(), GraphError> {
    if !is_unified(group) {
        return Err(GraphError::bad("The property can be updated of Microsoft 365 groups only."));
    }
    let before = call.truth().get(Entity::Recipient, id);
    let mut own = before.map(|own| Record::clone(own)).unwrap_or_default();
    for (number, _, value) in changes {
        if let (Some((there, opposite)), Some(value)) = (mastered(number), value.as_bool()) {
            own.set(there, json!(value != opposite));
        }
    }
    call.commit(Entity::Recipient, id, Some(own));
    Ok(())
}

/// `DELETE /groups/{id}`: Microsoft 365 groups softly, for 30 days, others for good (general knowledge, UNV).
pub(crate) fn delete(call: &mut Call<'_>, id: &str) -> Result<Answer, GraphError> {
    list::single_options(call.request, &[])?;
    let mut record = writable(call, id, GROUPS_WRITE)?;
    let unified = is_unified(&record);
    record.set(group::DELETED_DATE_TIME, json!(call.state.clock.text()));
    call.commit(Entity::Group, &id.to_lowercase(), unified.then_some(record));
    Ok(Answer::none())
}

fn apply(record: &mut Record, changes: Vec<Change>) -> Result<(), GraphError> {
    for (number, row, value) in changes {
        let invalid = match number {
            group::MAIL_NICKNAME => {
                value.as_str().is_some_and(|text| !text.is_ascii() || text.contains(|c| FORBIDDEN.contains(c)))
            }
            group::GROUP_TYPES => {
                let all = value.as_array().into_iter().flatten();
                !all.into_iter().all(|kind| kind == "Unified" || kind == "DynamicMembership")
            }
            _ => false,
        };
        if invalid {
            return Err(write::invalid(&group::SCHEMA, row.name));
        }
        record.set(number, value);
    }
    // Rule and kind go together. Documented with membershipRule; the text is not.
    if is_dynamic(record) && record.text(group::MEMBERSHIP_RULE).is_none_or(str::is_empty) {
        return Err(GraphError::bad("A value is required for property 'membershipRule' of resource 'Group'."));
    }
    if !is_dynamic(record) && (record.get(group::MEMBERSHIP_RULE).is_some() || record.get(group::RULE_STATE).is_some())
    {
        return Err(write::invalid(&group::SCHEMA, "membershipRule"));
    }
    Ok(())
}
