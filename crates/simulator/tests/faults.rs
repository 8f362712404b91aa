//! Faults and batches. Contract §9, §10.10, §10.12.

// Helpers of tests are test code too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::{Value, json};
use support::{client, minimal, options, reply, simulator};
use tenant_contacts_simulator::{ConnectionFault, FaultScript, Options, Seed};

async fn script(text: &str) -> support::Client {
    let client = minimal().await;
    client.simulator.set_faults(text.parse().unwrap());
    client
}

/// The text form prints back to what it was.
#[test]
fn scripts_round_trip() {
    let text = "3:429(2.5);7:reset-after;PATCH users#2:503;1:429;GET users/{id}#1:slow-body;9:truncated-body;2:reset-before;4:timeout-after-write";
    let parsed: FaultScript = text.parse().unwrap();
    assert_eq!(parsed.to_string(), text);
    assert_eq!("PATCH users:503".parse::<FaultScript>().unwrap().to_string(), "PATCH users#1:503");
    for bad in ["3", "0:503", "3:404", "x:503", "PATCH users#0:503", "3:429()", "3:429(a b)", "patch users:503"] {
        assert!(bad.parse::<FaultScript>().is_err(), "{bad}");
    }
}

/// 429 with a fractional Retry-After [TH21] or without one, and 5xx; nothing is written.
#[tokio::test(start_paused = true)]
async fn refusals() {
    let client = script("1:429(2.128);2:429;PATCH users#3:503").await;
    let body = json!({"otherMails": ["x@x.example"]});
    let first = client.patch("/users/bob@contoso.com", body.clone()).await;
    assert_eq!((first.status, first.code(), first.header("retry-after")), (429, "TooManyRequests", Some("2.128")));
    assert_eq!(first.body["error"]["innerError"]["code"], json!("429"));
    let second = client.patch("/users/bob@contoso.com", body.clone()).await;
    assert_eq!((second.status, second.header("retry-after")), (429, None));
    assert_eq!(client.patch("/users/bob@contoso.com", body.clone()).await.status, 503);
    assert!(client.simulator.journal(0).is_empty());
    assert_eq!(client.patch("/users/bob@contoso.com", body).await.status, 204);
    let statistics = client.simulator.statistics();
    assert_eq!((statistics.throttled, statistics.faults), (2, 3));
}

/// What came when, and how it was answered, is on record.
#[tokio::test(start_paused = true)]
async fn requests_are_remembered() {
    let client = script("2:429(2.128);3:reset-before").await;
    tokio::time::advance(std::time::Duration::from_millis(1500)).await;
    client.get("/users/bob@contoso.com").await;
    client.get("/users/bob@contoso.com?$select=id").await;
    let _ = client.send("GET", "/organization", &[], None).await;
    let reply = client.get("http://localhost/_sim/requests?since=1").await;
    assert_eq!(
        reply.body,
        json!([
            {"sequence": 2, "atMs": 1500, "operation": "GET users/{id}", "status": 200, "retryAfter": null},
            {"sequence": 3, "atMs": 1500, "operation": "GET users/{id}", "status": 429, "retryAfter": "2.128"},
            {"sequence": 4, "atMs": 1500, "operation": "GET organization", "status": null, "retryAfter": null},
        ])
    );
    assert_eq!(client.get("http://localhost/_sim/requests?since=x").await.status, 400);
}

/// The SDKs' casts say `graph.`, an alias of `microsoft.graph.`.
#[tokio::test(start_paused = true)]
async fn casts_take_the_alias() {
    let client = minimal().await;
    assert_eq!(client.get("/directory/deletedItems/graph.user").await.status, 200);
    assert!(client.simulator.statistics().operations.contains_key("GET directory/deletedItems/microsoft.graph.user"));
}

/// A reset before the write leaves nothing behind, one after it does, and so does a time-out.
#[tokio::test(start_paused = true)]
async fn connections_break_before_and_after_the_write() {
    let client = script("1:reset-before;2:reset-after;3:timeout-after-write").await;
    for (number, written) in [(1, 0), (2, 1)] {
        let body = json!({"otherMails": [format!("x{number}@x.example")]});
        let sent = client.send("PATCH", "/users/bob@contoso.com", &[], Some(body)).await;
        assert_eq!(sent.unwrap_err(), ConnectionFault::Reset);
        assert_eq!(client.simulator.journal(0).len(), written);
    }
    let hanging = client.send("PATCH", "/users/bob@contoso.com", &[], Some(json!({"otherMails": []})));
    let waited = tokio::time::timeout(std::time::Duration::from_mins(1), hanging).await;
    assert!(waited.is_err());
    assert_eq!(client.simulator.journal(0).len(), 2);
}

/// A slow body arrives whole, a truncated one ends in an error.
#[tokio::test(start_paused = true)]
async fn bodies() {
    use http_body_util::BodyExt;
    let client = script("1:slow-body;2:truncated-body").await;
    let before = tokio::time::Instant::now();
    assert_eq!(client.get("/users").await.items().len(), 2);
    assert!(before.elapsed().as_secs() >= 8);
    let request =
        http::Request::get("http://localhost/v1.0/users").header("authorization", format!("Bearer {}", client.token));
    let response = client.simulator.handle(request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.into_body().collect().await.is_err());
}

