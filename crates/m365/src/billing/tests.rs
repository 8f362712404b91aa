//! Billing on a scripted transport (contract §8; shapes of the interface's own examples, version 2024-04-01).

use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::{Value, json};
use tenant_contacts_core::{
    landscape::{Agreement, BillingHolder, BillingRole},
    model::{Fact, Unknown},
};
use uuid::Uuid;

use super::Billing;
use crate::{
    cloud::Cloud,
    send::Error,
    testing::{Script, endpoints, sender_over, sender_to},
    transport::{Body, Transport, TransportError},
};

const BASE: &str = "https://management.azure.com/providers/Microsoft.Billing/";

fn billing(script: &Script) -> Billing {
    let base = endpoints().arm().join("providers/Microsoft.Billing/").unwrap();
    Billing::new(Arc::new(sender_to(script, Cloud::Global.arm_scope(), base)))
}

fn why(error: &Error, what: &'static str) -> Unknown {
    match error {
        Error::Service(error) if error.status == 403 => Unknown::PermissionMissing("role".into()),
        _ => Unknown::ReadFailed(what.into()),
    }
}

fn items(values: &[Value]) -> String {
    json!({"value": values}).to_string()
}

fn account(name: &str, agreement: &str) -> Value {
    json!({"id": format!("/providers/Microsoft.Billing/billingAccounts/{name}"), "name": name,
        "properties": {"agreementType": agreement, "displayName": format!("Account {name}"), "accountStatus": "Active"}})
}

fn assignment(principal: u128, role: &str) -> Value {
    json!({"name": "x", "properties": {"principalId": Uuid::from_u128(principal).to_string(), "principalType": "User",
        "roleDefinitionId": format!("/providers/Microsoft.Billing/billingAccounts/a/billingRoleDefinitions/{role}")}})
}

#[tokio::test(start_paused = true)]
async fn accounts_are_read_with_profiles_and_whoever_holds_a_role_in_them() {
    let script = Script::new();
    let name = "10000000-0000-0000-0000-000000000000:00000000-0000-0000-0000-000000000000_2019-05-31";
    // Two pages of accounts.
    let next = format!("{BASE}billingAccounts?api-version=2024-04-01&$skiptoken=2");
    script.reply(200, &json!({"value": [account(name, "MicrosoftCustomerAgreement")], "nextLink": next}).to_string());
    script.reply(200, &json!({"value": [account("7", "MicrosoftOnlineServicesProgram")], "nextLink": ""}).to_string());
    let profile = json!({"name": "ABCD-EFGH", "properties": {"displayName": "Main", "invoiceEmailOptIn": true,
        "invoiceRecipients": ["invoices@contoso.com"], "status": "Active"}});
    script.reply(200, &items(&[profile]));
    script.reply(200, &items(&[assignment(1, "50000000-aaaa-bbbb-cccc-100000000000")]));
    script.reply(200, &json!({"name": "x", "properties": {"roleName": "Billing account owner"}}).to_string());
    script.reply(
        200,
        &items(&[
            assignment(1, "40000000-aaaa-bbbb-cccc-100000000004"),
            assignment(2, "40000000-aaaa-bbbb-cccc-100000000001"),
            assignment(3, "40000000-aaaa-bbbb-cccc-100000000002"),
        ]),
    );
    let accounts = billing(&script).accounts(&why).await;
    let accounts = accounts.present().unwrap();
    assert_eq!(accounts.len(), 2);
    let (customer, older) = (&accounts[0], &accounts[1]);
    assert_eq!((&customer.agreement, &older.agreement), (&Agreement::Customer, &Agreement::Older));
    assert_eq!((&older.holders, &older.profiles), (&Fact::Absent, &Fact::Absent));
    let holder = |id, role| BillingHolder { principal: Uuid::from_u128(id), role };
    let expected = [
        holder(1, BillingRole::Account),
        holder(1, BillingRole::InvoiceManager),
        holder(2, BillingRole::Contributor),
        holder(3, BillingRole::Other),
    ];
    assert_eq!(customer.holders, Fact::Present(expected.into()));
    let profiles = customer.profiles.present().unwrap();
    assert_eq!(profiles[0].invoices_by_mail, Fact::Present(true));
    assert_eq!(*profiles[0].invoice_recipients, ["invoices@contoso.com".into()]);
    let seen = script.requests();
    assert!(seen.iter().all(|seen| seen.request.method() == "GET"), "it only reads");
    assert!(seen.iter().all(|seen| seen.request.uri().query().unwrap().contains("api-version=2024-04-01")));
    assert!(script.logins()[0].body().contains("management.azure.com%2F.default"));
}

