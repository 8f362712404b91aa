//! The profiles of a partner account. Contract §7.
//!
//! One table serves the five profiles; which of its properties a profile has is said where profiles are answered.

use super::{
    property::{Property, Schema, number, property},
    value_type::Type::{Number, Object, Text},
};

const TABLE: &[Property] = &[
    property("id", Text),
    property("companyName", Text),
    property("address", Object),
    property("defaultAddress", Object),
    property("primaryContact", Object),
    property("companyApproverAddress", Object),
    property("companyApproverEmail", Text),
    property("vettingStatus", Text),
    property("vettingSubStatus", Text),
    property("tenantId", Text),
    property("domain", Text),
    property("email", Text),
    property("language", Text),
    property("culture", Text),
    property("purchaseOrderNumber", Text),
    property("taxId", Text),
    property("billingCurrency", Text),
    property("telephone", Text),
    property("website", Text),
    property("mpnId", Text),
    property("partnerName", Text),
    // Counts the writes; the ETag is made of it.
    property("version", Number).hidden(),
];

/// See the module; stored under the last segment of its path, as `legalbusiness`.
pub(crate) static PROFILE: Schema = Schema { type_name: "partnerProfile", set: "partnerProfiles", properties: TABLE };

pub(crate) const VETTING_STATUS: u8 = number(TABLE, "vettingStatus");
pub(crate) const VETTING_SUB_STATUS: u8 = number(TABLE, "vettingSubStatus");
pub(crate) const PRIMARY_CONTACT: u8 = number(TABLE, "primaryContact");
pub(crate) const APPROVER_EMAIL: u8 = number(TABLE, "companyApproverEmail");
pub(crate) const VERSION: u8 = number(TABLE, "version");
