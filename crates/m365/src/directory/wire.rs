//! Graph's answers as they are written.

use serde::Deserialize;
use tenant_contacts_core::model::{Fact, ServiceFailure, Unknown};
use uuid::Uuid;

use crate::graph::Field;

/// A list whose next page is fetched by hand, as the answer of a batch item.
#[derive(Deserialize)]
pub(crate) struct List<T> {
    pub(crate) value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    pub(crate) next_link: Option<String>,
    /// An error beside the items: they may not be all.
    #[serde(default)]
    pub(crate) error: Option<serde::de::IgnoredAny>,
}

/// An object of which only the id matters.
#[derive(Deserialize)]
pub(crate) struct Id {
    pub(crate) id: Uuid,
}

/// The organization.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Organization {
    pub(crate) id: Uuid,
    #[serde(default)]
    pub(crate) display_name: Field<Box<str>>,
    #[serde(default)]
    pub(crate) created_date_time: Field<Box<str>>,
    #[serde(default)]
    pub(crate) technical_notification_mails: Field<Vec<Box<str>>>,
    #[serde(default)]
    pub(crate) security_compliance_notification_mails: Field<Vec<Box<str>>>,
    #[serde(default)]
    pub(crate) security_compliance_notification_phones: Field<Vec<Box<str>>>,
    #[serde(default)]
    pub(crate) marketing_notification_emails: Field<Vec<Box<str>>>,
    #[serde(default)]
    pub(crate) privacy_profile: Field<PrivacyProfile>,
    #[serde(default)]
    pub(crate) verified_domains: Field<serde_json::Value>,
}

/// The organization's privacy profile.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrivacyProfile {
    pub(crate) contact_email: Option<Box<str>>,
    pub(crate) statement_url: Option<Box<str>>,
}

/// A domain. Its id is its name.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Domain {
    pub(crate) id: Box<str>,
    #[serde(default)]
    pub(crate) is_verified: Field<bool>,
    #[serde(default)]
    pub(crate) is_initial: Field<bool>,
}

/// A role assignment, or an eligibility.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Assignment {
    #[serde(default)]
    pub(crate) id: Option<Box<str>>,
    pub(crate) role_definition_id: Uuid,
    pub(crate) principal_id: Uuid,
    /// `/` is the whole tenant.
    #[serde(default)]
    pub(crate) directory_scope_id: Option<Box<str>>,
    #[serde(default)]
    pub(crate) principal: Option<Principal>,
    /// Whether the principal is known to be gone; not on the wire.
    #[serde(skip)]
    pub(crate) orphaned: bool,
    /// Why it is not known what the principal is; not on the wire.
    #[serde(skip)]
    pub(crate) untold: Option<Unknown>,
}

impl Assignment {
    /// What kind of object the principal is.
    pub(crate) fn kind(&self) -> Option<&str> {
        self.principal.as_ref()?.kind.as_deref()
    }
}

/// Who holds a role. Of a kind of object that the token may not read, Graph gives type and id, and null for the rest.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Principal {
    #[serde(default)]
    pub(crate) id: Option<Uuid>,
    #[serde(default, rename = "@odata.type")]
    pub(crate) kind: Option<Box<str>>,
    #[serde(default, rename = "displayName")]
    pub(crate) display_name: Option<Box<str>>,
    /// Of a group: who may see its members.
    #[serde(default)]
    pub(crate) visibility: Option<Box<str>>,
}

impl Principal {
    /// Whether members of the group may be kept from a token: they are where the group says so, and may be where the token
    /// does not see the group itself.
    pub(crate) fn may_hide_members(&self) -> bool {
        match self.visibility.as_deref() {
            Some(visibility) => visibility.eq_ignore_ascii_case("HiddenMembership"),
            None => self.display_name.is_none(),
        }
    }
}

/// A set of values as a fact. Null means "none" only to a token that may read the property; `may_read` says so.
pub(crate) fn values(field: Field<Vec<Box<str>>>, may_read: Option<&Unknown>) -> Fact<Box<[Box<str>]>> {
    match (may_read, field) {
        (Some(why), _) => Fact::Unknown(why.clone()),
        (None, Field::Value(values)) => Fact::of_values(values),
        (None, Field::Unreadable) => unreadable(),
        (None, Field::Null) => Fact::Absent,
        (None, Field::Absent) => Fact::Unknown(Unknown::NotRead),
    }
}

/// What is written in a way that nobody understands.
fn unreadable<T>() -> Fact<T> {
    Fact::Unknown(Unknown::ServiceFailed("a property".into(), ServiceFailure::Unintelligible))
}

/// One value as a fact.
pub(crate) fn value<T>(field: Field<T>, may_read: Option<&Unknown>) -> Fact<T> {
    match (may_read, field) {
        (Some(why), _) => Fact::Unknown(why.clone()),
        (None, Field::Value(value)) => Fact::Present(value),
        (None, Field::Unreadable) => unreadable(),
        (None, Field::Null) => Fact::Absent,
        (None, Field::Absent) => Fact::Unknown(Unknown::NotRead),
    }
}

/// One text as a set of at most one. An empty text is none.
pub(crate) fn one(field: Field<Box<str>>) -> Field<Vec<Box<str>>> {
    match field {
        Field::Value(text) if text.is_empty() => Field::Value(Vec::new()),
        Field::Value(text) => Field::Value(vec![text]),
        Field::Null => Field::Null,
        Field::Absent => Field::Absent,
        Field::Unreadable => Field::Unreadable,
    }
}
