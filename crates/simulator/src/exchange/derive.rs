//! Values that Exchange does not keep: what follows from the account or group, and what is so unless told otherwise.
//!
//! Invariant: pure; equal states give equal values.

use serde_json::{Value, json};

use super::{
    kind::{self, Kind},
    schema::recipient,
    view::Recipient,
};
use crate::{
    ids,
    schema::{Entity, group, user},
    store::record::Record,
};

/// One gigabyte as Exchange counts.
const GIGABYTE: u64 = 1 << 30;
/// Quotas by mailbox plan (general knowledge, UNV): frontline 2 GB, enterprise 100 GB, everything else 50 GB.
const QUOTAS: &[(&str, u64)] =
    &[("4a82b400-a79f-41a4-b4e2-e94f5787b113", 2), ("efb87545-963c-4e0d-99df-69c6916d9eb0", 100)];
/// Of shared mailboxes without a licence, and of plans not listed.
const QUOTA: u64 = 50;
/// What a mailbox has unless another one is set (general knowledge).
pub(crate) const DEFAULT_RETENTION: &str = "Default MRM Policy";

impl Recipient<'_> {
    /// A property as stored or derived; none where there is no value. References are keys.
    pub(crate) fn value(&self, property: u8) -> Option<Value> {
        let own = self.own.and_then(|own| own.get(property));
        let superseded = property == recipient::EMAIL_ADDRESSES && self.is_mirrored();
        own.filter(|_| !superseded).cloned().or_else(|| derived(self, property))
    }
}

/// The value of a property that is not kept; none where there is none.
fn derived(of: &Recipient<'_>, property: u8) -> Option<Value> {
    let account = match of.account {
        Some((Entity::User, record)) => Some(record),
        _ => None,
    };
    let group = match of.account {
        Some((Entity::Group, record)) => Some(record),
        _ => None,
    };
    let from = |of_user: u8, of_group: u8| {
        account.and_then(|record| record.text(of_user)).or_else(|| group.and_then(|record| record.text(of_group)))
    };
    match property {
        recipient::ENTRA_ID => {
            let standalone = of.own.is_some_and(|own| own.is_true(recipient::STANDALONE));
            (!standalone).then(|| json!(&**of.id))
        }
        // Exchange's own id is another one than the directory's.
        recipient::GUID => Some(json!(ids::derive("exchange", of.id))),
        recipient::IDENTITY => Some(json!(of.identity())),
        recipient::NAME => name(of, account, group).map(Value::from),
        recipient::DISPLAY_NAME => from(user::DISPLAY_NAME, group::DISPLAY_NAME)
            .map(Value::from)
            .or_else(|| of.own.and_then(|own| own.get(recipient::NAME)).cloned()),
        recipient::ALIAS => Some(json!(alias(of, from(user::MAIL_NICKNAME, group::MAIL_NICKNAME)))),
        recipient::USER_PRINCIPAL_NAME => account.and_then(|record| record.get(user::USER_PRINCIPAL_NAME)).cloned(),
        recipient::DISTINGUISHED_NAME => Some(json!(format!(
            "CN={},OU={},OU=Microsoft Exchange Hosted Organizations,DC=EURPR01A001,DC=PROD,DC=OUTLOOK,DC=COM",
            of.identity(),
            of.exchange.organization
        ))),
        recipient::LEGACY_DN => Some(json!(format!(
            "/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn={}",
            ids::derive("exchange", of.id).replace('-', "")
        ))),
        recipient::PRIMARY_ADDRESS | recipient::WINDOWS_ADDRESS => of.primary_address().map(Value::from),
        recipient::EMAIL_ADDRESSES => Some(addresses(of, account, group)),
        recipient::EXTERNAL_ADDRESS if matches!(of.kind, Kind::MailUser | Kind::GuestMailUser) => {
            account.and_then(|record| record.text(user::MAIL_ADDRESS)).map(|mail| json!(format!("SMTP:{mail}")))
        }
        recipient::TYPE => Some(json!(of.kind.recipient_type())),
        recipient::TYPE_DETAILS => Some(json!(of.kind.details())),
        recipient::ACCOUNT_DISABLED => Some(json!(account.is_none_or(|record| !record.is_true(user::ACCOUNT_ENABLED)))),
        recipient::IS_DIR_SYNCED => {
            let synced = account.is_some_and(|record| record.is_true(user::SYNC_ENABLED))
                || group.is_some_and(|record| record.is_true(group::SYNC_ENABLED));
            Some(json!(synced))
        }
        recipient::SKU_ASSIGNED => Some(json!(account.is_some_and(|record| kind::mailbox_plan(record).is_some()))),
        // New-DistributionGroup and groups made in Outlook refuse unauthenticated senders unless told otherwise. [EPS]
        recipient::REQUIRE_AUTHENTICATION => Some(json!(of.kind.is_group())),
        recipient::QUOTA if of.kind.is_mailbox() => Some(json!(quota(account) * GIGABYTE)),
        recipient::RETENTION_POLICY if of.kind.is_mailbox() => Some(json!(DEFAULT_RETENTION)),
        recipient::MANAGED_BY => group.and_then(|record| record.get(group::OWNERS)).cloned(),
        recipient::WHEN_CREATED => from(user::CREATED_DATE_TIME, group::CREATED_DATE_TIME).map(Value::from),
        recipient::WHEN_SOFT_DELETED => account.and_then(|record| record.get(user::DELETED_DATE_TIME)).cloned(),
        recipient::SUBSCRIPTION_ENABLED => Some(json!(of.kind == Kind::GroupMailbox)),
        _ => None,
    }
}

