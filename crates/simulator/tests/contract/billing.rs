//! Billing accounts and profiles through Azure Resource Manager: contract §8, §10.34.

use std::time::Duration;

use crate::support::{CLIENT, Client, Reply, TENANT, options, simulator, token};
use serde_json::{Value, json};
use tenant_contacts_simulator::{Limits, Options, Seed, Simulator, Switches};

const BILLING: &str = "
billing:
  accounts:
    - name: 11111111-aaaa:22222222-bbbb_2019-05-31
      displayName: Contoso
      soldTo: {companyName: Contoso, country: US, addressLine1: One Way, email: ap@contoso.com}
      roles:
        - {role: Billing account owner, principal: admin@contoso.com}
        - {role: Billing account ROLE, principal: tenant-contacts}
      profiles:
        - name: KQWI-W2SU-BG7-TGB
          invoiceRecipients: [invoices@contoso.com]
          invoiceEmailOptIn: true
          poNumber: PO-1
          billTo: {companyName: Contoso, country: US, addressLine1: One Way, email: ap@contoso.com}
          roles: [{role: Invoice manager, principal: bob@contoso.com}]
";
const ACCOUNT: &str = "/providers/Microsoft.Billing/billingAccounts/11111111-aaaa:22222222-bbbb_2019-05-31";
const PROFILE: &str = "/billingProfiles/KQWI-W2SU-BG7-TGB";

fn seed(role: &str) -> Seed {
    let minimal = include_str!("../../src/seed/minimal.yaml");
    Seed::from_yaml(&format!("{minimal}{}", BILLING.replace("ROLE", role))).unwrap()
}

async fn sign_in(simulator: Simulator) -> Client {
    let form = format!(
        "grant_type=client_credentials&client_id={CLIENT}&client_secret=minimal-secret&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"
    );
    let reply = token(&simulator, TENANT, &form).await;
    Client { simulator, token: reply.body["access_token"].as_str().unwrap().to_owned() }
}

async fn start(role: &str, options: Options) -> Client {
    sign_in(simulator(&seed(role), options)).await
}

fn at(path: &str) -> String {
    format!("http://localhost{ACCOUNT}{path}?api-version=2024-04-01")
}

async fn put(client: &Client, properties: Value) -> Reply {
    client.put(&at(PROFILE), json!({"properties": properties})).await
}

/// F `Billing`: the role holders and the invoice recipients can be read.
#[tokio::test(start_paused = true)]
async fn a_reader_sees_accounts_profiles_and_role_holders() {
    let client = start("reader", options()).await;
    let list = client.get("http://localhost/providers/Microsoft.Billing/billingAccounts?api-version=2024-04-01").await;
    assert_eq!(list.items().len(), 1);
    assert_eq!(list.items()[0]["id"], ACCOUNT);
    assert_eq!(list.items()[0]["properties"]["agreementType"], "MicrosoftCustomerAgreement");
    assert_eq!(client.get(&at("")).await.body["properties"]["soldTo"]["email"], "ap@contoso.com");
    let profile = client.get(&at("/billingProfiles")).await.items()[0].clone();
    assert_eq!(profile["properties"]["invoiceRecipients"], json!(["invoices@contoso.com"]));
    assert_eq!(client.get(&at(PROFILE)).await.body, profile);
    let holders = client.get(&at(&format!("{PROFILE}/billingRoleAssignments"))).await;
    let bob =
        client.simulator.truth()["users"].as_array().unwrap().iter().find(|u| u["mail"] == "bob@contoso.com").unwrap()
            ["id"]
            .clone();
    assert_eq!(holders.items()[0]["properties"]["principalId"], bob);
    assert_eq!(holders.items()[0]["properties"]["principalType"], "User");
    let role = holders.items()[0]["properties"]["roleDefinitionId"].as_str().unwrap();
    let definition = client.get(&format!("http://localhost{role}?api-version=2024-04-01")).await;
    assert_eq!(definition.body["properties"]["roleName"], "Invoice manager");
    assert_eq!(client.get(&at("/billingRoleAssignments")).await.items().len(), 2);
    // ARM reads paths in any case of letters.
    assert_eq!(client.get(&at(PROFILE).to_lowercase()).await.body, profile);
    // A reader writes nothing.
    assert_eq!(put(&client, json!({})).await.code(), "AuthorizationFailed");
}

