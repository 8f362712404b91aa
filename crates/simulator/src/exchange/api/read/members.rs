//! `Get-DistributionGroupMember`, `Get-DynamicDistributionGroupMember`, `Get-UnifiedGroupLinks`.

use serde_json::{Value, json};

use super::super::{
    call::{Call, Item, Outcome},
    error::ExchangeError,
};
use crate::{
    exchange::{
        kind::Kind,
        print,
        schema::recipient,
        view::{Exchange, Recipient},
    },
    schema::{Entity, group, user},
};

pub(crate) fn of_list(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let list = group(call, &[Kind::DistributionList, Kind::SecurityList, Kind::RoomList])?;
    Ok(answer(call, &list.members()))
}

pub(crate) fn of_dynamic_list(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let list = group(call, &[Kind::DynamicList])?;
    Ok(answer(call, &list.members()))
}

pub(crate) fn links(call: &mut Call<'_>) -> Result<Outcome, ExchangeError> {
    let group = group(call, &[Kind::GroupMailbox])?;
    let kind = call.parameters.text("LinkType").unwrap_or_default();
    let keys = match kind.to_lowercase().as_str() {
        "members" => group.members(),
        "owners" => group.strings(recipient::MANAGED_BY),
        // Who is no member any more gets nothing either.
        "subscribers" => {
            let members = group.members();
            group.strings(recipient::SUBSCRIBERS).into_iter().filter(|key| members.contains(key)).collect()
        }
        "aggregators" | "eventsubscribers" => Vec::new(),
        _ => return Err(ExchangeError::argument(format!("\"{kind}\" isn't a valid value for LinkType."))),
    };
    Ok(answer(call, &keys))
}

fn group<'a>(call: &'a Call<'_>, kinds: &[Kind]) -> Result<Recipient<'a>, ExchangeError> {
    let found = call.named("Identity")?;
    if kinds.contains(&found.kind) {
        return Ok(found);
    }
    Err(ExchangeError::not_found(&call.parameters.text("Identity").unwrap_or_default()))
}

fn answer(call: &Call<'_>, keys: &[String]) -> Outcome {
    let view = call.view();
    call.counted(keys.iter().filter_map(|key| member(&view, key)))
}

/// A member as it is printed; one without mail is shown with its kind in the directory.
fn member(view: &Exchange<'_>, key: &str) -> Option<Item> {
    if let Some(found) = view.by_id(key) {
        return (!found.deleted).then(|| print::of_recipient(&found, Some(recipient::MEMBER)));
    }
    let bare = |name: Option<&str>, kind: &str| -> Item {
        let rows = recipient::SCHEMA.properties.iter().filter(|row| row.shown & recipient::MEMBER != 0 && !row.hidden);
        let value = |row: &str| match row {
            "ExternalDirectoryObjectId" | "Identity" | "Name" => json!(key),
            "DisplayName" => json!(name),
            // Names of kinds without mail (general knowledge, UNV).
            "RecipientType" | "RecipientTypeDetails" => json!(kind),
            "PrimarySmtpAddress" => json!(""),
            _ => Value::Null,
        };
        rows.map(|row| (row.name.to_owned(), value(row.name))).collect()
    };
    if let Some((_, account)) = view.graph.user(key) {
        return Some(bare(account.text(user::DISPLAY_NAME), "User"));
    }
    let nested = view.graph.get(Entity::Group, key)?;
    Some(bare(nested.text(group::DISPLAY_NAME), "Group"))
}
