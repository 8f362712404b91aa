//! Changing users: PATCH, POST, DELETE. Contract §2.
//!
//! Invariant: a refused request changes nothing, whatever part of it was acceptable.

use serde_json::{Map, Value, json};

use super::{
    call::Call,
    error::GraphError,
    list,
    permissions::{USERS_CREATE, USERS_DELETE, USERS_READ, USERS_WRITE},
    request::Answer,
    sensitive,
};
use crate::{
    schema::{Entity, Property, Write, user},
    store::record::Record,
};

/// Most values of otherMails, and most characters of each. [UU]
const OTHER_MAILS: usize = 250;
/// Most characters of mobilePhone. [GD21]
const MOBILE_PHONE: usize = 64;

/// `PATCH /users/{id}`.
pub(crate) fn patch(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    let body = call.body()?;
    let changes = changes(&body, Write::Patch)?;
    for (_, row, _) in &changes {
        permit(call, row)?;
    }
    let (id, before) = call.truth().user(key).ok_or_else(|| GraphError::not_found(key))?;
    let before = before.clone();
    for (number, row, _) in &changes {
        mastered(call, *number, row, &before)?;
    }
    if changes.iter().any(|(_, row, _)| row.sensitive) {
        sensitive::check(call, &id)?;
    }
    let mut after = Record::clone(&before);
    for (number, _, value) in changes {
        apply(call, &id, &mut after, number, value)?;
    }
    call.commit(Entity::User, &id, Some(after));
    Ok(Answer::none())
}

/// `POST /users`.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, GraphError> {
    call.require(USERS_CREATE)?;
    let body = call.body()?;
    for name in ["accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName"] {
        if body.get(name).is_none_or(Value::is_null) {
            return Err(GraphError::bad(format!("A value is required for property '{name}' of resource 'User'.")));
        }
    }
    let id = call.state.guid();
    let mut record = Record::default();
    record.set(user::ID, json!(id));
    record.set(user::USER_TYPE, json!("Member"));
    record.set(user::CREATED_DATE_TIME, json!(call.state.clock.text()));
    for (number, _, value) in changes(&body, Write::Create)? {
        apply(call, &id, &mut record, number, value)?;
    }
    let columns = list::columns(call.request, &[Entity::User])?.pop().unwrap_or_default();
    let mut object = list::render(Entity::User, &record, &columns, false);
    object.insert("@odata.context".to_owned(), json!(format!("{}/$entity", call.context("users"))));
    call.commit(Entity::User, &id, Some(record));
    let mut answer = Answer::json(201, Value::Object(object));
    answer.headers.push(("location", format!("{}/{}/users/{id}", call.request.origin, call.request.version)));
    Ok(answer)
}

/// `DELETE /users/{id}`: soft, for 30 days.
pub(crate) fn delete(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    call.require(USERS_DELETE)?;
    let (id, before) = call.truth().user(key).ok_or_else(|| GraphError::not_found(key))?;
    sensitive::check(call, &id)?;
    let mut after = Record::clone(before);
    after.set(user::DELETED_DATE_TIME, json!(call.state.clock.text()));
    call.commit(Entity::User, &id, Some(after));
    Ok(Answer::none())
}

/// The body's properties as rows of the schema, types and writability checked.
fn changes(body: &Map<String, Value>, least: Write) -> Result<Vec<(u8, &'static Property, Value)>, GraphError> {
    let mut all = Vec::with_capacity(body.len());
    for (name, value) in body {
        let found = (0..)
            .zip(user::SCHEMA.properties)
            .find(|(_, row)| row.name.eq_ignore_ascii_case(name) && (!row.hidden || row.write != Write::Never));
        let Some((number, row)) = found else {
            return Err(GraphError::bad(format!("Invalid property '{name}'.")));
        };
        let writable = row.write == Write::Patch || (row.write == Write::Create && least == Write::Create);
        if !writable {
            // proxyAddresses among them. [PROXY]; text UNV.
            return Err(GraphError::bad(format!("Property '{name}' is read-only and cannot be set.")));
        }
        if !row.accepts(value) {
            return Err(GraphError::bad(format!("Invalid value specified for property '{name}' of resource 'User'.")));
        }
        all.push((number, row, value.clone()));
    }
    if all.is_empty() {
        return Err(GraphError::odata("Empty Payload. JSON content expected."));
    }
    Ok(all)
}

/// The permission each property takes. Contract §1.
fn permit(call: &Call<'_>, row: &Property) -> Result<(), GraphError> {
    let narrow = row.permission.is_some_and(|permission| call.has(&[permission]));
    // User.EnableDisableAccount.All works together with User.Read.All. [UU]
    let enough = narrow && (row.permission != Some(user::ENABLE) || call.has(USERS_READ));
    if enough { Ok(()) } else { call.require(USERS_WRITE) }
}

