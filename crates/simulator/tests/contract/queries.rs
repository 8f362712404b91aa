//! Lists: filters, pages, advanced queries. Contract §2 Query, §9.

use crate::support::{client, minimal, options, simulator};
use serde_json::json;
use tenant_contacts_simulator::{Options, Paging, Seed};

async fn fleet(count: usize, options: Options) -> crate::support::Client {
    let mut seed = Seed::minimal();
    seed.generate(count, 1);
    client(simulator(&seed, options)).await
}

async fn all(client: &crate::support::Client, start: &str) -> (Vec<String>, usize) {
    let (mut url, mut ids, mut pages) = (start.to_owned(), Vec::new(), 0);
    loop {
        let reply = client.get(&url).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        ids.extend(reply.items().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        pages += 1;
        match reply.body["@odata.nextLink"].as_str() {
            Some(next) => next.clone_into(&mut url),
            None => return (ids, pages),
        }
    }
}

/// [UL]: 100 by default, $top up to 999, no $skip; next links are absolute on the own host.
#[tokio::test(start_paused = true)]
async fn pages() {
    let client = fleet(248, options()).await;
    let (ids, pages) = all(&client, "/users?$select=id").await;
    assert_eq!((ids.len(), pages), (250, 3));
    assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 250);
    assert_eq!(all(&client, "/users?$top=249").await.1, 2);
    let first = client.get("http://sim.test:99/v1.0/users?$select=id,displayName&$top=1").await;
    let next = first.body["@odata.nextLink"].as_str().unwrap();
    assert!(next.starts_with("http://sim.test:99/v1.0/users?") && next.contains("$skiptoken="));
    let second = client.get(next).await;
    assert_eq!(second.items().len(), 1);
    assert_eq!(second.items()[0].as_object().unwrap().len(), 2, "the selection goes along");
    for bad in ["$top=0", "$top=1000", "$skip=1", "$skiptoken=zzz", "$nonsense=1"] {
        assert_eq!(client.get(&format!("/users?{bad}")).await.status, 400, "{bad}");
    }
}

/// Contract §10.13: short pages and an empty first page lose nothing.
#[tokio::test(start_paused = true)]
async fn short_and_empty_pages() {
    let paging = Paging { short: true, empty_first: true, ..Paging::default() };
    let client = fleet(248, Options { paging, ..options() }).await;
    let first = client.get("/users").await;
    assert!(first.items().is_empty() && first.body["@odata.nextLink"].is_string());
    assert_eq!(all(&client, "/users").await.0.len(), 250);
}

/// The filters that are served, each with who must come out.
#[tokio::test(start_paused = true)]
async fn filters() {
    let client = minimal().await;
    for (filter, expected) in [
        ("userPrincipalName eq 'BOB@contoso.com'", vec!["bob"]),
        ("startsWith(displayName,'ada')", vec!["admin"]),
        ("accountEnabled eq true and userPrincipalName in ('bob@contoso.com','x@contoso.com')", vec!["bob"]),
        ("otherMails/any(x:x eq 'ada@fabrikam.example')", vec!["admin"]),
        ("proxyAddresses/any(p:startsWith(p,'smtp:bob@'))", vec!["bob"]),
        ("assignedLicenses/any(l:l/skuId eq 06ebc4ee-1bb5-47dd-8120-11324bc54e06)", vec!["admin", "bob"]),
        ("(surname eq null or accountEnabled eq false) and not (displayName eq 'Ada Admin')", vec!["bob"]),
        ("createdDateTime ge 2026-01-01T00:00:00Z", vec![]),
        ("createdDateTime le 2026-01-01T00:00:00Z", vec!["admin", "bob"]),
        ("displayName ne 'Ada Admin'", vec!["bob"]),
        ("endsWith(mail,'@contoso.com')", vec!["admin", "bob"]),
        ("displayName eq 'O''Neil'", vec![]),
    ] {
        let reply = client.advanced(&format!("/users?$count=true&$filter={filter}")).await;
        assert_eq!(reply.status, 200, "{filter}: {}", reply.body);
        let mut names: Vec<_> = reply
            .items()
            .iter()
            .map(|item| item["userPrincipalName"].as_str().unwrap().split('@').next().unwrap())
            .collect();
        names.sort_unstable();
        assert_eq!(names, expected, "{filter}");
        assert_eq!(reply.body["@odata.count"], json!(expected.len()), "{filter}");
    }
}

