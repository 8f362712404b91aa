//! `Get-Mailbox`, `Get-MailUser`, `Get-MailContact`, `Get-DistributionGroup`, `Get-DynamicDistributionGroup`,
//! `Get-UnifiedGroup`, `Get-Recipient`.

use super::super::{
    call::{Call, Outcome},
    error::ExchangeError,
};
use crate::exchange::{
    kind::Kind,
    print,
    schema::recipient,
    view::{Cursor, Recipient},
};

const MAILBOXES: &[Kind] = &[Kind::UserMailbox, Kind::SharedMailbox, Kind::RoomMailbox, Kind::EquipmentMailbox];

pub(crate) fn mailboxes(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let kinds = wanted(call, Kind::is_mailbox)?.unwrap_or_else(|| MAILBOXES.to_vec());
    of_kinds(call, &kinds, call.parameters.is_on("SoftDeletedMailbox"), None)
}

/// Recipients of every kind, with what is told of all of them. "To return Microsoft 365 Groups, you need to use the
/// RecipientTypeDetails parameter with the value GroupMailbox" (Microsoft, "Get-Recipient").
pub(crate) fn all(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let kinds = wanted(call, |_| true)?;
    let usual = || Kind::all().filter(|kind| *kind != Kind::GroupMailbox).collect();
    of_kinds(call, &kinds.unwrap_or_else(usual), false, Some(recipient::REDUCED))
}

/// The kinds that `RecipientTypeDetails` names; none where it is not given.
fn wanted(call: &Call<'_>, takes: impl Fn(Kind) -> bool) -> Result<Option<Vec<Kind>>, ExchangeError> {
    let Some(names) = call.parameters.texts("RecipientTypeDetails") else { return Ok(None) };
    let parse = |name: &str| {
        Kind::parse(name)
            .filter(|kind| takes(*kind))
            .ok_or_else(|| ExchangeError::argument(format!("\"{name}\" isn't a valid value for RecipientTypeDetails.")))
    };
    names.iter().flat_map(|name| name.split(',')).map(|name| parse(name.trim())).collect::<Result<_, _>>().map(Some)
}

pub(crate) fn mail_users(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    of_kinds(call, &[Kind::MailUser, Kind::GuestMailUser], false, None)
}

pub(crate) fn contacts(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    of_kinds(call, &[Kind::MailContact], false, None)
}

pub(crate) fn lists(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    of_kinds(call, &[Kind::DistributionList, Kind::SecurityList, Kind::RoomList], false, None)
}

pub(crate) fn dynamic_lists(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    of_kinds(call, &[Kind::DynamicList], false, None)
}

pub(crate) fn unified_groups(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    of_kinds(call, &[Kind::GroupMailbox], false, None)
}

fn of_kinds(call: &Call<'_>, kinds: &[Kind], deleted: bool, shown: Option<u8>) -> Result<Outcome, ExchangeError> {
    let view = call.view();
    let Some(name) = call.parameters.text("Identity") else {
        let all = view.recipients(&call.page.cursor);
        let fitting = all.filter(|(_, found)| kinds.contains(&found.kind) && found.deleted == deleted);
        return Ok(call.paged(fitting.map(|(part, found)| {
            (Cursor { part, after: Some(found.id.to_string()) }, print::of_recipient(&found, shown))
        })));
    };
    let found = if deleted { removed(call, &name) } else { view.resolve(&name) };
    let found = found.filter(|found| kinds.contains(&found.kind)).ok_or_else(|| ExchangeError::not_found(&name))?;
    Ok(Outcome::of(vec![print::of_recipient(&found, shown)]))
}

/// A removed mailbox; removed ones are few, and their names and addresses may be somebody else's by now.
fn removed<'a>(call: &'a Call<'_>, name: &str) -> Option<Recipient<'a>> {
    let key = name.to_lowercase();
    let all = call.view().recipients(&Cursor::default()).map(|(_, found)| found);
    all.filter(|found| found.deleted).find(|found| {
        *found.id.to_lowercase() == key
            || found.addresses().contains(&key)
            || [recipient::NAME, recipient::GUID, recipient::DISTINGUISHED_NAME, recipient::USER_PRINCIPAL_NAME]
                .iter()
                .any(|number| found.text(*number).is_some_and(|text| text.to_lowercase() == key))
    })
}
