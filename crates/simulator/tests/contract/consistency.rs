//! Replicas and delta. Contract §2 Delta, §9 Consistency, §10.7, §10.15.

use std::{collections::BTreeMap, time::Duration};

use crate::support::{Client, client, minimal, object, options, simulator};
use serde_json::{Value, json};
use tenant_contacts_simulator::{Options, Seed};

/// [UL][DQ]: gets, lists, filters and delta of a lagging replica show the past; replicas disagree in turn.
#[tokio::test(start_paused = true)]
async fn replicas_lag() {
    let replicas = vec![Duration::ZERO, Duration::from_secs(10)];
    let client = client(simulator(&Seed::minimal(), Options { replicas, ..options() })).await;
    tokio::time::advance(Duration::from_mins(1)).await;
    let wrote = client.patch("/users/bob@contoso.com", json!({"otherMails": ["new@x.example"]})).await;
    assert_eq!(wrote.status, 204);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(client.user("bob@contoso.com", "otherMails").await["otherMails"] == json!(["new@x.example"]));
    }
    assert!(seen.contains(&true) && seen.contains(&false), "{seen:?}");
    assert_ne!(seen[0], seen[1]);
    let filter = "/users?$filter=otherMails/any(x:x eq 'new@x.example')";
    let counts = [client.get(filter).await.items().len(), client.get(filter).await.items().len()];
    assert_eq!(counts.iter().sum::<usize>(), 1, "the filter's index lags too");
    tokio::time::advance(Duration::from_secs(11)).await;
    for _ in 0..4 {
        assert_eq!(client.user("bob@contoso.com", "otherMails").await["otherMails"], json!(["new@x.example"]));
    }
}

/// Contract §10.8: 404 just after create, a ghost just after delete.
#[tokio::test(start_paused = true)]
async fn creations_and_deletions_lag_too() {
    let replicas = vec![Duration::from_secs(10)];
    let client = client(simulator(&Seed::minimal(), Options { replicas, ..options() })).await;
    tokio::time::advance(Duration::from_mins(1)).await;
    let new = json!({"accountEnabled": true, "displayName": "Eve", "mailNickname": "eve",
        "userPrincipalName": "eve@contoso.com", "passwordProfile": {"password": "P@ssw0rd-long"}});
    assert_eq!(client.post("/users", new).await.status, 201);
    assert_eq!(client.delete("/users/bob@contoso.com").await.status, 204);
    assert_eq!(client.get("/users/eve@contoso.com").await.status, 404);
    assert_eq!(client.get("/users/bob@contoso.com").await.status, 200);
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(client.get("/users/eve@contoso.com").await.status, 200);
    assert_eq!(client.get("/users/bob@contoso.com").await.status, 404);
}

/// Follows a round to its delta link.
async fn round(client: &Client, start: &str) -> (Vec<Value>, String) {
    let (mut url, mut items) = (start.to_owned(), Vec::new());
    loop {
        let reply = client.get(&url).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        items.extend(reply.items().clone());
        match (reply.body["@odata.nextLink"].as_str(), reply.body["@odata.deltaLink"].as_str()) {
            (Some(next), None) => next.clone_into(&mut url),
            (None, Some(delta)) => return (items, delta.to_owned()),
            both => panic!("exactly one link: {both:?}"),
        }
    }
}

/// [DQ]: first everything, then what changed among the selected; removed changed/deleted; restored as new.
#[tokio::test(start_paused = true)]
async fn delta_tells_what_changed() {
    let mut seed = Seed::minimal();
    seed.generate(500, 1);
    let client = client(simulator(&seed, options())).await;
    let (items, link) = round(&client, "/users/delta?$select=id,otherMails,mail").await;
    assert_eq!(items.len(), 502);
    let (none, link) = round(&client, &link).await;
    assert!(none.is_empty());
    client.patch("/users/bob@contoso.com", json!({"department": "x"})).await;
    assert!(round(&client, &link).await.0.is_empty(), "not selected");
    client.patch("/users/bob@contoso.com", json!({"otherMails": ["b@x.example"]})).await;
    let bob = client.user("bob@contoso.com", "id").await["id"].clone();
    let (items, after) = round(&client, &link).await;
    assert_eq!(items, [json!({"id": bob, "mail": "bob@contoso.com", "otherMails": ["b@x.example"]})]);
    let minimal = client.send("GET", &link, &[("Prefer", "return=minimal")], None).await.unwrap();
    assert_eq!(minimal.items(), &[json!({"id": bob, "otherMails": ["b@x.example"]})]);
    assert_eq!(round(&client, &link).await.0.len(), 1, "a token can be replayed");
    client.delete("/users/bob@contoso.com").await;
    let (items, after) = round(&client, &after).await;
    assert_eq!(items, [json!({"id": bob, "@removed": {"reason": "changed"}})]);
    client.post(&format!("/directory/deletedItems/{}/restore", bob.as_str().unwrap()), json!({})).await;
    let (items, after) = round(&client, &after).await;
    assert_eq!(items[0]["mail"], json!("bob@contoso.com"));
    client.simulator.disturb_purge("bob@contoso.com").unwrap();
    assert_eq!(round(&client, &after).await.0, [json!({"id": bob, "@removed": {"reason": "deleted"}})]);
    let latest = client.get("/users/delta?$deltatoken=latest").await;
    assert!(latest.items().is_empty() && latest.body["@odata.deltaLink"].is_string());
    for bad in ["$top=5", "$orderby=mail", "$expand=manager", "$filter=mail eq 'x'", "$deltatoken=zzz"] {
        assert_eq!(client.get(&format!("/users/delta?{bad}")).await.status, 400, "{bad}");
    }
}

