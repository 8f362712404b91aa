//! Graph's answers as they are written.

use serde::Deserialize;
use tenant_contacts_core::model::{Fact, Unknown};
use uuid::Uuid;

use crate::graph::Field;

/// A list whose next page is fetched by hand, as the answer of a batch item.
#[derive(Deserialize)]
pub(super) struct List<T> {
    pub(super) value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    pub(super) next_link: Option<String>,
}

/// An account, or a delta item. Members are named as Graph names them.
#[allow(clippy::struct_field_names)]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    pub(super) id: Uuid,
    #[serde(default)]
    pub(super) user_principal_name: Field<Box<str>>,
    #[serde(default)]
    pub(super) mail: Field<Box<str>>,
    #[serde(default)]
    pub(super) account_enabled: Field<bool>,
    #[serde(default)]
    pub(super) on_premises_sync_enabled: Field<bool>,
    #[serde(default)]
    pub(super) other_mails: Field<Vec<Box<str>>>,
    #[serde(default)]
    pub(super) mobile_phone: Field<Box<str>>,
    #[serde(default)]
    pub(super) business_phones: Field<Vec<Box<str>>>,
    /// Present on a delta item of a removed account.
    #[serde(default, rename = "@removed")]
    pub(super) removed: Field<serde::de::IgnoredAny>,
}

/// An object of which only the id matters.
#[derive(Deserialize)]
pub(super) struct Id {
    pub(super) id: Uuid,
}

/// The organization.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Organization {
    pub(super) id: Uuid,
    #[serde(default)]
    pub(super) technical_notification_mails: Field<Vec<Box<str>>>,
    #[serde(default)]
    pub(super) security_compliance_notification_mails: Field<Vec<Box<str>>>,
    #[serde(default)]
    pub(super) security_compliance_notification_phones: Field<Vec<Box<str>>>,
    #[serde(default)]
    pub(super) marketing_notification_emails: Field<Vec<Box<str>>>,
    #[serde(default)]
    pub(super) privacy_profile: Field<PrivacyProfile>,
}

/// The organization's privacy profile.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PrivacyProfile {
    pub(super) contact_email: Option<Box<str>>,
    pub(super) statement_url: Option<Box<str>>,
}

/// A domain. Its id is its name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Domain {
    pub(super) id: Box<str>,
    #[serde(default)]
    pub(super) is_verified: Option<bool>,
    #[serde(default)]
    pub(super) is_initial: Option<bool>,
}

/// A role assignment, or an eligibility.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Assignment {
    pub(super) role_definition_id: Uuid,
    pub(super) principal_id: Uuid,
    #[serde(default)]
    pub(super) principal: Option<Principal>,
}

/// Who holds a role.
#[derive(Deserialize)]
pub(super) struct Principal {
    #[serde(rename = "@odata.type")]
    pub(super) kind: Option<Box<str>>,
}

/// A set of values as a fact. Null means "none" only to a token that may read the property; `may_read` says so.
pub(super) fn values(field: Field<Vec<Box<str>>>, may_read: Option<&Unknown>) -> Fact<Box<[Box<str>]>> {
    match (may_read, field) {
        (Some(why), _) => Fact::Unknown(why.clone()),
        (None, Field::Value(values)) => Fact::of_values(values),
        (None, Field::Null) => Fact::Absent,
        (None, Field::Absent) => Fact::Unknown(Unknown::NotRead),
    }
}

/// One value as a fact.
pub(super) fn value<T>(field: Field<T>, may_read: Option<&Unknown>) -> Fact<T> {
    match (may_read, field) {
        (Some(why), _) => Fact::Unknown(why.clone()),
        (None, Field::Value(value)) => Fact::Present(value),
        (None, Field::Null) => Fact::Absent,
        (None, Field::Absent) => Fact::Unknown(Unknown::NotRead),
    }
}

/// One text as a set of at most one. An empty text is none.
pub(super) fn single(field: Field<Box<str>>, may_read: Option<&Unknown>) -> Fact<Box<[Box<str>]>> {
    let list = match field {
        Field::Value(text) if text.is_empty() => Field::Value(Vec::new()),
        Field::Value(text) => Field::Value(vec![text]),
        Field::Null => Field::Null,
        Field::Absent => Field::Absent,
    };
    values(list, may_read)
}