/// The on-premises rule, per property; the whole PATCH fails (UNV). [GD21]
fn mastered(call: &Call<'_>, number: u8, row: &Property, before: &Record) -> Result<(), GraphError> {
    let switches = &call.state.options.switches;
    let here = row.synced
        || (number == user::OTHER_MAILS && switches.sync_masters_other_mails)
        || (number == user::FAX_NUMBER && switches.sync_masters_fax);
    if here && before.is_true(user::SYNC_ENABLED) {
        return Err(GraphError::bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        ));
    }
    // Sibling text for Exchange-mastered objects. [WIKI, 3P]
    if number == user::MAIL_ADDRESS && before.is_true(user::EXCHANGE_MASTERED) {
        return Err(GraphError::bad(
            "Unable to update the specified properties for objects that have originated within an external service.",
        ));
    }
    Ok(())
}

fn apply(call: &Call<'_>, id: &str, record: &mut Record, number: u8, value: Value) -> Result<(), GraphError> {
    let invalid =
        |name: &str| GraphError::bad(format!("Invalid value specified for property '{name}' of resource 'User'."));
    match number {
        user::OTHER_MAILS => {
            let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let long = |mail: &Value| {
                mail.as_str().is_none_or(|text| text.chars().count() > OTHER_MAILS || !text.contains('@'))
            };
            if all.len() > OTHER_MAILS || all.iter().any(long) {
                return Err(invalid("otherMails"));
            }
        }
        // A collection, but only one number. [UU]
        user::BUSINESS_PHONES if value.as_array().is_some_and(|all| all.len() > 1) => {
            return Err(invalid("businessPhones"));
        }
        user::MOBILE_PHONE if value.as_str().is_some_and(|text| text.chars().count() > MOBILE_PHONE) => {
            return Err(invalid("mobilePhone"));
        }
        user::USER_TYPE if !matches!(value.as_str(), None | Some("Member" | "Guest")) => {
            return Err(invalid("userType"));
        }
        user::USER_PRINCIPAL_NAME => {
            let name = value.as_str().unwrap_or_default();
            let domain = name.split_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
            if !call.state.domains.contains(&domain) {
                return Err(GraphError::bad(
                    "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
                ));
            }
            unique_name(call, id, name)?;
        }
        user::MAIL_ADDRESS => return set_mail(call, id, record, value.as_str().unwrap_or_default()),
        // A password goes nowhere, not even into the journal.
        user::PASSWORD_PROFILE => {
            let force = value.get("forceChangePasswordNextSignIn").and_then(Value::as_bool).unwrap_or(true);
            record.set(number, json!({"forceChangePasswordNextSignIn": force}));
            return Ok(());
        }
        _ => {}
    }
    record.set(number, value);
    Ok(())
}

pub(crate) fn unique_name(call: &Call<'_>, id: &str, name: &str) -> Result<(), GraphError> {
    match call.truth().user(name) {
        Some((other, _)) if *other != *id => {
            Err(GraphError::bad("Another object with the same value for property userPrincipalName already exists."))
        }
        _ => Ok(()),
    }
}

/// `mail` becomes the primary SMTP address, the old one stays as an alias. [UU]
fn set_mail(call: &Call<'_>, id: &str, record: &mut Record, mail: &str) -> Result<(), GraphError> {
    // No accents. [UU]
    if !mail.is_ascii() || mail.split_once('@').is_none_or(|(local, domain)| local.is_empty() || domain.is_empty()) {
        return Err(GraphError::bad("Invalid value specified for property 'mail' of resource 'User'."));
    }
    if call.truth().holder(mail).is_some_and(|(_, holder)| *holder != *id) {
        // (3P); the holder may be soft-deleted or a group.
        return Err(GraphError::bad("Another object with the same value for property proxyAddresses already exists."));
    }
    let mut proxies = vec![json!(format!("SMTP:{mail}"))];
    for entry in record.strings(user::PROXY_ADDRESSES) {
        match entry.split_once(':') {
            Some((prefix, address)) if prefix.eq_ignore_ascii_case("smtp") => {
                if !address.eq_ignore_ascii_case(mail) {
                    proxies.push(json!(format!("smtp:{address}")));
                }
            }
            _ => proxies.push(json!(entry)),
        }
    }
    record.set(user::PROXY_ADDRESSES, Value::Array(proxies));
    record.set(user::MAIL_ADDRESS, json!(mail));
    Ok(())
}
