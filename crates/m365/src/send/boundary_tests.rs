//! What stays inside: links, sizes, private data.

use http::Method;

use super::{
    tests::{Answer, OK, get, read, shown, write},
    *,
};
use crate::testing::{Script, sender};

#[tokio::test(start_paused = true)]
async fn an_answer_is_held_up_to_its_limit() {
    let script = Script::new();
    script.reply(200, OK);
    let error = sender(&script).read::<Answer>(get().body_limit(OK.len() - 1)).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 7, .. }));
    script.reply(200, OK);
    assert!(sender(&script).read::<Answer>(get().body_limit(OK.len())).await.is_ok());

    let script = Script::new();
    script.reply(200, OK);
    let outcome = sender(&script).write::<Answer>(write(Effect::Once).body_limit(1)).await.unwrap();
    assert!(matches!(outcome, Outcome::Unknown(Error::TooLarge { .. })), "it was carried out");
}

#[tokio::test(start_paused = true)]
async fn an_error_with_an_unreadable_body_keeps_its_status() {
    let script = Script::new();
    script.reply(403, &"x".repeat(300 * 1024));
    let error = read(&script).await.unwrap_err();
    assert_eq!(error.service().map(|error| (error.status, error.kind)), Some((403, ErrorKind::RequestDenied)));
}

#[tokio::test(start_paused = true)]
async fn redirects_stay_at_the_service_and_writes_are_not_redirected() {
    let script = Script::new();
    script.reply_with(302, &[("location", "/v1.0/users/y")], "");
    script.reply(200, OK);
    read(&script).await.unwrap();
    assert_eq!(script.requests()[1].request.uri().path(), "/v1.0/users/y");

    for foreign in
        ["https://evil.example/", "http://graph.microsoft.com/v1.0/", "https://graph.microsoft.com:444/", "//e"]
    {
        let script = Script::new();
        script.reply_with(307, &[("location", foreign)], "");
        assert!(matches!(read(&script).await, Err(Error::ForeignLink)), "{foreign}");
        assert_eq!(script.requests().len(), 1);
    }

    let script = Script::new();
    script.reply_with(307, &[("location", "/v1.0/users/y")], "");
    assert!(matches!(sender(&script).write_empty(write(Effect::Absolute)).await, Err(Error::Redirect)));

    let script = Script::new();
    for _ in 0..9 {
        script.reply_with(302, &[("location", "/v1.0/users/x")], "");
    }
    assert!(matches!(read(&script).await, Err(Error::Redirect)));
    assert_eq!(script.requests().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn links_and_paths_cannot_leave_the_service() {
    let script = Script::new();
    let sender = sender(&script);
    for link in [
        "https://evil.example/v1.0/users",
        "http://graph.microsoft.com/v1.0/users",
        "users",
        "https://a@graph.microsoft.com/",
    ] {
        let result = sender.read::<Answer>(Call::follow("test", link)).await;
        assert!(matches!(result, Err(Error::ForeignLink)), "{link}");
    }
    for path in ["../beta/users", "users/../../beta/x"] {
        assert!(matches!(sender.read::<Answer>(Call::get("test", path)).await, Err(Error::InvalidPath)), "{path}");
    }
    assert_eq!(script.requests().len() + script.logins().len(), 0, "not even a token was asked for");
}

#[tokio::test(start_paused = true)]
async fn nothing_private_is_shown_by_any_error() {
    let address = "ada@contoso.com";
    let body = format!(r#"{{"error":{{"code":"{address}","message":"{address} the-secret token-1"}}}}"#);
    let call = || {
        Call::with_effect("test", Method::PATCH, format!("users/{address}"), Effect::Absolute)
            .json(&serde_json::json!({"otherMails": [address]}))
            .unwrap()
    };
    let mut errors = Vec::new();
    for status in [400, 401, 403, 404, 410, 418, 429, 500] {
        let script = Script::new();
        for _ in 0..4 {
            script.reply_with(status, &[("retry-after", "9"), ("request-id", address)], &body);
        }
        match sender(&script).write::<Answer>(call()).await {
            Err(error) | Ok(Outcome::Unknown(error)) => errors.push(error),
            Ok(Outcome::Done(_)) => panic!("{status} is no success"),
        }
    }
    let script = Script::new();
    script.reply_with(302, &[("location", "https://evil.example/ada@contoso.com")], "");
    errors.push(read(&script).await.unwrap_err());
    errors
        .push(sender(&script).read::<Answer>(Call::follow("test", format!("https://x/{address}"))).await.unwrap_err());
    for error in errors {
        let shown = shown(&error);
        for hidden in ["contoso", "the-secret", "token-1"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
    assert!(!format!("{:?} {:?}", call(), sender(&Script::new())).contains("contoso"));
}
