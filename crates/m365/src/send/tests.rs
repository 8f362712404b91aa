//! The rules of sending, on a scripted transport and paused time.

use std::{
    error::Error as StdError,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use http::Method;
use serde::Deserialize;
use tokio::time::Instant;
use uuid::Uuid;

use super::*;
use crate::{
    budget::{Limiter, Limits, Share, TenantSize},
    testing::{GRAPH, Script, sender},
    transport::{Cause, Reached},
};

#[derive(Deserialize, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) id: u32,
}

pub(super) const OK: &str = r#"{"id":7}"#;

pub(super) fn get() -> Call {
    Call::get("test", "users/x")
}

pub(super) fn write(effect: Effect) -> Call {
    Call::with_effect("test", Method::PATCH, "users/x", effect).json(&serde_json::json!({"otherMails": []})).unwrap()
}

pub(super) async fn read(script: &Script) -> Result<Reply<Answer>, Error> {
    sender(script).read(get()).await
}

#[tokio::test(start_paused = true)]
async fn a_call_carries_token_and_ids_and_keeps_its_id_over_attempts() {
    let script = Script::new();
    script.reply(503, "");
    script.reply(200, OK);
    let reply = read(&script).await.unwrap();
    assert_eq!(reply.value, Answer { id: 7 });
    let seen = script.requests();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].header("authorization"), Some("Bearer token-1"));
    let id = seen[0].header("client-request-id").unwrap();
    assert_eq!(Uuid::parse_str(id).unwrap(), reply.client_request_id);
    assert_eq!(seen[1].header("client-request-id"), Some(id));
    assert_eq!(seen[0].request.uri().to_string(), format!("{GRAPH}users/x"));
    assert!(!format!("{:?}", seen[0].request.headers()).contains("token-1"));
}

