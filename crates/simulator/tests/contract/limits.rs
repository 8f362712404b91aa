//! Limits: resource units, writes, authentication methods, refusals and their headers. `[THR]`, contract §9, §10.10–11.

use std::time::Duration;

use crate::support::{Client, Reply, TENANT, client, options, simulator};
use serde_json::json;
use tenant_contacts_simulator::{Limits, Options, RetryAfter, Seed};
use tokio::time::advance;

async fn limited(limits: Limits, users: usize) -> Client {
    let mut seed = Seed::minimal();
    seed.generate(users, 1);
    client(simulator(&seed, Options { limits: Some(limits), ..options() })).await
}

/// Asks until the first refusal; how many requests went well, and the refusal.
async fn until_refused(client: &Client, url: &str) -> (u32, Reply) {
    for asked in 0.. {
        let reply = client.get(url).await;
        if reply.status == 429 {
            return (asked, reply);
        }
        assert_eq!(reply.status, 200);
    }
    unreachable!("the loop has no end")
}

fn percentage(reply: &Reply) -> Option<f64> {
    reply.header("x-ms-throttle-limit-percentage").map(|text| text.parse().unwrap())
}

/// The texts of `--limits`.
#[test]
fn limits_are_named() {
    assert_eq!("published".parse(), Ok(Limits::default()));
    assert_eq!("0.25".parse(), Ok(Limits { scale: 0.25, ..Limits::default() }));
    for bad in ["", "0", "-1", "inf", "NaN", "all"] {
        assert!(bad.parse::<Limits>().is_err(), "{bad}");
    }
}

/// 3,500, 5,000 and 8,000 units per 10 s by tenant size; `$select` makes a request cheaper, `members` dearer.
#[tokio::test(start_paused = true)]
async fn units_by_tenant_size() {
    for (generated, units) in [(47, 3500), (48, 5000), (498, 5000), (499, 8000)] {
        let client = limited(Limits::default(), generated).await;
        let (asked, _) = until_refused(&client, "/organization").await;
        assert_eq!(asked, units, "{generated} generated accounts");
        assert_eq!(client.simulator.statistics().resource_units, u64::from(units));
    }
    // A list of users costs 2, with $select 1.
    let client = limited(Limits::default(), 0).await;
    assert_eq!(until_refused(&client, "/users?$filter=id eq 'x'").await.0, 1750);
    let client = limited(Limits::default(), 0).await;
    assert_eq!(until_refused(&client, "/users?$filter=id eq 'x'&$select=id").await.0, 3500);
}

/// A refusal says why and for how long; waiting that long helps, and not a moment less.
#[tokio::test(start_paused = true)]
async fn a_refusal_and_its_end() {
    let limits = Limits { scale: 0.01, retry_after: RetryAfter::Fractional, ..Limits::default() };
    let client = limited(limits, 0).await;
    let mut shown = Vec::new();
    for _ in 0..35 {
        shown.push(percentage(&client.get("/organization").await));
    }
    // From 0.8 on: 28 of 35.
    assert!(shown[..27].iter().all(Option::is_none), "{shown:?}");
    assert_eq!((shown[27], shown[34]), (Some(0.80), Some(1.0)));
    let refused = client.get("/organization").await;
    assert_eq!((refused.status, refused.code()), (429, "TooManyRequests"));
    let scope = format!("Tenant_Application/ReadWrite/{}/{TENANT}", crate::support::CLIENT);
    assert_eq!(refused.header("x-ms-throttle-scope"), Some(scope.as_str()));
    assert_eq!(refused.header("x-ms-throttle-information"), Some("ResourceUnitLimitExceeded"));
    assert_eq!(refused.header("x-ms-resource-unit"), None);
    assert!(percentage(&refused).unwrap() > 1.0);
    // 3.5 units drain per second; the refused request counts, and the next one needs room: two units too many.
    let wait: f64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((wait - 2.0 / 3.5).abs() < 0.002, "{wait}");
    advance(Duration::from_secs_f64(wait)).await;
    assert_eq!(client.get("/organization").await.status, 200);
}

/// Who comes back too early is told to wait longer, up to the 1.8 the header can say; then gets in again.
#[tokio::test(start_paused = true)]
async fn retries_count_against_the_quota() {
    let client = limited(Limits { scale: 0.01, ..Limits::default() }, 0).await;
    let mut waits = Vec::new();
    until_refused(&client, "/organization").await;
    for _ in 0..100 {
        let reply = client.get("/organization").await;
        waits.push(reply.header("retry-after").unwrap().parse::<u64>().unwrap());
        assert!(percentage(&reply).unwrap() <= 1.8);
    }
    assert!(waits.is_sorted() && waits[0] == 1 && waits[99] == 9, "{waits:?}");
    advance(Duration::from_secs(9)).await;
    assert_eq!(client.get("/organization").await.status, 200);
}

