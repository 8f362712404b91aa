//! Changing users: PATCH, POST, DELETE. Contract §2.
//!
//! Invariant: a refused request changes nothing, whatever part of it was acceptable.

use serde_json::{Value, json};

use super::{
    call::Call,
    error::GraphError,
    list, password,
    permissions::{USERS_ANY_WRITE, USERS_CREATE, USERS_DELETE, USERS_READ, USERS_WRITE},
    request::Answer,
    sensitive, write,
};
use crate::{
    schema::{Entity, Property, derived::identity, user},
    store::record::Record,
};

/// Most values of otherMails, and most characters of each. [UU]
const OTHER_MAILS: usize = 250;

/// `PATCH /users/{id}`.
pub(crate) fn patch(call: &mut Call<'_>, key: &str) -> Result<Answer, GraphError> {
    list::single_options(call.request, &[])?;
    let body = call.body()?;
    let Some((id, before)) = call.truth().user(key) else {
        // Who may not write learns nothing about what is there.
        call.require(USERS_ANY_WRITE)?;
        return Err(GraphError::not_found(key));
    };
    let before = before.clone();
    let changes = write::update(call, &user::SCHEMA, &body, &before)?;
    if changes.is_empty() {
        call.require(USERS_ANY_WRITE)?;
    }
    for (_, row, _) in &changes {
        permit(call, row)?;
    }
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
    list::single_options(call.request, &[])?;
    let body = call.body()?;
    let changes = write::creation(call, &user::SCHEMA, &body)?;
    let id = call.state.guid();
    let mut record = Record::default();
    record.set(user::ID, json!(id));
    record.set(user::USER_TYPE, json!("Member"));
    record.set(user::CREATED_DATE_TIME, json!(call.state.clock.text()));
    // Names and policies first: what a password must be depends on them.
    let (last, first): (Vec<_>, Vec<_>) =
        changes.into_iter().partition(|(number, ..)| matches!(*number, user::PASSWORD_PROFILE | user::IDENTITIES));
    for (number, _, value) in first.into_iter().chain(last) {
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

pub(super) fn apply(
    call: &Call<'_>,
    id: &str,
    record: &mut Record,
    number: u8,
    value: Value,
) -> Result<(), GraphError> {
    let invalid = |name: &str| write::invalid(&user::SCHEMA, name);
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
        user::USER_PRINCIPAL_NAME => {
            let name = value.as_str().unwrap_or_default();
            let domain = name.split_once('@').map(|(_, domain)| domain.to_lowercase()).unwrap_or_default();
            if !call.state.domains.contains(&domain) {
                return Err(GraphError::bad(
                    "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
                ));
            }
            unique_name(call, id, name)?;
            // The sign-in name is an identity, beside those that were written.
            if let Some(own) = record.get(user::IDENTITIES).cloned() {
                record.set(user::IDENTITIES, identities(&own, name));
            }
        }
        user::IDENTITIES => {
            let name = record.text(user::USER_PRINCIPAL_NAME).unwrap_or_default();
            record.set(number, identities(&value, name));
            return Ok(());
        }
        user::MAIL_ADDRESS => return set_mail(call, id, record, value.as_str().unwrap_or_default()),
        // A password goes nowhere, not even into the journal.
        user::PASSWORD_PROFILE => {
            if let Some(password) = value.get("password").and_then(Value::as_str) {
                password::check(password, record)?;
                record.set(user::PASSWORD_CHANGED, json!(call.state.clock.text()));
            } else if record.get(number).is_none() {
                return Err(invalid("passwordProfile"));
            }
            let told = |name: &str, unless: bool| value.get(name).and_then(Value::as_bool).unwrap_or(unless);
            let mfa = told("forceChangePasswordNextSignInWithMfa", false);
            record.set(
                number,
                json!({"forceChangePasswordNextSignIn": told("forceChangePasswordNextSignIn", true),
                    "forceChangePasswordNextSignInWithMfa": mfa}),
            );
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

/// Identities as they are kept: the written ones, and the sign-in name's.
fn identities(written: &Value, name: &str) -> Value {
    let written = written.as_array().into_iter().flatten();
    let others = written.filter(|identity| identity["signInType"] != "userPrincipalName").cloned();
    others.chain([identity(name)]).collect()
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