fn items(reply: &support::Reply) -> Vec<(String, u64)> {
    let all = reply.body["responses"].as_array().unwrap().iter();
    let mut all: Vec<_> =
        all.map(|item| (item["id"].as_str().unwrap().to_owned(), item["status"].as_u64().unwrap())).collect();
    all.sort();
    all
}

fn get(id: &str, url: &str) -> Value {
    json!({"id": id, "method": "GET", "url": url})
}

/// [JB]: outer 200, own statuses and headers per item, dependents of a failure 424, 429 per item.
#[tokio::test(start_paused = true)]
async fn batches() {
    let client = script("GET organization#1:429(1.5)").await;
    let patch = |id: &str, user: &str, after: &[&str]| {
        json!({"id": id, "method": "PATCH", "url": format!("/users/{user}@contoso.com"), "dependsOn": after,
            "headers": {"Content-Type": "application/json"}, "body": {"jobTitle": id}})
    };
    let body = json!({"requests": [get("1", "/users/bob@contoso.com?$select=id"), get("2", "organization"),
        patch("3", "none", &[]), patch("4", "bob", &["3"]), patch("5", "bob", &["1"])]});
    let reply = client.post("/$batch", body).await;
    assert_eq!(reply.status, 200);
    let expected = [("1", 200), ("2", 429), ("3", 404), ("4", 424), ("5", 204)];
    assert_eq!(items(&reply), expected.map(|(id, status)| (id.to_owned(), status)));
    let throttled = reply.body["responses"].as_array().unwrap().iter().find(|item| item["id"] == "2").unwrap();
    assert_eq!(throttled["headers"]["retry-after"], json!("1.5"));
    assert_eq!(client.simulator.statistics().batch_items, 5);
    assert_eq!(client.simulator.journal(0)[0].path, "/v1.0/users/bob@contoso.com");
}

/// [JB]: more than 20, a duplicate id, a body without Content-Type, an unknown dependency: 400.
#[tokio::test(start_paused = true)]
async fn bad_batches() {
    let client = minimal().await;
    let many: Vec<Value> = (0..21).map(|n| get(&n.to_string(), "/users")).collect();
    let circle = |id: &str, on: &str| json!({"id": id, "method": "GET", "url": "/users", "dependsOn": [on]});
    for requests in [
        json!(many),
        json!([get("1", "/users"), get("1", "/users")]),
        json!([{"id": "1", "method": "PATCH", "url": "/users/x", "body": {"a": 1}}]),
        json!([circle("1", "9")]),
        json!([circle("1", "2"), circle("2", "1")]),
        json!([get("1", "/$batch")]),
        json!("nonsense"),
    ] {
        let reply = client.post("/$batch", json!({"requests": requests})).await;
        assert_eq!(reply.status, 400, "{}", reply.body);
    }
}

/// Answers are shuffled [JB], and the same seed shuffles alike.
#[tokio::test(start_paused = true)]
async fn shuffled_and_deterministic() {
    let run = async |seed| {
        let client = client(simulator(&Seed::minimal(), Options { seed, ..options() })).await;
        let requests: Vec<Value> = (0..20).map(|n| get(&n.to_string(), "/organization")).collect();
        client.post("/$batch", json!({"requests": requests})).await.text
    };
    let (one, same, other) = (run(1).await, run(1).await, run(2).await);
    assert_eq!(one, same);
    assert_ne!(one, other);
    let order: Vec<Value> = serde_json::from_str::<Value>(&one).unwrap()["responses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["id"].clone())
        .collect();
    assert_ne!(order, (0..20).map(|n| json!(n.to_string())).collect::<Vec<_>>());
}

/// The admin surface: changes from outside are journalled as such, and it is not counted.
#[tokio::test(start_paused = true)]
async fn the_admin_surface() {
    let client = minimal().await;
    let ask = async |method: &str, path: &str, body: &str| {
        let request = http::Request::builder().method(method).uri(format!("http://localhost/_sim/{path}"));
        reply(&client.simulator, request.body(bytes::Bytes::from(body.to_owned())).unwrap()).await.unwrap()
    };
    let counted = client.simulator.statistics().requests;
    assert_eq!(
        ask("PATCH", "users/bob@contoso.com", r#"{"proxyAddresses": ["SMTP:b@contoso.com"]}"#).await.status,
        204
    );
    assert_eq!(ask("PATCH", "organization", r#"{"technicalNotificationMails": []}"#).await.status, 204);
    assert_eq!(ask("PATCH", "users/none@contoso.com", "{}").await.status, 404);
    assert_eq!(ask("PATCH", "users/bob@contoso.com", r#"{"nonsense": 1}"#).await.status, 400);
    assert_eq!(ask("GET", "journal?since=x", "").await.status, 400);
    let journal = ask("GET", "journal?since=1", "").await.body;
    assert_eq!((journal.as_array().unwrap().len(), &journal[0]["actor"]), (1, &json!("outside")));
    let truth = ask("GET", "truth", "").await.body;
    assert_eq!(truth["organization"][0]["technicalNotificationMails"], json!([]));
    assert_eq!(ask("GET", "statistics", "").await.body["requests"], json!(counted));
}