/// Whom another agreement notifies is not documented: its roles are not asked for, and the other accounts are read as ever.
#[tokio::test(start_paused = true)]
async fn a9_an_agreement_of_another_kind_is_named_and_spoils_no_other_account() {
    for kind in ["EnterpriseAgreement", "MicrosoftPartnerAgreement", "Other", "NeverHeardOf"] {
        let script = Script::new();
        script.reply(200, &items(&[account("1", kind), account("7", "MicrosoftOnlineServicesProgram")]));
        let accounts = billing(&script).accounts(&why).await;
        let kinds: Vec<_> = accounts.present().unwrap().iter().map(|account| account.agreement.clone()).collect();
        assert_eq!(kinds, [Agreement::Other(kind.into()), Agreement::Older]);
        assert_eq!(script.requests().len(), 1, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn seeing_no_account_says_nothing_and_what_may_not_be_read_names_what_would_tell() {
    let script = Script::new();
    script.reply(200, &items(&[]));
    assert_eq!(billing(&script).accounts(&why).await, Fact::Absent);

    let script = Script::new();
    script.reply(403, r#"{"error":{"code":"AuthorizationFailed","message":"…","details":[]}}"#);
    assert_eq!(billing(&script).accounts(&why).await, Fact::Unknown(Unknown::PermissionMissing("role".into())));

    // The profiles can be read, the roles of one of them cannot: nobody can say who holds none.
    let script = Script::new();
    script.reply(200, &items(&[account("a", "MicrosoftCustomerAgreement")]));
    script.reply(200, &items(&[json!({"name": "p", "properties": {"displayName": "P"}})]));
    script.reply(200, &items(&[]));
    script.reply(403, "");
    let accounts = billing(&script).accounts(&why).await;
    let account = &accounts.present().unwrap()[0];
    assert_eq!(account.holders, Fact::Unknown(Unknown::PermissionMissing("role".into())));
    assert_eq!(account.profiles.present().unwrap()[0].invoices_by_mail, Fact::Absent);
}

#[tokio::test(start_paused = true)]
async fn links_that_go_in_circles_or_away_are_not_followed() {
    let circle = format!("{BASE}billingAccounts?x=1");
    let script = Script::new();
    for _ in 0..3 {
        script.reply(200, &json!({"value": [], "nextLink": circle}).to_string());
    }
    assert!(billing(&script).accounts(&why).await.known().is_err());
    assert_eq!(script.requests().len(), 2);

    let script = Script::new();
    script.reply(200, &json!({"value": [], "nextLink": "https://elsewhere.example/"}).to_string());
    assert!(billing(&script).accounts(&why).await.known().is_err());
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn half_an_answer_is_none() {
    // 202: the list is still being made. An error beside the items: what failed may be items.
    for (status, body) in [
        (202, items(&[])),
        (206, items(&[account("a", "MicrosoftOnlineServicesProgram")])),
        (200, json!({"value": [], "error": {"code": "InternalServerError"}}).to_string()),
        (200, json!({"error": {"code": "AuthorizationFailed"}}).to_string()),
        // Of what kind it is, is not said.
        (200, items(&[json!({"name": "a", "properties": {"displayName": "A"}})])),
        (200, items(&[account("..", "MicrosoftCustomerAgreement")])),
    ] {
        let script = Script::new();
        script.reply(status, &body);
        let accounts = billing(&script).accounts(&why).await;
        assert!(matches!(accounts, Fact::Unknown(Unknown::ReadFailed(_))), "{status} {body}: {accounts:?}");
        assert_eq!(script.requests().len(), 1, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_role_that_many_hold_is_asked_about_once_and_a_list_has_an_end() {
    let script = Script::new();
    script.reply(200, &items(&[account("a", "MicrosoftCustomerAgreement")]));
    script.reply(200, &items(&[]));
    let custom: Vec<Value> = (1..=500).map(|id| assignment(id, "50000000-aaaa-bbbb-cccc-100000000009")).collect();
    script.reply(200, &items(&custom));
    script.reply(200, &json!({"name": "x", "properties": {"roleName": "Invoice manager"}}).to_string());
    let accounts = billing(&script).accounts(&why).await;
    assert_eq!(accounts.present().unwrap()[0].holders.present().unwrap().len(), 500);
    assert_eq!(script.requests().len(), 4);

    let script = Script::new();
    let many: Vec<Value> = (0..1_001).map(|id| account(&format!("a{id}"), "MicrosoftCustomerAgreement")).collect();
    script.reply(200, &items(&many));
    assert!(billing(&script).accounts(&why).await.known().is_err());
    assert_eq!(script.requests().len(), 1);
}

/// Answers every list with the same page, whatever is asked.
struct Same(Value, Arc<std::sync::atomic::AtomicUsize>);

impl Transport for Same {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        let body = if request.uri().path().ends_with("/oauth2/v2.0/token") {
            json!({"access_token": "t", "expires_in": 3599}).to_string()
        } else {
            self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            self.0.to_string()
        };
        Box::pin(async move { Ok(Response::new(Body::full(body))) })
    }
}

#[tokio::test(start_paused = true)]
async fn lists_that_lead_to_lists_are_one_reading_with_one_limit() {
    let heavy = json!({"name": "a", "properties": {"agreementType": "MicrosoftCustomerAgreement",
        "more": vec![json!({}); 400]}});
    for (page, least, most) in [
        // A hundred accounts, each with a hundred profiles: ten thousand lists.
        (vec![account("a", "MicrosoftCustomerAgreement"); 100], 10, 2_000),
        // What is light as text and heavy in memory.
        (vec![heavy; 1_000], 1, 300),
    ] {
        let asked = Arc::default();
        let sender = sender_over(Arc::new(Same(json!({"value": page}), Arc::clone(&asked))));
        let accounts = Billing::new(Arc::new(sender)).accounts(&why).await;
        let asked = asked.load(std::sync::atomic::Ordering::Relaxed);
        assert!((least..=most).contains(&asked), "{asked} requests");
        let unknown = accounts.present().is_none_or(|accounts| accounts.iter().all(|one| one.holders.known().is_err()));
        assert!(unknown, "what was not read is unknown");
    }
}
