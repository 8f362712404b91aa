//! Users as the API shows and changes them. Contract §2.

use crate::support::{minimal, object};
use serde_json::{Value, json};
use tenant_contacts_simulator::Seed;

/// [US][UL]: a default GET returns eleven properties and no others; unselected is absent, not null.
#[tokio::test(start_paused = true)]
async fn a_default_get_returns_eleven_properties() {
    let client = minimal().await;
    let reply = client.get("/users/ADMIN@contoso.com").await;
    assert_eq!(reply.status, 200);
    let mut names: Vec<_> = reply.body.as_object().unwrap().keys().map(String::as_str).collect();
    names.retain(|name| !name.starts_with('@'));
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "businessPhones",
            "displayName",
            "givenName",
            "id",
            "jobTitle",
            "mail",
            "mobilePhone",
            "officeLocation",
            "preferredLanguage",
            "surname",
            "userPrincipalName"
        ]
    );
    assert!(reply.body["@odata.context"].as_str().unwrap().ends_with("$metadata#users/$entity"));
    assert_eq!(reply.body["businessPhones"], json!([]));
    let selected = client.user("admin@contoso.com", "id,otherMails,onPremisesSyncEnabled").await;
    assert_eq!(selected["otherMails"], json!(["ada@fabrikam.example"]));
    assert_eq!(selected["onPremisesSyncEnabled"], Value::Null);
    assert!(selected.get("displayName").is_none());
    assert_eq!(client.get("/users?$select=nonsense").await.status, 400);
}

/// [UU]: 204 without body, collections replaced whole; the journal has before and after.
#[tokio::test(start_paused = true)]
async fn a_patch_replaces_collections_and_is_journalled() {
    let client = minimal().await;
    let reply = client
        .patch("/users/bob@contoso.com", json!({"otherMails": ["b@x.example"], "mobilePhone": "+1 4255550100"}))
        .await;
    assert_eq!((reply.status, reply.text.as_str()), (204, ""));
    assert_eq!(client.patch("/users/bob@contoso.com", json!({"otherMails": ["c@x.example"]})).await.status, 204);
    let bob = client.user("bob@contoso.com", "otherMails,mobilePhone").await;
    assert_eq!(bob["otherMails"], json!(["c@x.example"]));
    assert_eq!(bob["mobilePhone"], json!("+1 4255550100"));
    let journal = client.simulator.journal(1);
    assert_eq!(journal.len(), 1);
    assert_eq!((journal[0].sequence, journal[0].actor.as_str()), (2, crate::support::CLIENT));
    assert_eq!(journal[0].changes[0].before, json!(["b@x.example"]));
    assert_eq!(journal[0].changes[0].after, json!(["c@x.example"]));
}

/// [UU] otherMails 250 x 250, one business phone; [GD21] mobile 64; [PROXY] proxyAddresses read-only; mail never null.
#[tokio::test(start_paused = true)]
async fn limits_and_read_only_properties() {
    let client = minimal().await;
    let many = |count: usize| (0..count).map(|n| format!("a{n}@x.example")).collect::<Vec<_>>();
    let long = format!("{}@x.example", "a".repeat(250));
    for (body, expected) in [
        (json!({"otherMails": many(250)}), 204),
        (json!({"otherMails": many(251)}), 400),
        (json!({"otherMails": [long]}), 400),
        (json!({"otherMails": null}), 400),
        (json!({"otherMails": "a@x.example"}), 400),
        (json!({"businessPhones": ["1"]}), 204),
        (json!({"businessPhones": ["1", "2"]}), 400),
        (json!({"mobilePhone": "1".repeat(65)}), 400),
        (json!({"mobilePhone": null}), 204),
        (json!({"proxyAddresses": ["SMTP:x@contoso.com"]}), 400),
        (json!({"mail": null}), 400),
        (json!({"mail": "jos\u{e9}@contoso.com"}), 400),
        (json!({"userType": "Alien"}), 400),
        (json!({"nonsense": 1}), 400),
        (json!({}), 400),
    ] {
        let reply = client.patch("/users/bob@contoso.com", body.clone()).await;
        assert_eq!(reply.status, expected, "{body} -> {}", reply.body);
    }
}

