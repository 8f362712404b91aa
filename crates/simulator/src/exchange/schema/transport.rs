//! Mail flow of the whole organization: transport rules, domains, traces.

use crate::schema::{
    Property, Schema,
    Type::{Bool, Date, Number, Text, Texts},
    property::{number, property},
};

const RULE_TABLE: &[Property] = &[
    property("Guid", Text),
    property("Identity", Text),
    property("Name", Text),
    property("State", Text),
    property("Mode", Text),
    property("Priority", Number),
    property("From", Texts),
    property("FromMemberOf", Texts),
    property("FromScope", Text),
    property("FromAddressContainsWords", Texts),
    property("SenderDomainIs", Texts),
    property("SentTo", Texts),
    property("SentToMemberOf", Texts),
    property("SentToScope", Text),
    property("RecipientDomainIs", Texts),
    property("RecipientAddressContainsWords", Texts),
    property("SubjectContainsWords", Texts),
    property("SubjectOrBodyContainsWords", Texts),
    property("HeaderContainsMessageHeader", Text),
    property("HeaderContainsWords", Texts),
    property("RedirectMessageTo", Texts),
    property("BlindCopyTo", Texts),
    property("CopyTo", Texts),
    property("AddToRecipients", Texts),
    property("DeleteMessage", Bool),
    property("Quarantine", Bool),
    property("RejectMessageReasonText", Text),
    property("RejectMessageEnhancedStatusCode", Text),
    property("SetSCL", Number),
    property("ModerateMessageByUser", Texts),
    property("ModerateMessageByManager", Bool),
    property("PrependSubject", Text),
    property("SetHeaderName", Text),
    property("SetHeaderValue", Text),
    property("StopRuleProcessing", Bool),
    property("ExceptIfFrom", Texts),
    property("ExceptIfFromMemberOf", Texts),
    property("ExceptIfSenderDomainIs", Texts),
    property("ExceptIfSentTo", Texts),
    property("ExceptIfSentToMemberOf", Texts),
    property("ExceptIfRecipientDomainIs", Texts),
    property("ExceptIfSubjectContainsWords", Texts),
    property("Comments", Text),
];

/// A mail flow rule. Persons and groups in it are SMTP addresses, as the cmdlet prints them.
pub(crate) static RULE: Schema = Schema { type_name: "transportRule", set: "transportRules", properties: RULE_TABLE };

const REMOTE_DOMAIN_TABLE: &[Property] = &[
    property("Identity", Text),
    property("Name", Text),
    property("DomainName", Text),
    property("AutoForwardEnabled", Bool),
    property("AutoReplyEnabled", Bool),
    property("DeliveryReportEnabled", Bool),
    property("NDREnabled", Bool),
    property("IsInternal", Bool),
    property("AllowedOOFType", Text),
];

/// A remote domain: `*` is the default one.
pub(crate) static REMOTE_DOMAIN: Schema =
    Schema { type_name: "remoteDomain", set: "remoteDomains", properties: REMOTE_DOMAIN_TABLE };

const OUTBOUND_CONNECTOR_TABLE: &[Property] = &[
    property("Identity", Text),
    property("Name", Text),
    property("Enabled", Bool),
    property("ConnectorType", Text),
    property("ConnectorSource", Text),
    property("RecipientDomains", Texts),
    property("SmartHosts", Texts),
    property("UseMXRecord", Bool),
    property("IsTransportRuleScoped", Bool),
    property("RouteAllMessagesViaOnPremises", Bool),
    property("TlsSettings", Text),
    property("Comment", Text),
];

/// An outbound connector: to the organization's own servers, or to a partner's.
pub(crate) static OUTBOUND_CONNECTOR: Schema =
    Schema { type_name: "outboundConnector", set: "outboundConnectors", properties: OUTBOUND_CONNECTOR_TABLE };

const ACCEPTED_DOMAIN_TABLE: &[Property] = &[
    property("Identity", Text),
    property("Name", Text),
    property("DomainName", Text),
    property("DomainType", Text),
    property("Default", Bool),
    property("InitialDomain", Bool),
    property("MatchSubDomains", Bool),
];

/// A domain that Exchange takes mail for.
pub(crate) static ACCEPTED_DOMAIN: Schema =
    Schema { type_name: "acceptedDomain", set: "acceptedDomains", properties: ACCEPTED_DOMAIN_TABLE };

pub(crate) const ACCEPTED_NAME: u8 = number(ACCEPTED_DOMAIN_TABLE, "DomainName");

const TRACE_TABLE: &[Property] = &[
    property("MessageTraceId", Text),
    property("MessageId", Text),
    property("Received", Date),
    property("SenderAddress", Text),
    property("RecipientAddress", Text),
    property("Subject", Text),
    property("Status", Text),
    property("FromIP", Text),
    property("ToIP", Text),
    property("Size", Number),
];

/// One recipient of one message in the message trace.
pub(crate) static TRACE: Schema = Schema { type_name: "messageTrace", set: "messageTraces", properties: TRACE_TABLE };

pub(crate) const TRACE_RECEIVED: u8 = number(TRACE_TABLE, "Received");
