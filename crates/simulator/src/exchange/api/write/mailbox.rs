//! `Set-Mailbox`. Contract §6.3, §10.20, §10.25.
//!
//! Invariant: there is no parameter PrimarySmtpAddress: Exchange Online does not have it. [EPS]

use serde_json::{Value, json};

use super::{
    super::{
        call::{Call, Outcome},
        error::ExchangeError,
        parameters::{Parameter, changes, needed, switch, text},
    },
    addresses, settings,
};
use crate::{
    exchange::{kind::Kind, schema::recipient, view::Recipient},
    store::record::Record,
};

pub(crate) const PARAMETERS: &[Parameter] = &[
    needed("Identity"),
    changes("EmailAddresses"),
    text("WindowsEmailAddress"),
    text("ForwardingAddress"),
    text("ForwardingSmtpAddress"),
    switch("DeliverToMailboxAndForward"),
    switch("HiddenFromAddressListsEnabled"),
    changes("GrantSendOnBehalfTo"),
    switch("RequireSenderAuthenticationEnabled"),
    changes("AcceptMessagesOnlyFrom"),
    changes("AcceptMessagesOnlyFromDLMembers"),
    changes("RejectMessagesFrom"),
    changes("RejectMessagesFromDLMembers"),
    switch("ModerationEnabled"),
    changes("ModeratedBy"),
    changes("BypassModerationFromSendersOrMembers"),
    text("ProhibitSendReceiveQuota"),
    text("RetentionPolicy"),
    switch("LitigationHoldEnabled"),
    switch("EmailAddressPolicyEnabled"),
    switch("IsExchangeCloudManaged"),
    text("DisplayName"),
    text("Alias"),
    text("Type"),
];

/// What needs more than setting a property.
const SPECIAL: &[&str] = &["EmailAddresses", "WindowsEmailAddress", "ForwardingSmtpAddress", "Type"];

pub(crate) fn set(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let name = call.parameters.text("Identity").unwrap_or_default();
    let (id, before, after) = {
        let truth = call.truth();
        let of = truth.resolve(&name).filter(|found| found.kind.is_mailbox());
        let of = of.ok_or_else(|| ExchangeError::not_found(&name))?;
        // Usable alone in a call (3P); the text is UNV.
        if call.parameters.value("IsExchangeCloudManaged").is_some() && call.parameters.names().count() > 2 {
            return Err(ExchangeError::argument("IsExchangeCloudManaged can't be combined with other parameters."));
        }
        settings::mastered(call, &of)?;
        let mut record = of.own.cloned().unwrap_or_default();
        settings::apply(call, &of, &mut record, SPECIAL)?;
        forwarding(call, &of, &mut record)?;
        kind(call, &of, &mut record)?;
        set_addresses(call, &of, &mut record)?;
        (of.id.to_string(), of.own.cloned(), record)
    };
    Ok(settings::finish(call, &id, before, after))
}

/// The address outside; kept without its type.
fn forwarding(call: &Call<'_>, of: &Recipient<'_>, record: &mut Record) -> Result<(), ExchangeError> {
    if call.parameters.value("ForwardingSmtpAddress").is_none() {
        return Ok(());
    }
    let text = call.parameters.text("ForwardingSmtpAddress").unwrap_or_default();
    let bare = text.split_once(':').filter(|(prefix, _)| prefix.eq_ignore_ascii_case("smtp"));
    let address = bare.map_or(text.as_str(), |(_, address)| address);
    if !address.is_empty() && !address.contains('@') {
        return Err(ExchangeError::argument(format!("The address '{address}' is invalid.")));
    }
    let value = if address.is_empty() { Value::Null } else { json!(address) };
    if Some(&value) != of.value(recipient::FORWARDING_SMTP_ADDRESS).as_ref() {
        record.set(recipient::FORWARDING_SMTP_ADDRESS, value);
    }
    Ok(())
}

fn kind(call: &Call<'_>, of: &Recipient<'_>, record: &mut Record) -> Result<(), ExchangeError> {
    let Some(text) = call.parameters.text("Type") else { return Ok(()) };
    let kind = match text.to_lowercase().as_str() {
        "regular" => Kind::UserMailbox,
        "shared" => Kind::SharedMailbox,
        "room" => Kind::RoomMailbox,
        "equipment" => Kind::EquipmentMailbox,
        _ => return Err(ExchangeError::argument(format!("\"{text}\" isn't a valid value for Type."))),
    };
    if kind != of.kind {
        record.set(recipient::TYPE_DETAILS, json!(kind.details()));
    }
    Ok(())
}

fn set_addresses(call: &Call<'_>, of: &Recipient<'_>, record: &mut Record) -> Result<(), ExchangeError> {
    let before = of.strings(recipient::EMAIL_ADDRESSES);
    let mut after = before.clone();
    if let Some(change) = call.parameters.change("EmailAddresses") {
        after = addresses::changed(&after, &change)?;
    }
    if let Some(primary) = call.parameters.text("WindowsEmailAddress") {
        // Under an address policy it sets the property alone, and no address. [EPS]
        if !of.is_true(recipient::ADDRESS_POLICY) {
            let same = of.primary_address().is_some_and(|have| have.eq_ignore_ascii_case(&primary));
            if !same {
                after = addresses::promoted(&after, &primary);
            }
        }
    }
    if after != before {
        addresses::check(call, of.id, &before, &after)?;
        record.set(recipient::EMAIL_ADDRESSES, json!(after));
    }
    Ok(())
}