/// 3,000 writes per 150 s; reading goes on.
#[tokio::test(start_paused = true)]
async fn writes() {
    let client = limited(Limits::default(), 0).await;
    for _ in 0..3000 {
        assert_eq!(client.patch("/users/bob@contoso.com", json!({"jobTitle": "x"})).await.status, 204);
    }
    let refused = client.patch("/users/bob@contoso.com", json!({"jobTitle": "y"})).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("x-ms-throttle-information"), Some("WriteLimitExceeded"));
    assert_eq!(client.simulator.journal(0).len(), 3000);
    assert_eq!(client.get("/users/bob@contoso.com").await.status, 200);
}

/// 5 requests per 10 s on authentication methods, by a switch; other requests have their own quota.
#[tokio::test(start_paused = true)]
async fn authentication_methods() {
    let url = "/users/bob@contoso.com/authentication/emailMethods";
    let client = limited(Limits::default(), 0).await;
    let (asked, refused) = until_refused(&client, url).await;
    assert_eq!((asked, refused.header("retry-after")), (5, Some("4")));
    assert_eq!(client.get("/organization").await.status, 200);
    advance(Duration::from_secs(4)).await;
    assert_eq!(client.get(url).await.status, 200);
    let client = limited(Limits { authentication_methods: false, ..Limits::default() }, 0).await;
    for _ in 0..50 {
        assert_eq!(client.get(url).await.status, 200);
    }
}

/// Items of a batch are counted one by one, each with its own 429 and Retry-After; the outer answer is 200. `[JB]`
#[tokio::test(start_paused = true)]
async fn batch_items_are_counted_one_by_one() {
    let client = limited(Limits::default(), 0).await;
    let items: Vec<_> = (0..20)
        .map(|n| json!({"id": n.to_string(), "method": "GET", "url": "/users/bob@contoso.com/authentication/phoneMethods"}))
        .collect();
    let reply = client.post("/$batch", json!({"requests": items})).await;
    assert_eq!(reply.status, 200);
    let responses = reply.body["responses"].as_array().unwrap();
    let refused: Vec<_> = responses.iter().filter(|item| item["status"] == 429).collect();
    assert_eq!(refused.len(), 15);
    let wait = |item: &&serde_json::Value| item["headers"]["retry-after"].as_str().unwrap().parse::<u64>().unwrap();
    let mut waits: Vec<u64> = refused.iter().map(wait).collect();
    waits.sort_unstable();
    // Each refused item made the next one wait longer.
    assert_eq!((waits[0], waits[1], waits[14]), (4, 6, 10), "{waits:?}");
    assert_eq!(client.simulator.statistics().throttled, 15);
}

/// Two applications do not spend each other's quota.
#[tokio::test(start_paused = true)]
async fn applications_have_their_own_quota() {
    let other = "11111111-2222-4333-8444-555555555555";
    let mut seed = Seed::minimal();
    let mut second = seed.applications[0].clone();
    other.clone_into(&mut second.client_id);
    "second".clone_into(&mut second.name);
    seed.applications.push(second);
    let limits = Some(Limits { scale: 0.01, ..Limits::default() });
    let first = client(simulator(&seed, Options { limits, ..options() })).await;
    until_refused(&first, "/organization").await;
    let reply = crate::support::sign_in(&first.simulator, other, "minimal-secret").await;
    let second = Client { token: reply.body["access_token"].as_str().unwrap().to_owned(), ..first };
    assert_eq!(second.get("/organization").await.status, 200);
}

/// 429 below the limits, without Retry-After: both by switch, the same ones in every run.
#[tokio::test(start_paused = true)]
async fn early_refusals() {
    let run = async || {
        let limits = Limits { early: 0.1, retry_after: RetryAfter::Absent, ..Limits::default() };
        let client = limited(limits, 0).await;
        let mut refused = Vec::new();
        for number in 0..200 {
            let reply = client.get("/organization").await;
            if reply.status == 429 {
                assert_eq!(reply.header("retry-after"), None);
                assert_eq!(reply.header("x-ms-throttle-information"), Some("CPULimitExceeded"));
                refused.push(number);
            }
        }
        refused
    };
    let refused = run().await;
    assert!((5..50).contains(&refused.len()), "{refused:?}");
    assert_eq!(refused, run().await);
}