/// [UU]: a change of mail also adds it to proxyAddresses as SMTP; (3P) a taken address is a 400 that says so.
#[tokio::test(start_paused = true)]
async fn mail_becomes_the_primary_address() {
    let client = minimal().await;
    assert_eq!(client.patch("/users/bob@contoso.com", json!({"mail": "robert@contoso.com"})).await.status, 204);
    let bob = client.user("bob@contoso.com", "mail,proxyAddresses").await;
    assert_eq!(bob["proxyAddresses"], json!(["SMTP:robert@contoso.com", "smtp:bob@contoso.com"]));
    let reply = client.patch("/users/bob@contoso.com", json!({"mail": "ADMIN@contoso.com"})).await;
    assert_eq!((reply.status, reply.code()), (400, "Request_BadRequest"));
    assert!(reply.message().contains("proxyAddresses already exists"));
}

/// [GD21]: per property; the whole PATCH fails. otherMails stays writable (UNV, switch).
#[tokio::test(start_paused = true)]
async fn synchronised_accounts_refuse_their_mastered_properties() {
    let client = minimal().await;
    client.simulator.disturb_user("bob@contoso.com", &object(json!({"onPremisesSyncEnabled": true}))).unwrap();
    let reply =
        client.patch("/users/bob@contoso.com", json!({"mobilePhone": "1", "otherMails": ["x@x.example"]})).await;
    assert_eq!(reply.status, 400);
    assert!(reply.message().starts_with("Unable to update the specified properties for on-premises mastered"));
    assert_eq!(client.user("bob@contoso.com", "otherMails").await["otherMails"], json!([]));
    assert_eq!(client.patch("/users/bob@contoso.com", json!({"otherMails": ["x@x.example"]})).await.status, 204);
    client.simulator.disturb_user("bob@contoso.com", &object(json!({"onPremisesSyncEnabled": false}))).unwrap();
    assert_eq!(client.patch("/users/bob@contoso.com", json!({"mobilePhone": "1"})).await.status, 204);
}

/// Create, soft-delete, restore, purge; a recreated name has a new id (contract §10.36).
#[tokio::test(start_paused = true)]
async fn the_life_of_an_account() {
    let client = minimal().await;
    let new = json!({"accountEnabled": true, "displayName": "Eve", "mailNickname": "eve",
        "userPrincipalName": "eve@contoso.com", "passwordProfile": {"password": "P@ssw0rd-long"}});
    let made = client.post("/users", new.clone()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["id"].as_str().unwrap().to_owned();
    assert!(!client.simulator.truth().to_string().contains("P@ssw0rd"));
    assert_eq!(client.post("/users", new.clone()).await.status, 400, "the name is taken");
    assert_eq!(client.delete(&format!("/users/{id}")).await.status, 204);
    let gone = client.get("/users/eve@contoso.com").await;
    assert_eq!((gone.status, gone.code()), (404, "Request_ResourceNotFound"));
    assert_eq!(client.post(&format!("/directory/deletedItems/{id}/restore"), json!({})).await.status, 200);
    assert_eq!(client.get("/users/eve@contoso.com").await.body["id"], json!(id));
    assert_eq!(client.delete("/users/eve@contoso.com").await.status, 204);
    let again = client.post("/users", new).await;
    assert_eq!(again.status, 201);
    assert_ne!(again.body["id"], json!(id));
    assert_eq!(client.get("/users/eve@contoso.com").await.body["id"], again.body["id"]);
    assert_eq!(client.delete(&format!("/directory/deletedItems/{id}")).await.status, 204);
    let invalid = client.post("/users", json!({"displayName": "x"})).await;
    assert!(invalid.message().contains("accountEnabled"));
}

/// The licence's plans, as `licenseDetails` prints them. [CSDL]
#[tokio::test(start_paused = true)]
async fn license_details_name_the_exchange_plan() {
    let client = minimal().await;
    let reply = client.get("/users/bob@contoso.com/licenseDetails").await;
    let plans = reply.items()[0]["servicePlans"].as_array().unwrap();
    assert!(plans.iter().any(|plan| plan["servicePlanName"] == "EXCHANGE_S_ENTERPRISE"));
}

/// The minimal seed is what it says.
#[test]
fn the_minimal_seed_parses() {
    assert_eq!(Seed::minimal().users.len(), 2);
}