/// `$filter` names the objects to be told of, and nothing else. [DQ]
#[tokio::test(start_paused = true)]
async fn delta_of_named_objects() {
    let client = minimal().await;
    let [bob, admin] = [client.user("bob@contoso.com", "id").await, client.user("admin@contoso.com", "id").await];
    let [bob, admin] = [bob["id"].as_str().unwrap(), admin["id"].as_str().unwrap()];
    let (items, link) = round(&client, &format!("/users/delta?$select=jobTitle&$filter=id eq '{bob}'")).await;
    assert_eq!(items, [json!({"id": bob})]);
    for name in [bob, admin] {
        client.patch(&format!("/users/{name}"), json!({"jobTitle": "x"})).await;
    }
    assert_eq!(round(&client, &link).await.0, [json!({"id": bob, "jobTitle": "x"})]);
    let both = format!("/users/delta?$filter=id eq '{bob}' or id eq '{}'", admin.to_uppercase());
    assert_eq!(round(&client, &both).await.0.len(), 2);
    let many: Vec<String> = (0..51).map(|n| format!("id eq '{n}'")).collect();
    let refused = ["mail eq 'x'", "not(id eq 'x')", "id eq 'x' and id eq 'y'", "id ne 'x'", &many.join(" or ")];
    for filter in refused {
        let reply = client.get(&format!("/users/delta?$filter={filter}")).await;
        assert_eq!((reply.status, reply.code()), (400, "Request_UnsupportedQuery"), "{filter}");
    }
    // After a reset the same objects and properties are asked for again.
    client.simulator.reset_delta();
    let gone = client.get(&link).await;
    let again = round(&client, gone.header("location").unwrap()).await.0;
    assert_eq!(again, [json!({"id": bob, "jobTitle": "x"})]);
}

/// Items come twice and are told again by switch; who keeps the latest by id is right all the same. [DQ]
#[tokio::test(start_paused = true)]
async fn delta_repeats() {
    let mut seed = Seed::minimal();
    seed.generate(100, 1);
    let client = client(simulator(&seed, Options { delta_repeats: true, ..options() })).await;
    let (items, mut link) = round(&client, "/users/delta?$select=department").await;
    let ids: BTreeMap<&str, &Value> = items.iter().map(|item| (item["id"].as_str().unwrap(), item)).collect();
    assert_eq!(ids.len(), 102);
    assert!(items.len() > 110, "items came twice: {}", items.len());
    let mut old = 0;
    for step in 0..20 {
        let key = &seed.users[2 + step].upn;
        client.simulator.disturb_user(key, &object(json!({"department": format!("d{step}")}))).unwrap();
        let (items, next) = round(&client, &link).await;
        link = next;
        assert!(items.iter().any(|item| item["department"] == format!("d{step}")), "the change itself is told");
        old += items.iter().filter(|item| item["department"] != format!("d{step}")).count();
    }
    assert!(old > 0, "changes of earlier rounds were told again");
}

/// Seven days; 410 with a Location to start over. [DQ]
#[tokio::test(start_paused = true)]
async fn delta_tokens_end() {
    let first = minimal().await;
    let (_, link) = round(&first, "/users/delta?$select=id").await;
    first.simulator.reset_delta();
    let gone = first.get(&link).await;
    assert_eq!(gone.status, 410);
    let (again, link) = round(&first, gone.header("location").unwrap()).await;
    assert_eq!(again.len(), 2);
    tokio::time::advance(Duration::from_hours(7 * 24 + 1)).await;
    let later = client(first.simulator.clone()).await;
    assert_eq!(later.get(&link).await.code(), "syncStateNotFound");
}

/// No change is lost whichever replicas answer: a copy kept by delta ends equal to the truth.
#[tokio::test(start_paused = true)]
async fn delta_over_lagging_replicas_loses_nothing() {
    for seed in 0..20 {
        let replicas = vec![Duration::ZERO, Duration::from_secs(30), Duration::from_secs(7)];
        let replica_choice = tenant_contacts_simulator::ReplicaChoice::Random;
        let mut tenant = Seed::minimal();
        tenant.generate(300, seed);
        let client = client(simulator(&tenant, Options { replicas, replica_choice, seed, ..options() })).await;
        tokio::time::advance(Duration::from_mins(1)).await;
        let mut copy: BTreeMap<String, Value> = BTreeMap::new();
        let mut link = "/users/delta?$select=id,department".to_owned();
        for step in 0..30 {
            let key = &tenant.users[2 + (step * 7) % 300].upn;
            client.simulator.disturb_user(key, &object(json!({"department": format!("d{step}")}))).unwrap();
            if step % 3 == 0 {
                let (items, next) = round(&client, &link).await;
                link = next;
                for item in items {
                    copy.insert(item["id"].as_str().unwrap().to_owned(), item);
                }
            }
            tokio::time::advance(Duration::from_secs(4)).await;
        }
        tokio::time::advance(Duration::from_mins(1)).await;
        for item in round(&client, &link).await.0 {
            copy.insert(item["id"].as_str().unwrap().to_owned(), item);
        }
        let truth = client.simulator.truth();
        for user in truth["users"].as_array().unwrap() {
            assert_eq!(copy[user["id"].as_str().unwrap()].get("department"), user.get("department"), "seed {seed}");
        }
    }
}
