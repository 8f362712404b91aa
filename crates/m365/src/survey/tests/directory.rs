//! Organization, roles and accounts.

use serde_json::json;
use tenant_contacts_api::reason::Reason;
use tenant_contacts_core::{
    landscape::Principal,
    model::{Fact, Unknown},
};
use uuid::Uuid;

use super::tenant::{ORGANIZATION, Tenant};

#[tokio::test(start_paused = true)]
async fn organization_roles_and_accounts_are_read_in_one_batch_and_pages_of_users() {
    let tenant = Tenant::new();
    tenant.list("domains", &[json!({"id": "Contoso.com", "isVerified": true, "isInitial": false})]);
    let (ada, group) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let role = "62e90394-69f5-4237-9190-012177145e10";
    let assignment = |principal: Uuid, kind: &str, scope: &str| {
        json!({"roleDefinitionId": role, "principalId": principal, "directoryScopeId": scope,
            "principal": {"@odata.type": kind, "id": principal, "displayName": "Who"}})
    };
    tenant.list(
        "roleManagement/directory/roleAssignments",
        &[
            assignment(ada, "#microsoft.graph.user", "/"),
            assignment(group, "#microsoft.graph.group", "/administrativeUnits/x"),
            assignment(group, "#microsoft.graph.servicePrincipal", "/"),
            json!({"roleDefinitionId": role, "principalId": group}),
        ],
    );
    let premium = json!({"error": {"code": "AadPremiumLicenseRequired", "message": "The tenant needs …"}});
    tenant.answer("roleManagement/directory/roleEligibilityScheduleInstances", 400, premium);
    tenant.list(
        "directory/deletedItems/microsoft.graph.user",
        &[json!({"id": group, "userPrincipalName": "gone@contoso.com"})],
    );
    let plans = json!([{"service": "exchange", "capabilityStatus": "Enabled", "servicePlanId": Uuid::from_u128(9)}]);
    let foundation = json!([{"service": "exchange", "capabilityStatus": "Enabled",
        "servicePlanId": "113feb6c-3fe4-4440-bddc-54d774bf0318"}]);
    let person = |id: u128, plans: &serde_json::Value| {
        json!({"id": Uuid::from_u128(id), "userPrincipalName": format!("p{id}@contoso.com"), "displayName": null,
            "mail": "ada@contoso.com", "proxyAddresses": ["SMTP:ada@contoso.com", "smtp:a@contoso.com"], "otherMails": [],
            "mobilePhone": null, "businessPhones": ["+1"], "accountEnabled": true, "userType": "Guest",
            "onPremisesSyncEnabled": null, "assignedPlans": plans})
    };
    tenant.list("users", &[person(1, &plans), person(3, &foundation), person(4, &json!([]))]);
    let read = tenant.read().await.unwrap();
    assert_eq!(read.display_name, Fact::Present("Contoso".into()));
    assert_eq!(read.created.present().unwrap().to_string(), "2019-03-01T08:00:00Z");
    assert_eq!(read.organization.technical, Fact::Present([Box::from("noc@contoso.com")].into()));
    assert!(read.domains.present().unwrap()["contoso.com"].is_verified());
    let active = read.directory.active.present().unwrap();
    assert_eq!(active[0].principal, Principal::Person(ada));
    assert_eq!(active[1].principal, Principal::Group { id: group, display_name: "Who".into() });
    assert_eq!(active.iter().map(|one| one.whole_tenant).collect::<Vec<_>>(), [true, false, true, false]);
    assert!(matches!(active[2].principal, Principal::ServicePrincipal { .. }));
    assert_eq!(active[3].principal, Principal::Other(group), "what the service does not say is not guessed");
    assert_eq!(read.directory.eligible, Fact::Absent, "without Premium nobody is eligible");
    assert_eq!(read.directory.deleted.present().unwrap()[&group].mail, Fact::Unknown(Unknown::NotRead));
    let people = read.directory.people.present().unwrap();
    let ada = &people[&ada];
    assert_eq!(ada.proxy_addresses.values().unwrap().len(), 2);
    assert_eq!(
        (&ada.guest, &ada.synchronised, ada.alternate_emails()),
        (&Fact::Present(true), &Fact::Absent, &Fact::Absent)
    );
    assert_eq!(&*ada.display_name, "p1@contoso.com", "somebody without a name is known by the sign-in name");
    let plan = |id: u128| people[&Uuid::from_u128(id)].exchange_plan.clone();
    assert_eq!((plan(1), plan(3), plan(4)), (Fact::Present(true), Fact::Present(false), Fact::Present(false)));
}

#[tokio::test(start_paused = true)]
async fn another_tenant_is_an_error_and_nothing_more_is_read_of_it() {
    let tenant = Tenant::new();
    tenant.list(ORGANIZATION, &[json!({"id": Uuid::from_u128(77)})]);
    let error = tenant.read().await.unwrap_err();
    assert_eq!(error.reason, Reason::TenantMismatch);
    assert!(!tenant.asked().iter().any(|asked| asked == "users" || asked.starts_with("Get-")), "{:?}", tenant.asked());
}

#[tokio::test(start_paused = true)]
async fn no_token_for_graph_is_an_error() {
    let tenant = Tenant::new();
    tenant.refuse("graph.microsoft.com");
    assert_eq!(tenant.read().await.unwrap_err().reason, Reason::AuthenticationFailed);
}