/// Unique among recipients. Accounts carry their object id (Exchange Online's naming since 2023, general knowledge);
/// Microsoft 365 groups the alias with a part of it; lists what they were called.
fn name(of: &Recipient<'_>, account: Option<&Record>, group: Option<&Record>) -> Option<String> {
    if account.is_some() {
        return Some(of.id.to_string());
    }
    let group = group?;
    if of.kind == Kind::GroupMailbox {
        let nickname = group.text(group::MAIL_NICKNAME).unwrap_or("group");
        return Some(format!("{nickname}_{}", of.id.replace('-', "").get(..10).unwrap_or_default()));
    }
    group.text(group::DISPLAY_NAME).map(str::to_owned)
}

fn alias(of: &Recipient<'_>, nickname: Option<&str>) -> String {
    if let Some(nickname) = nickname {
        return nickname.to_owned();
    }
    let own = of.own.and_then(|own| own.text(recipient::NAME)).unwrap_or_default();
    let address = of.primary_address();
    let local = address.as_deref().and_then(|address| address.split('@').next()).unwrap_or(own);
    local.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect()
}

/// The directory's addresses; a mailbox whose account has none there has its sign-in name.
fn addresses(of: &Recipient<'_>, account: Option<&Record>, group: Option<&Record>) -> Value {
    let kept = account
        .and_then(|record| record.get(user::PROXY_ADDRESSES))
        .or_else(|| group.and_then(|record| record.get(group::PROXY_ADDRESSES)));
    let entries = kept.and_then(Value::as_array).cloned().unwrap_or_default();
    if entries.iter().filter_map(Value::as_str).any(|entry| entry.starts_with("SMTP:")) {
        return Value::Array(entries);
    }
    let fallback = account.and_then(|record| {
        let name = if of.kind.is_mailbox() { user::USER_PRINCIPAL_NAME } else { user::MAIL_ADDRESS };
        record.text(name)
    });
    let fallback = fallback.or_else(|| group.and_then(|record| record.text(group::MAIL)));
    let primary = fallback.map(|address| json!(format!("SMTP:{address}")));
    Value::Array(primary.into_iter().chain(entries).collect())
}

fn quota(account: Option<&Record>) -> u64 {
    let plan = account.and_then(kind::mailbox_plan);
    QUOTAS.iter().find(|(id, _)| plan == Some(*id)).map_or(QUOTA, |(_, gigabytes)| *gigabytes)
}
