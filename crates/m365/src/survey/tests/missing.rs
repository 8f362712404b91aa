//! With each permission missing in turn (DOMAIN G1, G2): everything else is still told, and it is said what would tell.

use serde_json::{Value, json};
use tenant_contacts_core::{
    landscape::Landscape,
    model::{Fact, ServiceFailure, Unknown},
    permission::{BILLING_ROLE, EXCHANGE_APPLICATION, EXCHANGE_ROLE, EXCHANGE_TRACE_ROLE, PARTNER_ACCESS},
};

use super::tenant::Tenant;

fn lacks<T>(fact: &Fact<T>) -> Option<&str> {
    match fact {
        Fact::Unknown(Unknown::PermissionMissing(permission)) => Some(permission),
        _ => None,
    }
}

/// Every listed fact, by name, with the permission that is missing for it.
fn missing(read: &Landscape) -> Vec<(&'static str, &str)> {
    let (directory, exchange) = (&read.directory, &read.exchange);
    [
        ("domains", lacks(&read.domains)),
        ("people", lacks(&directory.people)),
        ("deleted", lacks(&directory.deleted)),
        ("active", lacks(&directory.active)),
        ("eligible", lacks(&directory.eligible)),
        ("recipients", lacks(&exchange.recipients)),
        ("soft_deleted", lacks(&exchange.soft_deleted)),
        ("accepted_domains", lacks(&exchange.accepted_domains)),
        ("transport_rules", lacks(&exchange.transport_rules)),
        ("content_filters", lacks(&exchange.content_filters)),
        ("outbound_policies", lacks(&exchange.outbound_policies)),
        ("remote_domains", lacks(&exchange.remote_domains)),
        ("allow_entries", lacks(&exchange.allow_entries)),
        ("quarantine", lacks(&exchange.quarantine)),
        ("traces", lacks(&exchange.traces)),
        ("safe_links", lacks(&exchange.safe_links)),
        ("retention", lacks(&exchange.retention)),
        ("legal", lacks(&read.partner.legal)),
        ("billing", lacks(&read.billing.accounts)),
    ]
    .into_iter()
    .filter_map(|(name, permission)| Some((name, permission?)))
    .collect()
}

const DENIED: &str = "Authorization_RequestDenied";

fn denied() -> Value {
    json!({"error": {"code": DENIED, "message": "Insufficient privileges to complete the operation."}})
}

#[tokio::test(start_paused = true)]
async fn g1_a_listing_that_is_refused_is_unknown_says_what_would_tell_and_stops_nothing_else() {
    assert_eq!(missing(&Tenant::new().read().await.unwrap()), []);
    for (refused, fact, permission) in [
        ("domains", "domains", "Domain.Read.All"),
        ("users", "people", "User.Read.All"),
        ("directory/deletedItems/microsoft.graph.user", "deleted", "User.Read.All"),
        ("roleManagement/directory/roleAssignments", "active", "RoleManagement.Read.Directory"),
        (
            "roleManagement/directory/roleEligibilityScheduleInstances",
            "eligible",
            "RoleEligibilitySchedule.Read.Directory",
        ),
        ("Get-AcceptedDomain", "accepted_domains", EXCHANGE_ROLE),
        ("Get-Mailbox", "recipients", EXCHANGE_ROLE),
        ("Get-UnifiedGroup", "recipients", EXCHANGE_ROLE),
        ("Get-Recipient", "recipients", EXCHANGE_ROLE),
        ("Get-Mailbox deleted", "soft_deleted", EXCHANGE_ROLE),
        ("Get-TransportRule", "transport_rules", EXCHANGE_ROLE),
        ("Get-HostedContentFilterRule", "content_filters", EXCHANGE_ROLE),
        ("Get-HostedOutboundSpamFilterPolicy", "outbound_policies", EXCHANGE_ROLE),
        ("Get-RemoteDomain", "remote_domains", EXCHANGE_ROLE),
        ("Get-TenantAllowBlockListItems", "allow_entries", EXCHANGE_ROLE),
        ("Get-QuarantineMessage", "quarantine", EXCHANGE_ROLE),
        ("Get-MessageTraceV2", "traces", EXCHANGE_TRACE_ROLE),
        ("Get-SafeLinksPolicy", "safe_links", EXCHANGE_ROLE),
        ("Get-RetentionPolicyTag", "retention", EXCHANGE_ROLE),
        ("partner", "legal", PARTNER_ACCESS),
        ("billing", "billing", BILLING_ROLE),
    ] {
        let tenant = Tenant::new();
        // Exchange sends NUL bytes where Graph sends its envelope.
        tenant.answer(refused, 403, if refused.starts_with("Get-") { Value::Null } else { denied() });
        let read = tenant.read().await.unwrap();
        assert_eq!(missing(&read), [(fact, permission)], "{refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn g1_an_application_without_the_permission_for_exchange_is_told_that_one_first() {
    let tenant = Tenant::new();
    tenant.grant("outlook", &[]);
    tenant.answer("Get-TransportRule", 403, Value::Null);
    assert_eq!(missing(&tenant.read().await.unwrap()), [("transport_rules", EXCHANGE_APPLICATION)]);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_gives_no_token_makes_its_part_unknown_and_is_not_asked_thirty_times() {
    for (scope, count, permission) in [
        ("outlook.office365.com", 12, EXCHANGE_APPLICATION),
        ("partnercenter", 1, PARTNER_ACCESS),
        ("management.azure.com", 1, BILLING_ROLE),
    ] {
        let tenant = Tenant::new();
        tenant.refuse(scope);
        let read = tenant.read().await.unwrap();
        let missing = missing(&read);
        assert_eq!(missing.len(), count, "{scope}: {missing:?}");
        assert!(missing.iter().all(|(_, asked)| *asked == permission), "{missing:?}");
        assert!(scope != "outlook.office365.com" || !tenant.asked().iter().any(|asked| asked.starts_with("Get-")));
    }
    // A token that is given and not taken.
    let tenant = Tenant::new();
    tenant.answer("Get-AcceptedDomain", 401, Value::Null);
    assert_eq!(missing(&tenant.read().await.unwrap()).len(), 12);
    let cmdlets = tenant.asked().iter().filter(|asked| asked.starts_with("Get-")).count();
    assert_eq!(cmdlets, 2, "once more with a new token, and no more");
}

#[tokio::test(start_paused = true)]
async fn a_service_in_trouble_is_no_missing_permission() {
    let tenant = Tenant::new();
    tenant.answer("Get-TransportRule", 500, Value::Null);
    let read = tenant.read().await.unwrap();
    assert_eq!(missing(&read), []);
    assert!(matches!(read.exchange.transport_rules, Fact::Unknown(Unknown::ServiceFailed(_, ServiceFailure::Trouble))));
}

#[tokio::test(start_paused = true)]
async fn g1_without_the_permission_for_the_organization_its_properties_say_what_would_tell() {
    let tenant = Tenant::new();
    tenant.grant("graph", &["User.Read.All"]);
    let read = tenant.read().await.unwrap();
    assert_eq!(lacks(&read.organization.technical), Some("Organization.Read.All"));
    assert_eq!(read.display_name, Fact::Present("Contoso".into()));
}
