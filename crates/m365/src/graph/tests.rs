//! Paging and batching on a scripted transport.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Method, Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;
use crate::{
    send::{Call, Effect, Error, ErrorKind},
    testing::{GRAPH, Script, sender, sender_over},
    transport::{Body, Cause, Reached, Transport, TransportError},
};

/// Answers every item of a batch well, after a while, and notes how many batches were under way together.
#[derive(Default)]
struct Slow {
    under_way: AtomicUsize,
    most: AtomicUsize,
    batches: AtomicUsize,
}

const LATENCY: Duration = Duration::from_millis(50);

impl Transport for Slow {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            if request.uri().path().ends_with("/token") {
                return Ok(Response::new(Body::full(r#"{"access_token":"t","expires_in":3599}"#)));
            }
            self.batches.fetch_add(1, Ordering::SeqCst);
            self.most.fetch_max(self.under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(LATENCY).await;
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            let asked: Value = serde_json::from_slice(request.body()).unwrap();
            let answers = asked["requests"].as_array().unwrap().iter();
            let answers: Vec<Value> = answers.map(|item| json!({"id": item["id"], "status": 204})).collect();
            Ok(Response::new(Body::full(json!({"responses": answers}).to_string())))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn b13_four_batches_are_under_way_at_a_time_and_no_more_are_sent_than_before() {
    let slow = Arc::new(Slow::default());
    let sender = sender_over(Arc::<Slow>::clone(&slow));
    let write = |index: usize| BatchItem::with_effect(Method::PATCH, format!("users/{index}"), Effect::Absolute);
    let items: Vec<BatchItem> = (0..200).map(write).collect();
    let start = Instant::now();
    let outcomes = send_batch(&sender, "write", &items, Order::Parallel).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, ItemOutcome::Done(_))));
    // Ten batches in three rounds; ten rounds would be half a second.
    assert!(start.elapsed() < 4 * LATENCY, "{:?}", start.elapsed());
    let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
    assert_eq!((count(&slow.batches), count(&slow.most)), (10, BATCHES_AT_ONCE));

    let outcomes = send_batch(&sender, "write", &items[..60], Order::Sequential).await;
    assert_eq!(outcomes.len(), 60);
    assert_eq!(count(&slow.batches), 13);
}

#[derive(Deserialize)]
struct Item {
    id: u32,
}

/// Reads a whole list; what was read before an error counts too.
async fn list(script: &Script, limit: usize) -> (Vec<u32>, Option<Error>) {
    let sender = sender(script);
    let mut pages = Pages::<Item>::new(&sender, Call::get("list", "users").prefer("odata.maxpagesize=2"), limit);
    let mut ids = Vec::new();
    loop {
        match pages.next().await {
            Ok(Some(page)) => ids.extend(page.value.iter().map(|item| item.id)),
            Ok(None) => return (ids, None),
            Err(error) => return (ids, Some(error)),
        }
    }
}

fn page(ids: &[u32], next: Option<&str>) -> String {
    let items: Vec<Value> = ids.iter().map(|id| json!({"id": id, "newer": null})).collect();
    match next {
        Some(next) => json!({"value": items, "@odata.nextLink": next}).to_string(),
        None => json!({"value": items}).to_string(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_is_followed_over_empty_pages_to_its_end() {
    let script = Script::new();
    script.reply(200, &page(&[1, 2], Some(&format!("{GRAPH}users?$skiptoken=a"))));
    script.reply(200, &page(&[], Some(&format!("{GRAPH}users?$skiptoken=b"))));
    script.reply(503, "");
    script.reply(200, &page(&[3], None));
    let (ids, error) = list(&script, 10).await;
    assert!(error.is_none());
    assert_eq!(ids, [1, 2, 3]);
    let seen = script.requests();
    assert_eq!(seen[1].request.uri().query(), Some("$skiptoken=a"));
    assert!(seen.iter().all(|seen| seen.header("prefer") == Some("odata.maxpagesize=2")));
}

#[tokio::test(start_paused = true)]
async fn circles_endless_lists_contradictions_and_foreign_links_end_with_an_error() {
    let script = Script::new();
    for link in ["a", "b", "a"] {
        script.reply(200, &page(&[1], Some(&format!("{GRAPH}users?$skiptoken={link}"))));
    }
    let (_, error) = list(&script, 10).await;
    assert!(matches!(error, Some(Error::Paging(PageError::Circle))));

    let script = Script::new();
    for link in 0..9 {
        script.reply(200, &page(&[1], Some(&format!("{GRAPH}users?$skiptoken={link}"))));
    }
    let (ids, error) = list(&script, 3).await;
    assert!(matches!(error, Some(Error::Paging(PageError::TooMany { limit: 3 }))));
    assert_eq!((ids.len(), script.requests().len()), (3, 3));

    let script = Script::new();
    let both = json!({"value": [], "@odata.nextLink": format!("{GRAPH}a"), "@odata.deltaLink": format!("{GRAPH}b")});
    script.reply(200, &both.to_string());
    assert!(matches!(list(&script, 3).await.1, Some(Error::Paging(PageError::Contradiction))));

    let script = Script::new();
    script.reply(200, &page(&[1], Some("https://evil.example/v1.0/users")));
    let (ids, error) = list(&script, 3).await;
    assert!(matches!(error, Some(Error::ForeignLink)));
    assert_eq!((ids, script.requests().len()), (vec![1], 1));
}

#[tokio::test(start_paused = true)]
async fn the_last_page_of_a_delta_round_has_the_link_of_the_next() {
    let script = Script::new();
    script.reply(200, &json!({"value": [], "@odata.deltaLink": "https://x/", "@odata.count": 5}).to_string());
    let sender = sender(&script);
    let page = Pages::<Item>::new(&sender, Call::get("delta", "users/delta"), 3).next().await.unwrap().unwrap();
    assert_eq!((page.delta_link.as_deref(), page.count), (Some("https://x/"), Some(5)));
}

fn patch(effect: Effect) -> BatchItem {
    BatchItem::with_effect(Method::PATCH, "users/x", effect).json(&json!({"otherMails": []})).unwrap()
}

fn answers(responses: &[Value]) -> String {
    json!({ "responses": responses }).to_string()
}

fn throttled(id: &str, wait: &str) -> Value {
    json!({"id": id, "status": 429, "headers": {"Retry-After": wait}, "body": {"error": {"code": "TooManyRequests"}}})
}

/// The items' outcomes as short words.
async fn run(script: &Script, items: &[BatchItem], order: Order) -> Vec<String> {
    let outcomes = send_batch(&sender(script), "batch", items, order).await;
    outcomes
        .iter()
        .map(|outcome| match outcome {
            ItemOutcome::Done(reply) => format!("done {}", reply.status),
            ItemOutcome::Refused(error) => format!("refused {:?}", error.kind),
            ItemOutcome::Throttled { retry_after } => format!("throttled {}", retry_after.as_millis()),
            ItemOutcome::DependencyFailed => "dependency".to_owned(),
            ItemOutcome::Unknown => "unknown".to_owned(),
            ItemOutcome::NotSent(_) => "not sent".to_owned(),
        })
        .collect()
}

/// The ids of the batch that a request carried.
fn ids(script: &Script, request: usize) -> Vec<String> {
    let body: Value = serde_json::from_str(&script.requests()[request].body()).unwrap();
    body["requests"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn answers_are_matched_by_id_and_bodies_are_typed() {
    let script = Script::new();
    script.reply(
        200,
        &answers(&[
            json!({"id": "1", "status": 404, "body": {"error": {"code": "Request_ResourceNotFound"}}}),
            json!({"id": "0", "status": 200, "headers": {"Content-Type": "application/json"}, "body": {"id": 5}}),
            json!({"id": "2", "status": 204}),
        ]),
    );
    let items = [BatchItem::get("users/a"), BatchItem::get("users/b"), patch(Effect::Absolute)];
    let outcomes = send_batch(&sender(&script), "batch", &items, Order::Parallel).await;
    let ItemOutcome::Done(reply) = &outcomes[0] else { panic!("done") };
    assert_eq!(reply.json::<Item>().unwrap().id, 5);
    assert!(matches!(&outcomes[1], ItemOutcome::Refused(error) if error.kind == ErrorKind::NotFound));
    assert!(matches!(&outcomes[2], ItemOutcome::Done(reply) if reply.status == 204));

    let seen = &script.requests()[0];
    assert_eq!(seen.request.uri().to_string(), format!("{GRAPH}$batch"));
    let sent: Value = serde_json::from_str(&seen.body()).unwrap();
    assert_eq!(sent["requests"][0], json!({"id": "0", "method": "GET", "url": "/users/a"}));
    assert_eq!(sent["requests"][2]["headers"], json!({"Content-Type": "application/json"}));
    assert_eq!(sent["requests"][2]["body"], json!({"otherMails": []}));
}

#[tokio::test(start_paused = true)]
async fn items_go_in_twenties() {
    let script = Script::new();
    for chunk in [0..20, 20..40, 40..41] {
        // Ids count within each batch.
        let length = chunk.len();
        let all: Vec<Value> = (0..length).map(|id| json!({"id": id.to_string(), "status": 204})).collect();
        script.reply(200, &answers(&all));
    }
    let items = vec![patch(Effect::Absolute); 41];
    assert_eq!(run(&script, &items, Order::Parallel).await, vec!["done 204"; 41]);
    assert_eq!(script.requests().len(), 3);
    assert_eq!(ids(&script, 2).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn only_throttled_items_are_sent_again_after_the_longest_wait_among_them() {
    let script = Script::new();
    let done = |id: &str| json!({"id": id, "status": 204});
    script.reply(200, &answers(&[done("0"), throttled("1", "1"), throttled("2", "2.5")]));
    script.reply(200, &answers(&[done("1"), throttled("2", "60")]));
    let start = Instant::now();
    let items = [patch(Effect::Absolute), patch(Effect::Once), patch(Effect::Absolute)];
    assert_eq!(run(&script, &items, Order::Parallel).await, ["done 204", "done 204", "throttled 60000"]);
    assert_eq!(ids(&script, 1), ["1", "2"]);
    assert!(start.elapsed() >= Duration::from_millis(2500) && start.elapsed() < Duration::from_millis(2600));
}

#[tokio::test(start_paused = true)]
async fn in_a_sequence_what_follows_a_failure_is_not_carried_out() {
    let script = Script::new();
    script.reply(
        200,
        &answers(&[
            json!({"id": "0", "status": 204}),
            json!({"id": "1", "status": 403, "body": {}}),
            json!({"id": "2", "status": 424, "body": {}}),
        ]),
    );
    let items = vec![patch(Effect::Absolute); 3];
    assert_eq!(run(&script, &items, Order::Sequential).await, ["done 204", "refused RequestDenied", "dependency"]);
    let sent: Value = serde_json::from_str(&script.requests()[0].body()).unwrap();
    assert_eq!(sent["requests"][0].get("dependsOn"), None);
    assert_eq!(sent["requests"][2]["dependsOn"], json!(["1"]));

    // Behind a throttled item, the rest goes again with it.
    let script = Script::new();
    let skipped = json!({"id": "2", "status": 424, "body": {}});
    script.reply(200, &answers(&[json!({"id": "0", "status": 204}), throttled("1", "1"), skipped]));
    script.reply(200, &answers(&[json!({"id": "1", "status": 204}), json!({"id": "2", "status": 204})]));
    assert_eq!(run(&script, &items, Order::Sequential).await, vec!["done 204"; 3]);

    // A failure in one batch stops the batches behind it.
    let script = Script::new();
    script.reply(200, &answers(&[json!({"id": "0", "status": 403})]));
    let items = vec![patch(Effect::Absolute); 21];
    let outcomes = run(&script, &items, Order::Sequential).await;
    assert_eq!(outcomes[20], "dependency");
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn missing_doubled_and_strange_answers_leave_the_outcome_open() {
    let check = async |body: String, expected: [&str; 2]| {
        let script = Script::new();
        script.reply(200, &body);
        let items = [patch(Effect::Once), patch(Effect::Once)];
        assert_eq!(run(&script, &items, Order::Parallel).await, expected, "{body}");
        assert_eq!(script.requests().len(), 1);
    };
    let done = |id: &str| json!({"id": id, "status": 204});
    check(answers(&[done("1")]), ["unknown", "done 204"]).await;
    check(answers(&[done("0"), done("0"), done("1")]), ["unknown", "unknown"]).await;
    check(answers(&[done("0"), done("1"), done("7")]), ["unknown", "unknown"]).await;
    check(answers(&[done("00"), done("1")]), ["unknown", "unknown"]).await;
    check(answers(&[json!({"id": "0", "status": 7}), done("1")]), ["unknown", "done 204"]).await;
    check(answers(&[json!({"id": "0", "status": 504}), done("1")]), ["unknown", "done 204"]).await;
    check("{\"responses\":[".to_owned(), ["unknown", "unknown"]).await;
    check("[]".to_owned(), ["unknown", "unknown"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_may_have_arrived_is_sent_again_only_if_all_its_items_allow() {
    let both = answers(&[json!({"id": "0", "status": 204}), throttled("1", "60")]);
    let script = Script::new();
    script.fail(Reached::Unknown, Cause::Broken);
    script.reply(200, &both);
    let items = [patch(Effect::Absolute), patch(Effect::Once)];
    assert_eq!(run(&script, &items, Order::Parallel).await, ["unknown", "unknown"]);
    assert_eq!(script.requests().len(), 1);

    let script = Script::new();
    script.fail(Reached::Unknown, Cause::Broken);
    script.reply(200, &both);
    let items = [patch(Effect::Absolute), patch(Effect::Absolute)];
    // The first attempt may have carried out what the second one was throttled on.
    assert_eq!(run(&script, &items, Order::Parallel).await, ["done 204", "unknown"]);
}

#[tokio::test(start_paused = true)]
async fn an_item_in_doubt_stays_in_doubt_until_it_succeeds() {
    for (second, expected) in [(204, "done 204"), (404, "unknown")] {
        let script = Script::new();
        script.reply(200, &answers(&[json!({"id": "0", "status": 503})]));
        script.reply(200, &answers(&[json!({"id": "0", "status": second})]));
        assert_eq!(run(&script, &[patch(Effect::Absolute)], Order::Parallel).await, [expected]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_refused_as_a_whole_did_nothing() {
    let script = Script::new();
    script.reply(400, "{}");
    assert_eq!(run(&script, &[patch(Effect::Once)], Order::Parallel).await, ["not sent"]);
    let script = Script::new();
    script.reply_with(429, &[("retry-after", "60")], "{}");
    assert_eq!(run(&script, &[patch(Effect::Once)], Order::Parallel).await, ["throttled 60000"]);
}
