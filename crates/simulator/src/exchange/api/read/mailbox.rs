//! What belongs to one mailbox: `Get-MailboxPermission`, `Get-RecipientPermission`, `Get-InboxRule`,
//! `Get-MailboxStatistics`.

use serde_json::json;

use super::super::{
    call::{Call, Item, Outcome},
    error::ExchangeError,
};
use crate::{
    exchange::{
        print,
        schema::{mailbox, recipient},
        view::Recipient,
    },
    schema::Entity,
    store::record::Record,
};

/// Everybody's right on the own mailbox.
const SELF: &str = "NT AUTHORITY\\SELF";

pub(crate) fn permissions(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let of = call.mailbox("Identity")?;
    let only = call.parameters.text("User").map(|name| key(call, &name));
    let mut own = Record::default();
    own.set(mailbox::PERMISSION_IDENTITY, json!(&**of.id));
    own.set(mailbox::PERMISSION_USER, json!(SELF));
    own.set(mailbox::PERMISSION_RIGHTS, json!(["FullAccess", "ReadPermission"]));
    own.set(mailbox::PERMISSION_INHERITANCE, json!("All"));
    Ok(rights(call, &of, Entity::MailboxPermission, &own, mailbox::PERMISSION_USER, only.as_deref()))
}

pub(crate) fn trustees(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let only = call.parameters.text("Trustee").map(|name| key(call, &name));
    if call.parameters.text("Identity").is_none() {
        let view = call.view();
        let all = view.own.range(Entity::RecipientPermission, None);
        let fitting = all.filter(|(_, record)| fits(record, mailbox::TRUSTEE_NAME, only.as_deref()));
        return Ok(
            call.counted(fitting.map(|(_, record)| print::of_record(&view, Entity::RecipientPermission, record)))
        );
    }
    let of = call.named("Identity")?;
    let mut own = Record::default();
    own.set(mailbox::TRUSTEE_IDENTITY, json!(&**of.id));
    own.set(mailbox::TRUSTEE_NAME, json!(SELF));
    own.set(mailbox::TRUSTEE_CONTROL, json!("Allow"));
    own.set(mailbox::TRUSTEE_RIGHTS, json!(["SendAs"]));
    own.set(mailbox::TRUSTEE_INHERITANCE, json!("None"));
    Ok(rights(call, &of, Entity::RecipientPermission, &own, mailbox::TRUSTEE_NAME, only.as_deref()))
}

/// The key of whoever a name stands for; a name nobody has stands for itself.
fn key(call: &Call<'_>, name: &str) -> String {
    let view = call.view();
    let found = view.resolve(name).map(|found| found.id.to_string());
    found.or_else(|| view.graph.user(name).map(|(id, _)| id.to_string())).unwrap_or_else(|| name.to_owned())
}

fn fits(record: &Record, who: u8, only: Option<&str>) -> bool {
    only.is_none_or(|only| record.text(who).is_some_and(|have| have.eq_ignore_ascii_case(only)))
}

fn rights(call: &Call<'_>, of: &Recipient<'_>, entity: Entity, own: &Record, who: u8, only: Option<&str>) -> Outcome {
    let listed = call.state.options.switches.permissions_list_self;
    let first = Some(own).filter(|own| listed && fits(own, who, only));
    let given = of.belongings(entity).map(|(_, record)| &**record).filter(|record| fits(record, who, only));
    call.counted(first.into_iter().chain(given).map(|record| print::of_record(&of.exchange, entity, record)))
}

pub(crate) fn rules(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let of = call.mailbox("Mailbox")?;
    let hidden = call.parameters.is_on("IncludeHidden");
    let only = call.parameters.text("Identity");
    let told = call.state.options.switches.inbox_rules_say_hidden;
    let shown = of
        .belongings(Entity::InboxRule)
        .filter(|(_, rule)| hidden || !rule.is_true(mailbox::RULE_HIDDEN))
        .filter(|(_, rule)| {
            let named = |number| rule.text(number).map(str::to_owned);
            only.is_none() || named(mailbox::RULE_NAME) == only || named(mailbox::RULE_NUMBER) == only
        });
    Ok(call.counted(shown.map(|(_, rule)| {
        let mut item = print::of_record(&of.exchange, Entity::InboxRule, rule);
        let number = rule.text(mailbox::RULE_NUMBER).unwrap_or_default();
        item.insert("Identity".to_owned(), json!(format!("{}\\{number}", of.identity())));
        if !told {
            item.remove("IsHidden");
        }
        item
    })))
}

/// What everybody has unless told otherwise (general knowledge, UNV); nothing else is kept of folders.
pub(crate) fn folder_permissions(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let identity = call.parameters.text("Identity").unwrap_or_default();
    let (name, folder) = identity.split_once(":\\").unwrap_or((&identity, ""));
    let found = call.view().resolve(name).filter(|found| found.kind.is_mailbox());
    let of = found.ok_or_else(|| ExchangeError::not_found(name))?;
    let calendar = folder.eq_ignore_ascii_case("calendar");
    let item = |user: &str, right: &str| -> Item {
        let value = json!({"Identity": format!("{}:\\{folder}", of.identity()), "FolderName": folder, "User": user,
            "AccessRights": [right], "SharingPermissionFlags": null});
        value.as_object().cloned().unwrap_or_default()
    };
    let default = item("Default", if calendar { "AvailabilityOnly" } else { "None" });
    Ok(Outcome::of(vec![default, item("Anonymous", "None")]))
}

pub(crate) fn statistics(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let of = call.mailbox("Identity")?;
    let kept = of.exchange.own.get(Entity::MailboxStatistics, of.id);
    let mut record = kept.map(|record| Record::clone(record)).unwrap_or_default();
    for (number, none) in [(mailbox::TOTAL_SIZE, json!(0)), (mailbox::ITEM_COUNT, json!(0))] {
        if record.get(number).is_none() {
            record.set(number, none);
        }
    }
    record.set(mailbox::STATISTICS_NAME, json!(of.text(recipient::DISPLAY_NAME)));
    record.set(mailbox::STATISTICS_GUID, json!(of.text(recipient::GUID)));
    let item: Item = print::of_record(&of.exchange, Entity::MailboxStatistics, &record);
    Ok(Outcome::of(vec![item]))
}
