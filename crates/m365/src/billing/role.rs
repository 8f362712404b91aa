//! Billing roles.

use tenant_contacts_core::landscape::BillingRole;

use crate::object::{Object, Unreadable};

/// Ids of built-in roles, the same in every account: those of a billing profile from the examples of the interface's own
/// specification (`BillingRoleDefinitionListByBillingProfile`, 2024-04-01). The account's follow the same pattern in
/// recordings of its clients; they are read by name instead, which is certain.
const PROFILE_ROLES: [(&str, BillingRole); 4] = [
    ("40000000-aaaa-bbbb-cccc-100000000000", BillingRole::Owner),
    ("40000000-aaaa-bbbb-cccc-100000000001", BillingRole::Contributor),
    ("40000000-aaaa-bbbb-cccc-100000000002", BillingRole::Other),
    ("40000000-aaaa-bbbb-cccc-100000000004", BillingRole::InvoiceManager),
];

/// Names of built-in roles (Azure, "Understand Microsoft Customer Agreement administrative roles"). Every other one only reads,
/// buys, or is of an invoice section: not told.
const NAMES: [(&str, BillingRole); 5] = [
    ("Billing account owner", BillingRole::Account),
    ("Billing account contributor", BillingRole::Account),
    ("Billing profile owner", BillingRole::Owner),
    ("Billing profile contributor", BillingRole::Contributor),
    ("Invoice manager", BillingRole::InvoiceManager),
];

/// The role of an id, if it is known.
pub(super) fn of_id(id: &str) -> Option<BillingRole> {
    PROFILE_ROLES.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)).map(|(_, role)| *role)
}

/// The role of a definition, by its name.
pub(super) fn of_definition(definition: &Object) -> Result<BillingRole, Unreadable> {
    let properties = definition.object("properties")?.ok_or(Unreadable)?;
    let name = properties.some_text("roleName")?;
    let known = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
    Ok(known.map_or(BillingRole::Other, |(_, role)| *role))
}
