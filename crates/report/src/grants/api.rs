//! By what Azure knows the interfaces that grants are of.

use tenant_contacts_core::grant::Grant;

/// `appId` of Microsoft Graph, the same in every tenant.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
/// `appId` of Office 365 Exchange Online (contract §1).
const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
/// The version of Azure's billing interface (contract §8).
pub(super) const BILLING_VERSION: &str = "api-version=2024-04-01";

/// The resource of an application permission.
pub(super) fn resource(grant: Grant) -> &'static str {
    if matches!(grant, Grant::Exchange(_)) { EXCHANGE } else { GRAPH }
}
