//! Protection: anti-spam, safe links, outbound spam, the tenant's allow and block list, quarantine, retention.

use crate::schema::{
    Property, Schema,
    Type::{Bool, Date, Number, Text, Texts},
    property::{number, property},
};

const CONTENT_FILTER_TABLE: &[Property] = &[
    property("Identity", Text),
    property("Name", Text),
    property("IsDefault", Bool),
    property("AllowedSenders", Texts),
    property("AllowedSenderDomains", Texts),
    property("BlockedSenders", Texts),
    property("BlockedSenderDomains", Texts),
    property("SpamAction", Text),
    property("HighConfidenceSpamAction", Text),
    property("PhishSpamAction", Text),
    property("HighConfidencePhishAction", Text),
    property("BulkSpamAction", Text),
    property("BulkThreshold", Number),
    property("QuarantineRetentionPeriod", Number),
    property("RedirectToRecipients", Texts),
];

/// An anti-spam policy.
pub(crate) static CONTENT_FILTER: Schema = Schema {
    type_name: "hostedContentFilterPolicy",
    set: "hostedContentFilterPolicies",
    properties: CONTENT_FILTER_TABLE,
};

/// The rows that rules of policies have alike: to whom a policy applies.
macro_rules! rule_table {
    ($policy:literal) => {
        &[
            property("Identity", Text),
            property("Name", Text),
            property($policy, Text),
            property("State", Text),
            property("Priority", Number),
            property("SentTo", Texts),
            property("SentToMemberOf", Texts),
            property("RecipientDomainIs", Texts),
            property("ExceptIfSentTo", Texts),
            property("ExceptIfSentToMemberOf", Texts),
            property("ExceptIfRecipientDomainIs", Texts),
        ]
    };
}

/// To whom an anti-spam policy applies.
pub(crate) static CONTENT_FILTER_RULE: Schema = Schema {
    type_name: "hostedContentFilterRule",
    set: "hostedContentFilterRules",
    properties: rule_table!("HostedContentFilterPolicy"),
};

const SAFE_LINKS_TABLE: &[Property] = &[
    property("Identity", Text),
    property("Name", Text),
    property("IsBuiltInProtection", Bool),
    property("EnableSafeLinksForEmail", Bool),
    property("EnableForInternalSenders", Bool),
    property("DisableUrlRewrite", Bool),
    property("DoNotRewriteUrls", Texts),
    property("ScanUrls", Bool),
    property("DeliverMessageAfterScan", Bool),
];

/// A Safe Links policy.
pub(crate) static SAFE_LINKS: Schema =
    Schema { type_name: "safeLinksPolicy", set: "safeLinksPolicies", properties: SAFE_LINKS_TABLE };

/// To whom a Safe Links policy applies.
pub(crate) static SAFE_LINKS_RULE: Schema =
    Schema { type_name: "safeLinksRule", set: "safeLinksRules", properties: rule_table!("SafeLinksPolicy") };

const OUTBOUND_TABLE: &[Property] = &[
    property("Identity", Text),
    property("Name", Text),
    property("IsDefault", Bool),
    // Automatic means Off in tenants made since 2021 (contract §6.3).
    property("AutoForwardingMode", Text),
    property("ActionWhenThresholdReached", Text),
    property("NotifyOutboundSpam", Bool),
    property("NotifyOutboundSpamRecipients", Texts),
];

/// An outbound spam policy.
pub(crate) static OUTBOUND: Schema = Schema {
    type_name: "hostedOutboundSpamFilterPolicy",
    set: "hostedOutboundSpamFilterPolicies",
    properties: OUTBOUND_TABLE,
};

const OUTBOUND_RULE_TABLE: &[Property] = &[
    property("Identity", Text),
    property("Name", Text),
    property("HostedOutboundSpamFilterPolicy", Text),
    property("State", Text),
    property("Priority", Number),
    property("From", Texts),
    property("FromMemberOf", Texts),
    property("SenderDomainIs", Texts),
    property("ExceptIfFrom", Texts),
    property("ExceptIfFromMemberOf", Texts),
    property("ExceptIfSenderDomainIs", Texts),
];

