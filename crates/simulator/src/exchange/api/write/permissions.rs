//! `Add-` and `Remove-MailboxPermission`, `Add-` and `Remove-RecipientPermission`. Contract §6.3.

use serde_json::json;

use super::super::{
    call::{Call, Outcome},
    error::ExchangeError,
};
use crate::{
    exchange::{print, schema::mailbox, view::Exchange},
    schema::Entity,
    store::record::Record,
};

/// What AccessRights can be of a mailbox, and of a recipient. [EPS]
const MAILBOX_RIGHTS: &[&str] =
    &["FullAccess", "ReadPermission", "ChangePermission", "ChangeOwner", "DeleteItem", "ExternalAccount"];
const RECIPIENT_RIGHTS: &[&str] = &["SendAs"];

pub(crate) fn add(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let ends = Ends::find(call, "User", true)?;
    let rights = rights(call, MAILBOX_RIGHTS)?;
    let mut record = ends.known(call, Entity::MailboxPermission);
    record.set(mailbox::PERMISSION_IDENTITY, json!(ends.of));
    record.set(mailbox::PERMISSION_USER, json!(ends.who));
    record.set(mailbox::PERMISSION_INHERITANCE, json!("All"));
    for right in rights {
        record.insert(mailbox::PERMISSION_RIGHTS, &right);
    }
    if call.parameters.value("AutoMapping").is_some() {
        record.set(mailbox::PERMISSION_AUTO_MAPPING, json!(call.parameters.is_on("AutoMapping")));
    }
    Ok(ends.write(call, Entity::MailboxPermission, record))
}

pub(crate) fn remove(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let ends = Ends::find(call, "User", true)?;
    let rights = rights(call, MAILBOX_RIGHTS)?;
    Ok(ends.take(call, Entity::MailboxPermission, mailbox::PERMISSION_RIGHTS, &rights))
}

pub(crate) fn add_trustee(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let ends = Ends::find(call, "Trustee", false)?;
    let rights = rights(call, RECIPIENT_RIGHTS)?;
    let mut record = ends.known(call, Entity::RecipientPermission);
    record.set(mailbox::TRUSTEE_IDENTITY, json!(ends.of));
    record.set(mailbox::TRUSTEE_NAME, json!(ends.who));
    record.set(mailbox::TRUSTEE_CONTROL, json!("Allow"));
    record.set(mailbox::TRUSTEE_RIGHTS, json!(rights));
    record.set(mailbox::TRUSTEE_INHERITANCE, json!("None"));
    Ok(ends.write(call, Entity::RecipientPermission, record))
}

pub(crate) fn remove_trustee(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let ends = Ends::find(call, "Trustee", false)?;
    let rights = rights(call, RECIPIENT_RIGHTS)?;
    Ok(ends.take(call, Entity::RecipientPermission, mailbox::TRUSTEE_RIGHTS, &rights))
}

fn rights(call: &Call<'_>, known: &[&str]) -> Result<Vec<String>, ExchangeError> {
    let given = call.parameters.texts("AccessRights").unwrap_or_default();
    let parse = |right: &String| {
        let found = known.iter().find(|known| known.eq_ignore_ascii_case(right));
        found
            .map(|right| (*right).to_owned())
            .ok_or_else(|| ExchangeError::argument(format!("\"{right}\" isn't a valid value for AccessRights.")))
    };
    given.iter().map(parse).collect()
}

/// The recipient, and who gets rights on it.
struct Ends {
    of: String,
    who: String,
}

impl Ends {
    fn find(call: &Call<'_>, parameter: &str, mailbox: bool) -> Result<Self, ExchangeError> {
        let truth = call.truth();
        let name = call.parameters.text("Identity").unwrap_or_default();
        let of = truth.resolve(&name).filter(|found| !mailbox || found.kind.is_mailbox());
        let of = of.ok_or_else(|| ExchangeError::not_found(&name))?;
        let name = call.parameters.text(parameter).unwrap_or_default();
        let who = principal(&truth, &name).ok_or_else(|| ExchangeError::not_found(&name))?;
        Ok(Self { of: of.id.to_string(), who })
    }

    fn key(&self) -> String {
        format!("{}/{}", self.of, self.who)
    }

    fn known(&self, call: &Call<'_>, entity: Entity) -> Record {
        let known = call.truth().own.get(entity, &self.key()).map(|record| Record::clone(record));
        known.unwrap_or_default()
    }

    /// Writes the permission and answers with it; one that is there already is a warning.
    fn write(&self, call: &mut Call<'_>, entity: Entity, record: Record) -> Outcome {
        let item = print::of_record(&call.truth(), entity, &record);
        if self.known(call, entity) == record {
            // Text UNV.
            call.warnings.push(format!(
                "The appropriate access control entry is already present on the object \"{}\" for account \"{}\".",
                self.of, self.who
            ));
        } else {
            let origin = call.origin();
            call.state.commit(entity, &self.key(), Some(record), origin);
        }
        Outcome::of(vec![item])
    }

    /// Takes rights away; rights that are not there are a warning.
    fn take(&self, call: &mut Call<'_>, entity: Entity, property: u8, rights: &[String]) -> Outcome {
        let mut record = self.known(call, entity);
        let mut taken = false;
        for right in rights {
            taken |= record.remove(property, right);
        }
        if !taken {
            // Text UNV.
            call.warnings.push(format!(
                "Can't remove the access control entry on the object \"{}\" for account \"{}\" because the ACE isn't present on the object.",
                self.of, self.who
            ));
            return Outcome::default();
        }
        let left = record.strings(property).next().is_some();
        let origin = call.origin();
        call.state.commit(entity, &self.key(), left.then_some(record), origin);
        Outcome { silent: true, ..Outcome::default() }
    }
}

/// Somebody who can be given rights: a recipient, or an account without mail.
fn principal(truth: &Exchange<'_>, name: &str) -> Option<String> {
    let found = truth.resolve(name).map(|found| found.id.to_string());
    found.or_else(|| truth.graph.user(name).map(|(id, _)| id.to_string()))
}
