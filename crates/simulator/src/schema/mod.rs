//! What each kind of object consists of: one table per kind, and everything else follows the tables.
//!
//! Invariant: a property is described in exactly one row; handlers name properties only where a rule is about that one.

pub(crate) mod billing;
pub(crate) mod derived;
pub(crate) mod directory;
pub(crate) mod facts;
pub(crate) mod group;
pub(crate) mod organization;
pub(crate) mod partner;
pub(crate) mod property;
pub(crate) mod role;
pub(crate) mod table;
pub(crate) mod user;
mod value_type;

use serde_json::Value;

use crate::{
    exchange::schema::{self as exchange, mailbox, policies, recipient, transport},
    store::record::Record,
};

pub(crate) use property::{Property, Schema, Write};
pub(crate) use value_type::Type;

/// The kinds of objects in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Entity {
    User,
    Group,
    Organization,
    Domain,
    Sku,
    ServicePrincipal,
    RoleDefinition,
    RoleAssignment,
    RoleEligibility,
    DirectoryRole,
    DirectoryRoleTemplate,
    AdministrativeUnit,
    LifecyclePolicy,
    /// Made of Exchange's mail contacts whenever it is read.
    OrgContact,
    EmailMethod,
    PhoneMethod,
    PartnerProfile,
    BillingAccount,
    BillingProfile,
    BillingRoleAssignment,
    // Exchange's own.
    Recipient,
    MailboxPermission,
    RecipientPermission,
    InboxRule,
    MailboxStatistics,
    TransportRule,
    RemoteDomain,
    OutboundConnector,
    AcceptedDomain,
    MessageTrace,
    ContentFilterPolicy,
    ContentFilterRule,
    SafeLinksPolicy,
    SafeLinksRule,
    OutboundPolicy,
    OutboundRule,
    AllowBlockEntry,
    QuarantineMessage,
    RetentionPolicy,
    RetentionTag,
    OrganizationConfig,
}

impl Entity {
    /// Number of kinds, for tables indexed by kind.
    pub(crate) const COUNT: usize = 41;

    /// All kinds, in the order in which `truth` prints them.
    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::User,
        Self::Group,
        Self::Organization,
        Self::Domain,
        Self::Sku,
        Self::ServicePrincipal,
        Self::RoleDefinition,
        Self::RoleAssignment,
        Self::RoleEligibility,
        Self::DirectoryRole,
        Self::DirectoryRoleTemplate,
        Self::AdministrativeUnit,
        Self::LifecyclePolicy,
        Self::OrgContact,
        Self::EmailMethod,
        Self::PhoneMethod,
        Self::PartnerProfile,
        Self::BillingAccount,
        Self::BillingProfile,
        Self::BillingRoleAssignment,
        Self::Recipient,
        Self::MailboxPermission,
        Self::RecipientPermission,
        Self::InboxRule,
        Self::MailboxStatistics,
        Self::TransportRule,
        Self::RemoteDomain,
        Self::OutboundConnector,
        Self::AcceptedDomain,
        Self::MessageTrace,
        Self::ContentFilterPolicy,
        Self::ContentFilterRule,
        Self::SafeLinksPolicy,
        Self::SafeLinksRule,
        Self::OutboundPolicy,
        Self::OutboundRule,
        Self::AllowBlockEntry,
        Self::QuarantineMessage,
        Self::RetentionPolicy,
        Self::RetentionTag,
        Self::OrganizationConfig,
    ];

    /// Whether Exchange keeps it, and not the directory.
    pub(crate) fn is_exchange(self) -> bool {
        self as usize >= Self::Recipient as usize
    }

    /// The property that marks an object as deleted, for the kinds that are deleted softly.
    fn deletion(self) -> Option<u8> {
        match self {
            Self::User => Some(user::DELETED_DATE_TIME),
            Self::Group => Some(group::DELETED_DATE_TIME),
            Self::AdministrativeUnit => Some(directory::UNIT_DELETED),
            _ => None,
        }
    }

    /// Whether an object is deleted, though kept.
    pub(crate) fn is_deleted(self, record: &Record) -> bool {
        self.deletion().is_some_and(|property| record.get(property).is_some())
    }

    /// Sets the date of deletion; null takes it back.
    pub(crate) fn set_deleted(self, record: &mut Record, date: Value) {
        if let Some(property) = self.deletion() {
            record.set(property, date);
        }
    }

    pub(crate) fn schema(self) -> &'static Schema {
        match self {
            Self::User => &user::SCHEMA,
            Self::Group => &group::SCHEMA,
            Self::Organization => &organization::SCHEMA,
            Self::Domain => &directory::DOMAIN,
            Self::Sku => &directory::SKU,
            Self::ServicePrincipal => &directory::SERVICE_PRINCIPAL,
            Self::RoleDefinition => &role::DEFINITION,
            Self::RoleAssignment => &role::ASSIGNMENT,
            Self::RoleEligibility => &role::ELIGIBILITY,
            Self::DirectoryRole => &role::DIRECTORY_ROLE,
            Self::DirectoryRoleTemplate => &role::TEMPLATE,
            Self::AdministrativeUnit => &directory::UNIT,
            Self::LifecyclePolicy => &directory::LIFECYCLE,
            Self::OrgContact => &directory::CONTACT,
            Self::EmailMethod => &directory::EMAIL_METHOD,
            Self::PhoneMethod => &directory::PHONE_METHOD,
            Self::PartnerProfile => &partner::PROFILE,
            Self::BillingAccount => &billing::ACCOUNT,
            Self::BillingProfile => &billing::PROFILE,
            Self::BillingRoleAssignment => &billing::ROLE_ASSIGNMENT,
            Self::Recipient => &recipient::SCHEMA,
            Self::MailboxPermission => &mailbox::PERMISSION,
            Self::RecipientPermission => &mailbox::TRUSTEE,
            Self::InboxRule => &mailbox::RULE,
            Self::MailboxStatistics => &mailbox::STATISTICS,
            Self::TransportRule => &transport::RULE,
            Self::RemoteDomain => &transport::REMOTE_DOMAIN,
            Self::OutboundConnector => &transport::OUTBOUND_CONNECTOR,
            Self::AcceptedDomain => &transport::ACCEPTED_DOMAIN,
            Self::MessageTrace => &transport::TRACE,
            Self::ContentFilterPolicy => &policies::CONTENT_FILTER,
            Self::ContentFilterRule => &policies::CONTENT_FILTER_RULE,
            Self::SafeLinksPolicy => &policies::SAFE_LINKS,
            Self::SafeLinksRule => &policies::SAFE_LINKS_RULE,
            Self::OutboundPolicy => &policies::OUTBOUND,
            Self::OutboundRule => &policies::OUTBOUND_RULE,
            Self::AllowBlockEntry => &policies::ALLOW_BLOCK,
            Self::QuarantineMessage => &policies::QUARANTINE,
            Self::RetentionPolicy => &policies::RETENTION,
            Self::RetentionTag => &policies::TAG,
            Self::OrganizationConfig => &exchange::organization::SCHEMA,
        }
    }
}