#[tokio::test(start_paused = true)]
async fn without_a_billing_role_there_is_nothing() {
    let client = start("reader", options()).await;
    assert_eq!(client.simulator.drop_billing_roles(CLIENT), 1);
    let list = client.get("http://localhost/providers/Microsoft.Billing/billingAccounts?api-version=2024-04-01").await;
    assert!(list.items().is_empty());
    for path in ["", "/billingProfiles", PROFILE, "/billingRoleAssignments"] {
        let refused = client.get(&at(path)).await;
        assert_eq!((refused.status, refused.code()), (403, "AuthorizationFailed"), "{path}");
        assert_eq!(refused.body["error"]["details"], json!([]));
        assert_eq!(refused.body["error"].get("innerError"), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_role_on_a_profile_shows_the_account_but_not_who_holds_it() {
    let minimal = include_str!("../../src/seed/minimal.yaml");
    let more = "billing: {accounts: [{name: a, profiles: [{name: p, roles: [{role: Billing profile reader, principal: tenant-contacts}]}, {name: q}]}]}\n";
    let client = sign_in(simulator(&Seed::from_yaml(&format!("{minimal}{more}")).unwrap(), options())).await;
    let get = async |path: &str| {
        client
            .get(&format!("http://localhost/providers/Microsoft.Billing/billingAccounts{path}?api-version=2024-04-01"))
            .await
    };
    assert_eq!(get("").await.items()[0]["properties"]["hasReadAccess"], false);
    assert_eq!(get("/a/billingProfiles").await.items().len(), 1);
    assert_eq!(get("/a/billingProfiles/q").await.status, 403);
    assert_eq!(get("/a/billingRoleAssignments").await.status, 403);
    assert_eq!(get("/a/billingProfiles/p/billingRoleAssignments").await.status, 200);
}

/// A write is accepted, asked after, and shows when it has ended.
#[tokio::test(start_paused = true)]
async fn a_write_is_accepted_first_and_shows_later() {
    let client = start("contributor", Options { billing_operation: Duration::from_secs(20), ..options() }).await;
    let whole = json!({"displayName": "Main", "invoiceRecipients": ["role@contoso.com"], "invoiceEmailOptIn": true});
    let accepted = put(&client, whole).await;
    assert_eq!((accepted.status, accepted.header("retry-after"), accepted.text.as_str()), (202, Some("10"), ""));
    let location = accepted.header("location").unwrap().to_owned();
    assert!(location.starts_with(&format!("http://localhost{ACCOUNT}{PROFILE}/operationResults/")), "{location}");
    assert_eq!(client.get(&location).await.status, 202);
    let before = client.get(&at(PROFILE)).await.body;
    assert_eq!(before["properties"]["invoiceRecipients"], json!(["invoices@contoso.com"]));
    assert!(client.simulator.journal(0).is_empty());
    tokio::time::advance(Duration::from_secs(20)).await;
    let ended = client.get(&location).await;
    assert_eq!((ended.status, &ended.body["properties"]["invoiceRecipients"]), (200, &json!(["role@contoso.com"])));
    // A PUT is the whole: what it did not mention is gone.
    assert_eq!(ended.body["properties"].get("billTo"), None);
    assert_eq!(ended.body["properties"]["currency"], "USD");
    assert_eq!(client.simulator.journal(0).len(), 1);
    let patched = client.patch(&at(""), json!({"properties": {"displayName": "Contoso Group"}})).await;
    assert_eq!(patched.status, 202);
    tokio::time::advance(Duration::from_secs(20)).await;
    // Nobody asked, and still it took effect.
    assert_eq!(client.simulator.truth()["billingAccounts"][0]["displayName"], "Contoso Group");
    assert_eq!(client.get(&at("")).await.body["properties"]["soldTo"]["email"], "ap@contoso.com");
}

/// Contract §8 has both answers, and does not say what becomes of omitted fields.
#[tokio::test(start_paused = true)]
async fn open_questions_are_switches() {
    let switches = Switches { billing_answers_at_once: true, billing_put_keeps_omitted: true, ..Switches::default() };
    let client = start("owner", Options { switches, ..options() }).await;
    let written = put(&client, json!({"invoiceRecipients": []})).await;
    assert_eq!((written.status, &written.body["properties"]["poNumber"]), (200, &json!("PO-1")));
    let created = client.put(&at("/billingProfiles/NEW"), json!({"properties": {"displayName": "New"}})).await;
    assert_eq!((created.status, &created.body["name"]), (201, &json!("NEW")));
    let wrong = put(&client, json!({"invoiceRecipients": "role@contoso.com"})).await;
    assert_eq!((wrong.status, wrong.code()), (400, "BadRequest"));
    assert_eq!(put(&client, json!({"surprise": 1})).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn refusals_have_the_shapes_of_resource_manager() {
    let client = start("reader", options()).await;
    let bare = client.get(&format!("http://localhost{ACCOUNT}")).await;
    assert_eq!((bare.status, bare.code()), (400, "MissingApiVersionParameter"));
    let old = client.get(&format!("http://localhost{ACCOUNT}?api-version=2019-10-01")).await;
    assert_eq!(old.code(), "InvalidApiVersionParameter");
    assert_eq!(client.get(&at("/invoices")).await.status, 404);
    let graph = crate::support::client(client.simulator.clone()).await;
    assert_eq!(graph.get(&at("")).await.code(), "InvalidAuthenticationToken");
    client.simulator.set_faults("GET billingAccounts/{id}:429(3);GET billingAccounts/{id}#2:500".parse().unwrap());
    let throttled = client.get(&at("")).await;
    assert_eq!((throttled.status, throttled.header("retry-after")), (429, Some("3")));
    assert_eq!(throttled.body["error"]["details"], json!([]));
    assert_eq!(client.get(&at("")).await.status, 500);
    let limits = Some(Limits { scale: 0.0001, ..Limits::default() });
    let client = start("reader", Options { limits, ..options() }).await;
    assert_eq!(client.get(&at("")).await.status, 200);
    assert_eq!(client.get(&at("")).await.status, 429);
}

#[tokio::test(start_paused = true)]
async fn others_change_billing_too() {
    let client = start("reader", options()).await;
    let body = json!({"invoiceRecipients": ["gone@contoso.com"]});
    let url = "http://localhost/_sim/billing/11111111-aaaa:22222222-bbbb_2019-05-31/KQWI-W2SU-BG7-TGB";
    assert_eq!(client.patch(url, body.clone()).await.status, 204);
    assert_eq!(client.get(&at(PROFILE)).await.body["properties"]["invoiceRecipients"], body["invoiceRecipients"]);
    assert_eq!(client.patch("http://localhost/_sim/billing/none", body).await.status, 404);
}

#[test]
fn a_role_belongs_to_its_place() {
    let minimal = include_str!("../../src/seed/minimal.yaml");
    for (more, place) in [
        ("[{name: a, roles: [{role: Invoice manager, principal: admin@contoso.com}]}]", "billing.accounts[0].roles[0]"),
        ("[{name: a}, {name: A}]", "billing.accounts[1]"),
        ("[{name: a/b}]", "billing.accounts[0].name"),
    ] {
        let seed = Seed::from_yaml(&format!("{minimal}billing: {{accounts: {more}}}\n")).unwrap();
        let error = Simulator::new(&seed, options()).unwrap_err().to_string();
        assert!(error.starts_with(place), "{error}");
    }
}
