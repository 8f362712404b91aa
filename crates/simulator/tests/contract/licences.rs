//! `assignLicense`, and Microsoft 365 groups after their deletion. Contract §2.

use crate::support::{Client, client, minimal, options, simulator, with};
use serde_json::{Value, json};
use tenant_contacts_simulator::{Options, Seed, Switches};

const E5: &str = "06ebc4ee-1bb5-47dd-8120-11324bc54e06";
const EXCHANGE: &str = "efb87545-963c-4e0d-99df-69c6916d9eb0";

const SKU_OF_ONE: &str = "
  - {skuPartNumber: EXCHANGESTANDARD, enabled: 1}
applications:";
const ONE: &str = "4b9405b0-7788-4568-add1-99614e613b69";

async fn assign(client: &Client, user: &str, add: Value, remove: Value) -> crate::support::Reply {
    client.post(&format!("/users/{user}/assignLicense"), json!({"addLicenses": add, "removeLicenses": remove})).await
}

async fn consumed(client: &Client, sku: &str) -> u64 {
    let skus = client.get("/subscribedSkus").await;
    let found = skus.items().iter().find(|found| found["skuId"] == sku).unwrap().clone();
    found["consumedUnits"].as_u64().unwrap()
}

/// Plans follow licences, a disabled plan is left out, units are counted; what cannot be is refused whole.
#[tokio::test(start_paused = true)]
async fn licences_are_assigned_and_taken() {
    let seed = include_str!("../../src/seed/minimal.yaml").replacen("\napplications:", SKU_OF_ONE, 1);
    let client = with(&seed).await;
    let bob = "bob@contoso.com";
    assert_eq!((consumed(&client, E5).await, consumed(&client, ONE).await), (2, 0));
    let no_place = assign(&client, bob, json!([{"skuId": ONE}]), json!([])).await;
    assert!(no_place.message().contains("usage location"), "{}", no_place.body);
    for user in [bob, "admin@contoso.com"] {
        client.patch(&format!("/users/{user}"), json!({"usageLocation": "US"})).await;
    }
    let given = assign(&client, bob, json!([{"skuId": ONE, "disabledPlans": []}]), json!([])).await;
    assert_eq!((given.status, &given.body["userPrincipalName"]), (200, &json!(bob)), "{}", given.body);
    assert_eq!(consumed(&client, ONE).await, 1);
    let none_left = assign(&client, "admin@contoso.com", json!([{"skuId": ONE}]), json!([])).await;
    assert!(none_left.status == 400 && none_left.message().contains("available licenses"), "{}", none_left.body);
    let names = client.get(&format!("/users/{bob}/licenseDetails")).await;
    assert_eq!(names.items().len(), 2);

    // The same licence again, without its mailbox plan; the other one taken in the same request.
    let changed = assign(&client, bob, json!([{"skuId": E5, "disabledPlans": [EXCHANGE]}]), json!([ONE])).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!((consumed(&client, E5).await, consumed(&client, ONE).await), (2, 0));
    let user = client.user(bob, "assignedPlans,assignedLicenses").await;
    let exchange = user["assignedPlans"].as_array().unwrap().iter().filter(|plan| plan["service"] == "exchange");
    assert!(exchange.clone().count() > 0 && exchange.clone().all(|plan| plan["capabilityStatus"] == "Deleted"));
    let before = client.simulator.journal(0).len();
    for (add, remove) in [
        (json!([]), json!([ONE])),
        (json!([{"skuId": "11111111-2222-4333-8444-555555555555"}]), json!([])),
        (json!([{"skuId": ONE, "disabledPlans": [E5]}]), json!([])),
        (json!([]), json!("x")),
    ] {
        assert_eq!(assign(&client, bob, add.clone(), remove).await.status, 400, "{add}");
    }
    assert_eq!(client.simulator.journal(0).len(), before);
    let limited = client.limited(&["User.Read.All"]).await;
    assert_eq!(assign(&limited, bob, json!([]), json!([E5])).await.status, 403);
}

/// The usage location is asked for by switch.
#[tokio::test(start_paused = true)]
async fn the_usage_location_is_a_switch() {
    let switches = Switches { licence_needs_usage_location: false, ..Switches::default() };
    let client = client(simulator(&Seed::minimal(), Options { switches, ..options() })).await;
    assert_eq!(assign(&client, "bob@contoso.com", json!([{"skuId": E5}]), json!([])).await.status, 200);
}

/// A Microsoft 365 group is kept for 30 days: out of every list, its address still held; restored it is as it was. A
/// security group is gone at once.
#[tokio::test(start_paused = true)]
async fn groups_are_deleted_softly() {
    let client = minimal().await;
    let create = async |name: &str, kinds: Value, mail: bool| {
        let body = json!({"displayName": name, "mailNickname": name, "groupTypes": kinds, "mailEnabled": mail, "securityEnabled": !mail});
        client.post("/groups", body).await.body["id"].as_str().unwrap().to_owned()
    };
    let unified = create("desk", json!(["Unified"]), true).await;
    let security = create("sec", json!([]), false).await;
    let bob = client.user("bob@contoso.com", "id").await["id"].as_str().unwrap().to_owned();
    let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{bob}")});
    client.post(&format!("/groups/{unified}/members/$ref"), reference).await;
    let delta = client.get("/groups/delta?$select=displayName").await.body["@odata.deltaLink"].clone();
    for id in [&unified, &security] {
        assert_eq!(client.delete(&format!("/groups/{id}")).await.status, 204);
        for path in [format!("/groups/{id}"), format!("/groups/{id}/members"), format!("/directoryObjects/{id}")] {
            assert_eq!(client.get(&path).await.status, 404, "{path}");
        }
        assert_eq!(client.patch(&format!("/groups/{id}"), json!({"description": "x"})).await.status, 404);
    }
    assert!(client.get("/groups").await.items().is_empty());
    assert!(client.get("/users/bob@contoso.com/memberOf").await.items().is_empty());
    let removed = client.get(delta.as_str().unwrap()).await;
    let mut reasons: Vec<_> = removed.items().iter().map(|item| item["@removed"]["reason"].clone()).collect();
    reasons.sort_by_key(Value::to_string);
    assert_eq!(reasons, [json!("changed"), json!("deleted")]);
    let deleted = client.get("/directory/deletedItems/microsoft.graph.group").await;
    assert_eq!(deleted.items().len(), 1);
    let held = client.patch("/users/bob@contoso.com", json!({"mail": "desk@contoso.onmicrosoft.com"})).await;
    assert!(held.message().contains("proxyAddresses"), "{}", held.body);
    assert_eq!(client.post(&format!("/directory/deletedItems/{unified}/restore"), json!({})).await.status, 200);
    assert_eq!(client.get(&format!("/groups/{unified}/members")).await.items().len(), 1);
    client.delete(&format!("/groups/{unified}")).await;
    assert_eq!(client.delete(&format!("/directory/deletedItems/{unified}")).await.status, 204);
    assert_eq!(client.get(&format!("/directory/deletedItems/{unified}")).await.status, 404);
    assert_eq!(
        client.patch("/users/bob@contoso.com", json!({"mail": "desk@contoso.onmicrosoft.com"})).await.status,
        204
    );
}
