//! The organization as Exchange knows it.

use crate::schema::{
    Property, Schema,
    Type::{Bool, Text},
    property::property,
};

const TABLE: &[Property] = &[
    property("Identity", Text),
    property("Name", Text),
    property("DisplayName", Text),
    property("IsDehydrated", Bool),
    property("AuditDisabled", Bool),
    property("MailTipsExternalRecipientsTipsEnabled", Bool),
    property("RejectDirectSend", Bool),
];

/// See the module.
pub(crate) static SCHEMA: Schema =
    Schema { type_name: "organizationConfig", set: "organizationConfigs", properties: TABLE };