/// Whose mail an outbound spam policy is about.
pub(crate) static OUTBOUND_RULE: Schema = Schema {
    type_name: "hostedOutboundSpamFilterRule",
    set: "hostedOutboundSpamFilterRules",
    properties: OUTBOUND_RULE_TABLE,
};

const ALLOW_BLOCK_TABLE: &[Property] = &[
    property("Identity", Text),
    property("Value", Text),
    property("Action", Text),
    property("ListType", Text),
    property("ListSubType", Text),
    property("ExpirationDate", Date),
    // Days after the last use.
    property("RemoveAfter", Number),
    property("LastUsedDate", Date),
    property("Notes", Text),
    property("SysManaged", Bool),
    property("LastModifiedDateTime", Date),
    property("CreatedDateTime", Date),
];

/// An entry of the tenant allow/block list.
pub(crate) static ALLOW_BLOCK: Schema =
    Schema { type_name: "tenantAllowBlockListItem", set: "tenantAllowBlockListItems", properties: ALLOW_BLOCK_TABLE };

pub(crate) const ENTRY_IDENTITY: u8 = number(ALLOW_BLOCK_TABLE, "Identity");
pub(crate) const ENTRY_VALUE: u8 = number(ALLOW_BLOCK_TABLE, "Value");
pub(crate) const ENTRY_ACTION: u8 = number(ALLOW_BLOCK_TABLE, "Action");
pub(crate) const ENTRY_LIST: u8 = number(ALLOW_BLOCK_TABLE, "ListType");
pub(crate) const ENTRY_SUBLIST: u8 = number(ALLOW_BLOCK_TABLE, "ListSubType");
pub(crate) const ENTRY_EXPIRES: u8 = number(ALLOW_BLOCK_TABLE, "ExpirationDate");
pub(crate) const ENTRY_REMOVE_AFTER: u8 = number(ALLOW_BLOCK_TABLE, "RemoveAfter");
pub(crate) const ENTRY_LAST_USED: u8 = number(ALLOW_BLOCK_TABLE, "LastUsedDate");
pub(crate) const ENTRY_NOTES: u8 = number(ALLOW_BLOCK_TABLE, "Notes");
pub(crate) const ENTRY_MODIFIED: u8 = number(ALLOW_BLOCK_TABLE, "LastModifiedDateTime");
pub(crate) const ENTRY_CREATED: u8 = number(ALLOW_BLOCK_TABLE, "CreatedDateTime");

const QUARANTINE_TABLE: &[Property] = &[
    property("Identity", Text),
    property("ReceivedTime", Date),
    property("Expires", Date),
    property("SenderAddress", Text),
    property("RecipientAddress", Texts),
    property("Subject", Text),
    property("Type", Text),
    property("QuarantineTypes", Text),
    property("ReleaseStatus", Text),
    property("PolicyName", Text),
    property("MessageId", Text),
    property("Direction", Text),
];

/// A message in quarantine.
pub(crate) static QUARANTINE: Schema =
    Schema { type_name: "quarantineMessage", set: "quarantineMessages", properties: QUARANTINE_TABLE };

pub(crate) const QUARANTINE_RECEIVED: u8 = number(QUARANTINE_TABLE, "ReceivedTime");

const RETENTION_TABLE: &[Property] = &[
    property("Identity", Text),
    property("Name", Text),
    property("IsDefault", Bool),
    property("RetentionPolicyTagLinks", Texts),
];

/// A retention policy.
pub(crate) static RETENTION: Schema =
    Schema { type_name: "retentionPolicy", set: "retentionPolicies", properties: RETENTION_TABLE };

const TAG_TABLE: &[Property] = &[
    property("Identity", Text),
    property("Name", Text),
    property("Type", Text),
    property("RetentionEnabled", Bool),
    property("RetentionAction", Text),
    // As `30.00:00:00`.
    property("AgeLimitForRetention", Text),
    property("MessageClass", Text),
];

/// A retention tag.
pub(crate) static TAG: Schema =
    Schema { type_name: "retentionPolicyTag", set: "retentionPolicyTags", properties: TAG_TABLE };
