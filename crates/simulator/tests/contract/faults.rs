//! Faults and batches, and requests that no client sends. Contract §9, §10.10, §10.12.

use crate::support::{client, minimal, options, reply, simulator};
use bytes::Bytes;
use http::Request;
use proptest::prelude::*;
use serde_json::{Value, json};
use tenant_contacts_simulator::{ConnectionFault, FaultScript, Options, Seed, Simulator};

async fn script(text: &str) -> crate::support::Client {
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

fn items(reply: &crate::support::Reply) -> Vec<(String, u64)> {
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

/// A tenant with everything in it, and a token for each of its services.
async fn everything() -> (Simulator, Vec<String>) {
    let seed = Seed::from_yaml(include_str!("../../../../examples/contoso/seed/tenant.yaml")).unwrap();
    let simulator = simulator(&seed, options());
    let (tenant, client) = (simulator.tenant_id(), "8f03b5ae-6d12-47c9-a4e0-3c5b9d7e1f62");
    let mut tokens = Vec::new();
    for resource in [
        "https%3A%2F%2Fgraph.microsoft.com",
        "https%3A%2F%2Foutlook.office365.com",
        "https%3A%2F%2Fapi.partnercenter.microsoft.com",
        "https%3A%2F%2Fmanagement.azure.com",
    ] {
        let form = format!(
            "grant_type=client_credentials&client_id={client}&client_secret=simulated-observer&scope={resource}%2F.default"
        );
        let reply = crate::support::token(&simulator, &tenant, &form).await;
        tokens.push(reply.body["access_token"].as_str().unwrap().to_owned());
    }
    (simulator, tokens)
}

/// What a request with any path, headers and body is answered: always an answer, and never a status that is none.
async fn answered(simulator: &Simulator, token: &str, method: &str, path: &str, body: Vec<u8>) -> u16 {
    let Ok(request) = Request::builder()
        .method(method)
        .uri(format!("http://localhost{path}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Bytes::from(body))
    else {
        return 0;
    };
    crate::support::reply(simulator, request).await.unwrap().status
}

#[tokio::test(start_paused = true)]
async fn requests_that_no_client_sends_are_answered_and_shake_nothing() {
    let (simulator, tokens) = everything().await;
    let [graph, exchange, partner, billing] = &tokens[..] else { panic!("four tokens") };
    let deep = "(".repeat(20_000);
    let filters = [
        format!("{deep}mail%20eq%20'a'{}", ")".repeat(20_000)),
        format!("{}mail%20eq%20'a'", "not%20".repeat(9_000)),
        format!("mail%20eq%20'a'{}", "%20or%20mail%20eq%20'a'".repeat(2_500)),
        "mail%20eq%20'%00%ff".into(),
        "mail%20in%20(".into(),
        "otherMails/any(x:x%20eq%20".into(),
        "%F0%9F%92%A9".into(),
        "mail%20eq%20'".into(),
        "createdDateTime%20ge%209999-99-99T99:99:99Z".into(),
    ];
    for filter in &filters {
        let status = answered(&simulator, graph, "GET", &format!("/v1.0/users?$filter={filter}"), Vec::new()).await;
        // Never a list that was not filtered.
        assert!(status >= 400 || filter.contains("or%20mail"), "{status} {}", &filter[..filter.len().min(60)]);
    }
    for query in
        ["$top=18446744073709551616", "$top=-1", "$top=", "$skiptoken=%00", "$select=%20,,", "$orderby=", "$expand=((("]
    {
        let status = answered(&simulator, graph, "GET", &format!("/v1.0/users?{query}"), Vec::new()).await;
        assert!((200..500).contains(&status), "{status} {query}");
    }
    let tenant = simulator.tenant_id();
    let invoke = format!("/adminapi/beta/{tenant}/InvokeCommand");
    let nested = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    let call = |cmdlet: &str, parameters: &str| {
        format!(r#"{{"CmdletInput":{{"CmdletName":"{cmdlet}","Parameters":{parameters}}}}}"#)
    };
    for (cmdlet, parameters) in [
        ("Get-QuarantineMessage", r#"{"Page":9223372036854775807,"PageSize":9223372036854775807}"#),
        ("Get-QuarantineMessage", r#"{"Page":-1,"PageSize":0}"#),
        ("Get-QuarantineMessage", r#"{"StartReceivedDate":"9999-12-31T23:59:59Z","EndReceivedDate":"-9999-01-01"}"#),
        ("Get-MessageTraceV2", r#"{"StartDate":"9999-12-31T23:59:59Z","EndDate":"-9999-01-01T00:00:00Z"}"#),
        ("Get-MessageTraceV2", r#"{"StartDate":"0001-01-01","ResultSize":-5}"#),
        ("Get-MessageTraceV2", r#"{"ResultSize":99999999999999999999999}"#),
        ("Get-Mailbox", r#"{"ResultSize":-1,"Identity":{"a":[null]}}"#),
        ("Get-Mailbox", r#"{"Identity":null,"Filter":"((((("}"#),
        ("Get-Mailbox", "null"),
        ("Get-Mailbox", "[]"),
        ("", "{}"),
        ("Get-Mailbox\u{0}", "{}"),
        (
            "Set-Mailbox",
            r##"{"Identity":"x","EmailAddresses":{"@odata.type":"#Exchange.GenericHashTable","Add":7,"Remove":{}}}"##,
        ),
        (
            "New-TenantAllowBlockListItems",
            r#"{"ListType":"Sender","Entries":[],"RemoveAfter":-99999999999,"Allow":true}"#,
        ),
    ] {
        let status = answered(&simulator, exchange, "POST", &invoke, call(cmdlet, parameters).into()).await;
        assert!((200..500).contains(&status), "{status} {cmdlet} {parameters}");
    }
    for body in
        [nested.as_str(), "", "\0", "{\"CmdletInput\":", "{\"requests\":[{}]}", "{\"requests\":7}", "\u{feff}{}"]
    {
        for path in [&invoke, &format!("/adminapi/beta/{tenant}/$batch"), &format!("/adminapi/v2.0/{tenant}/Mailbox")] {
            let status = answered(&simulator, exchange, "POST", path, body.into()).await;
            assert!((400..500).contains(&status), "{status} {path}");
        }
        for path in ["/v1/profiles/legalbusiness", "/v1/profiles/supportprofile"] {
            let status = answered(&simulator, partner, "PUT", path, body.into()).await;
            assert!((400..500).contains(&status), "{status} {path}");
        }
        let path = "/providers/Microsoft.Billing/billingAccounts/x/billingProfiles/y?api-version=2024-04-01";
        let status = answered(&simulator, billing, "PUT", path, body.into()).await;
        assert!((400..500).contains(&status), "{status} {path}");
    }
    // It is as it was.
    assert_eq!(answered(&simulator, graph, "GET", "/v1.0/users", Vec::new()).await, 200);
    assert_eq!(answered(&simulator, exchange, "POST", &invoke, call("Get-Mailbox", "{}").into()).await, 200);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Random requests to every service: paths of pieces that mean something, bodies of such pieces too.
    #[test]
    fn no_request_makes_it_panic(requests in prop::collection::vec((
        0_usize..4,
        prop::sample::select(vec!["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
        prop::collection::vec(prop::sample::select(vec![
            "/v1.0", "/adminapi", "/beta", "/v2.0", "/InvokeCommand", "/$batch", "/users", "/groups", "/delta", "/organization",
            "/domains", "/9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001", "/mailFolders/inbox", "/messages", "/messageRules", "/v1",
            "/profiles", "/legalbusiness", "/providers/Microsoft.Billing", "/billingAccounts", "/billingProfiles", "/%00", "/..",
            "/authentication/emailMethods", "/directory/deletedItems", "/roleManagement/directory/roleAssignments", "/('",
            "?$filter=", "?$top=1", "&$select=", "&$skiptoken=", "?api-version=2024-04-01", "mail%20eq%20", "'%27", "(", ")",
            "/any(x:x%20eq%20", "?$deltatoken=", "%FF%FE", "/admin/exchange/tracing/messageTraces",
        ]), 0..7),
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            prop::collection::vec(prop::sample::select(vec![
                "{", "}", "[", "]", ":", ",", "null", "-1", "1e999", "\"\"", "\"CmdletInput\"", "\"CmdletName\"", "\"Parameters\"",
                "\"Get-Mailbox\"", "\"Set-Mailbox\"", "\"Identity\"", "\"requests\"", "\"id\"", "\"method\"", "\"GET\"", "\"url\"",
                "\"/users\"", "\"body\"", "\"properties\"", "\"invoiceRecipients\"", "\"otherMails\"", "\"primaryContact\"",
            ]), 0..25).prop_map(|parts| parts.concat().into_bytes()),
        ],
    ), 1..12)) {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (simulator, tokens) = everything().await;
            for (service, method, path, body) in requests {
                let path = path.concat();
                let path = if path.starts_with('/') { path } else { format!("/{path}") };
                let status = answered(&simulator, &tokens[service], method, &path, body).await;
                assert_ne!(status, 500, "{method} {path}");
            }
        });
    }
}