/// What is not served is refused, never an unfiltered list. [ADV]
#[tokio::test(start_paused = true)]
async fn refused_queries() {
    let client = minimal().await;
    for (query, code) in [
        ("$filter=displayName ne 'x'", "Request_UnsupportedQuery"),
        ("$filter=not (displayName eq 'x')", "Request_UnsupportedQuery"),
        ("$filter=endsWith(mail,'x')", "Request_UnsupportedQuery"),
        ("$count=true", "Request_UnsupportedQuery"),
        ("$filter=displayName eq 'x'&$orderby=displayName", "Request_UnsupportedQuery"),
        ("$search=\"displayName:ada\"", "Request_UnsupportedQuery"),
        ("$filter=contains(displayName,'x')", "Request_UnsupportedQuery"),
        ("$filter=endsWith(displayName,'x')", "Request_UnsupportedQuery"),
        ("$filter=otherMails eq 'x'", "Request_UnsupportedQuery"),
        ("$filter=displayName gt 'x'", "Request_UnsupportedQuery"),
        ("$filter=assignedLicenses/$count eq 0", "Request_UnsupportedQuery"),
        ("$filter=aboutMe eq 'x'", "Request_UnsupportedQuery"),
        ("$filter=nonsense eq 'x'", "BadRequest"),
        ("$filter=displayName eq", "BadRequest"),
        ("$filter=displayName eq 'x", "BadRequest"),
        ("$filter=accountEnabled eq 'true'", "BadRequest"),
        ("$filter=displayName eq 'x' or", "BadRequest"),
        ("$expand=nonsense", "BadRequest"),
        ("$orderby=jobTitle", "Request_UnsupportedQuery"),
    ] {
        let reply = client.get(&format!("/users?{query}")).await;
        assert_eq!((reply.status, reply.code()), (400, code), "{query}: {}", reply.body);
    }
    let deep = format!("$filter={}displayName eq 'x'{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(client.get(&format!("/users?{deep}")).await.status, 400);
    // 3P, live: these refuse page sizes.
    for path in ["/directoryRoles", "/subscribedSkus", "/directoryRoleTemplates"] {
        let reply = client.get(&format!("{path}?$top=5")).await;
        assert_eq!((reply.status, reply.code()), (400, "Request_UnsupportedQuery"));
        assert!(reply.message().starts_with("This resource does not support custom page sizes."));
    }
}

/// $search, $orderby and $count with the header; $expand=manager.
#[tokio::test(start_paused = true)]
async fn advanced_queries_and_expand() {
    let client = fleet(30, options()).await;
    let found = client.advanced("/users?$search=\"displayName:builder\"").await;
    assert_eq!(found.items().len(), 1);
    let mut url = "/users?$orderby=displayName desc&$top=7&$select=id,displayName".to_owned();
    let mut names: Vec<String> = Vec::new();
    loop {
        let reply = client.get(&url).await;
        names.extend(reply.items().iter().map(|item| item["displayName"].as_str().unwrap().to_lowercase()));
        match reply.body["@odata.nextLink"].as_str() {
            Some(next) => next.clone_into(&mut url),
            None => break,
        }
    }
    let mut sorted = names.clone();
    sorted.sort_by(|a, b| b.cmp(a));
    assert_eq!((names.len(), &names), (32, &sorted));
    assert_eq!(client.advanced("/users/$count").await.text, "32");
    let bob = client.get("/users/bob@contoso.com?$expand=manager").await;
    assert_eq!(bob.body["manager"]["displayName"], json!("Ada Admin"));
}

/// The headers every answer has. [ERR], [THR]
#[tokio::test(start_paused = true)]
async fn headers() {
    let client = minimal().await;
    let id = [("client-request-id", "my-own-id")];
    let good = client.send("GET", "/users", &id, None).await.unwrap();
    assert_eq!(good.header("client-request-id"), Some("my-own-id"));
    assert_eq!(good.header("x-ms-resource-unit"), Some("2"));
    assert_eq!(client.get("/users?$select=id&$top=5").await.header("x-ms-resource-unit"), Some("1"));
    let bad = client.send("GET", "/users/none@contoso.com", &id, None).await.unwrap();
    let inner = &bad.body["error"]["innerError"];
    assert_eq!(inner["client-request-id"], json!("my-own-id"));
    assert_eq!(inner["request-id"].as_str(), bad.header("request-id"));
    assert_eq!(client.get("/nonsense").await.status, 400);
    assert_eq!(client.put("/users", json!({})).await.status, 405);
}