#[tokio::test(start_paused = true)]
async fn b3_the_wait_is_the_one_the_service_asks_for_and_never_less_than_a_second() {
    for (text, wait) in [
        ("2", 2_000),
        ("2.128", 2_128),
        ("Sun, 06 Nov 1994 08:49:03 GMT", 3_000),
        ("Sun, 06 Nov 1994 08:00:00 GMT", 1_000),
        ("0", 1_000),
    ] {
        for status in [429, 503, 504] {
            let script = Script::new();
            script.reply_with(status, &[("retry-after", text)], "{}");
            script.reply(200, OK);
            let start = Instant::now();
            read(&script).await.unwrap();
            let waited = start.elapsed();
            let expected = Duration::from_millis(wait);
            // Timers tick in milliseconds.
            assert!(waited >= expected && waited <= expected + Duration::from_millis(2), "{text}: {waited:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn without_retry_after_the_wait_is_random_and_bounded() {
    let script = Script::new();
    for _ in 0..3 {
        script.reply(429, "{}");
    }
    script.reply(200, OK);
    let start = Instant::now();
    read(&script).await.unwrap();
    let seen = script.requests();
    assert_eq!(seen.len(), 4);
    assert!(start.elapsed() > Duration::ZERO);
    for (made, pair) in seen.windows(2).enumerate() {
        let most = Duration::from_millis(250 << made) + Duration::from_millis(2);
        let waited = pair[1].at - pair[0].at;
        assert!(waited <= most && waited >= Duration::from_millis(125 << made), "{waited:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_is_handed_back_and_not_slept() {
    let script = Script::new();
    script.reply_with(429, &[("retry-after", "57")], r#"{"error":{"code":"TooManyRequests","message":"x"}}"#);
    let start = Instant::now();
    let error = read(&script).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(57)));
    assert_eq!(error.service().map(|error| error.kind), Some(ErrorKind::Throttled));
    assert!(error.is_transient());
    assert!(start.elapsed() < Duration::from_millis(10));
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn attempts_and_total_time_are_bounded() {
    let script = Script::new();
    for _ in 0..10 {
        script.reply(500, "");
    }
    assert!(matches!(read(&script).await, Err(Error::Service(error)) if error.kind == ErrorKind::Unavailable));
    assert_eq!(script.requests().len(), 4);

    let script = Script::new();
    for _ in 0..10 {
        script.hang();
    }
    let start = Instant::now();
    assert!(matches!(read(&script).await, Err(Error::Transport { .. })));
    assert!(start.elapsed() <= RetryPolicy::default().total, "{:?}", start.elapsed());
    assert!(script.requests().len() >= 2);
}

#[tokio::test(start_paused = true)]
async fn a_read_with_a_truncated_answer_is_tried_again() {
    let script = Script::new();
    script.cut(r#"{"id":"#);
    script.reply(200, r#"{"id":"#);
    script.reply(200, OK);
    assert_eq!(read(&script).await.unwrap().value.id, 7);

    let script = Script::new();
    script.reply(200, r#"{"id":"ada@contoso.com"}"#);
    let error = read(&script).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }));
    assert!(!shown(&error).contains("contoso"), "{}", shown(&error));
    assert_eq!(script.requests().len(), 1, "another shape does not get better by asking again");
}

#[tokio::test(start_paused = true)]
async fn an_expired_token_is_replaced_once() {
    let script = Script::new();
    script.reply(401, "");
    script.reply(200, OK);
    read(&script).await.unwrap();
    let seen = script.requests();
    assert_eq!(seen[0].header("authorization"), Some("Bearer token-1"));
    assert_eq!(seen[1].header("authorization"), Some("Bearer token-2"));

    let script = Script::new();
    for _ in 0..3 {
        script.reply(401, "");
    }
    let error = read(&script).await.unwrap_err();
    assert!(matches!(&error, Error::Service(error) if error.kind == ErrorKind::InvalidToken));
    assert_eq!((script.requests().len(), script.logins().len()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn an_ambiguous_write_is_never_sent_again_unless_it_is_absolute() {
    for step in 0..4 {
        let ambiguous = |script: &Script| match step {
            0 => script.hang(),
            1 => script.fail(Reached::Unknown, Cause::Broken),
            2 => script.reply(504, ""),
            _ => script.reply(503, ""),
        };
        let script = Script::new();
        ambiguous(&script);
        script.reply(204, "");
        let outcome = sender(&script).write_empty(write(Effect::Once)).await.unwrap();
        assert!(matches!(outcome, Outcome::Unknown(_)), "{step}");
        assert_eq!(script.requests().len(), 1);

        let script = Script::new();
        ambiguous(&script);
        script.reply(204, "");
        let outcome = sender(&script).write_empty(write(Effect::Absolute)).await.unwrap();
        assert!(matches!(outcome, Outcome::Done(_)), "{step}");
        assert_eq!(script.requests().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_did_not_leave_is_sent_again() {
    let script = Script::new();
    script.fail(Reached::BeforeSend, Cause::Connect);
    script.reply(201, OK);
    let outcome = sender(&script).write::<Answer>(write(Effect::Once)).await.unwrap();
    assert!(matches!(outcome, Outcome::Done(Reply { value: Answer { id: 7 }, status: 201, .. })));

    let script = Script::new();
    for _ in 0..4 {
        script.fail(Reached::BeforeSend, Cause::Connect);
    }
    let error = sender(&script).write_empty(write(Effect::Once)).await.unwrap_err();
    assert!(matches!(error, Error::Transport { .. }), "certain: nothing left");
}

#[tokio::test(start_paused = true)]
async fn after_an_ambiguous_attempt_no_later_failure_makes_it_certain() {
    for last in [400, 404, 429] {
        let script = Script::new();
        script.fail(Reached::Unknown, Cause::Broken);
        script.reply_with(last, &[("retry-after", "60")], "{}");
        let outcome = sender(&script).write_empty(write(Effect::Absolute)).await.unwrap();
        assert!(matches!(outcome, Outcome::Unknown(_)), "{last}");
    }
    let script = Script::new();
    script.fail(Reached::Unknown, Cause::Broken);
    script.reply(401, "");
    script.reply(403, "");
    let outcome = sender(&script).write_empty(write(Effect::Absolute)).await.unwrap();
    assert!(matches!(outcome, Outcome::Unknown(_)));
}

#[tokio::test(start_paused = true)]
async fn a_refused_write_is_an_error_with_kind_and_ids() {
    let script = Script::new();
    let id = "00000000-0000-0000-0000-000000000005";
    let body = r#"{"error":{"code":"Authorization_RequestDenied","message":"for ada@contoso.com"}}"#;
    script.reply_with(403, &[("request-id", id)], body);
    let error = sender(&script).write_empty(write(Effect::Absolute)).await.unwrap_err();
    let Error::Service(service) = &error else { panic!("a refusal") };
    assert_eq!(service.kind, ErrorKind::RequestDenied);
    assert_eq!(service.request_id, Some(Uuid::from_u128(5)));
    assert!(shown(&error).contains(id));
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_create_is_not_repeated_and_certainly_not_done() {
    let script = Script::new();
    script.reply_with(429, &[("retry-after", "1")], "{}");
    let error = sender(&script).write_empty(write(Effect::Once)).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_cannot_be_read_is_unknown_not_failed() {
    let script = Script::new();
    script.reply(201, "{\"id\":");
    let outcome = sender(&script).write::<Answer>(write(Effect::Absolute)).await.unwrap();
    assert!(matches!(outcome, Outcome::Unknown(Error::Malformed { .. })));
    assert_eq!(script.requests().len(), 1);
}

/// Admits so many writes, then none.
struct Admits(AtomicU32);

impl Fence for Admits {
    fn admits(&self, within: Duration) -> bool {
        assert_eq!(within, RetryPolicy::default().attempt_timeout);
        self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
    }
}

#[tokio::test(start_paused = true)]
async fn a_closed_fence_holds_writes_back_and_lets_reads_pass() {
    let fenced = |script: &Script, writes| sender(script).with_fence(Arc::new(Admits(AtomicU32::new(writes))));
    let script = Script::new();
    assert!(matches!(fenced(&script, 0).write_empty(write(Effect::Absolute)).await, Err(Error::Fenced)));
    assert_eq!(script.requests().len(), 0);
    script.reply(200, OK);
    assert!(fenced(&script, 0).read::<Answer>(get()).await.is_ok());

    let script = Script::new();
    script.fail(Reached::Unknown, Cause::Broken);
    let outcome = fenced(&script, 1).write_empty(write(Effect::Absolute)).await.unwrap();
    assert!(matches!(outcome, Outcome::Unknown(Error::Fenced)), "the lease ended between two attempts");
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_limiter_delays_shortly_or_hands_the_wait_back() {
    let script = Script::new();
    let share = Share { rate: 1000, burst: 1000 };
    let limiter = Arc::new(Limiter::new(&Limits::published(TenantSize::Small), share));
    let sender = sender(&script).with_limiter(Arc::clone(&limiter));
    let call = || Call::get("test", "users/x/authentication/emailMethods");
    let start = Instant::now();
    for _ in 0..6 {
        script.reply(200, OK);
        sender.read::<Answer>(call()).await.unwrap();
    }
    assert!(start.elapsed() >= Duration::from_secs(2) && start.elapsed() < Duration::from_secs(3));

    script.reply_with(429, &[("retry-after", "30")], "{}");
    assert!(sender.read::<Answer>(call()).await.is_err());
    let sent = script.requests().len();
    let error = sender.read::<Answer>(call()).await.unwrap_err();
    assert!(error.retry_after() > Some(Duration::from_secs(29)), "learnt from the refusal");
    assert!(error.service().is_none());
    assert_eq!(script.requests().len(), sent);
}

/// Everything a log could print: `Display` and `Debug` of the error and of its sources.
pub(super) fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(deeper) = source {
        text = format!("{text} {deeper} {deeper:?}");
        source = deeper.source();
    }
    text
}
