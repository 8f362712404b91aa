//! Cmdlets on a scripted transport: every fact of the wire that reading rests on (contract §6.1 and §6.2).

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Cmdlet, Command, Exchange, Interface};
use crate::{
    cloud::Cloud,
    object::Object,
    send::{Error, ErrorKind},
    testing::{Script, TENANT, endpoints, sender_to, token_with},
    transport::{Cause, Reached},
};

const BASE: &str = "https://outlook.office365.com/adminapi/";

fn exchange(script: &Script) -> Exchange {
    let base = endpoints().exchange().join("adminapi/").unwrap();
    Exchange::new(Arc::new(sender_to(script, Cloud::Global.exchange_scope(), base)), TENANT)
}

async fn list(exchange: &Exchange) -> Result<Vec<String>, Error> {
    let command = Command::new(Cmdlet::Mailbox).unlimited();
    exchange.run(&command, Interface::InvokeCommand, name).await
}

#[allow(clippy::needless_pass_by_value)] // as the listing hands objects out
fn name(object: Object) -> String {
    object.some_text("Name").unwrap().to_owned()
}

fn page(names: &[&str], next: Option<&str>) -> String {
    let objects: Vec<Value> = names.iter().map(|name| json!({"Name": name})).collect();
    let mut page = json!({"@odata.context": "x", "value": objects, "@adminapi.warnings": []});
    if let Some(next) = next {
        page["@odata.nextLink"] = next.into();
    }
    page.to_string()
}

/// The error as Exchange writes it.
fn refused(code: &str, kind: &str, text: &str) -> String {
    json!({"error": {"code": code, "message": "Error executing cmdlet",
        "details": [{"code": "Client", "target": "", "message": format!("Ex6F9304|{kind}|{text}")}],
        "innererror": {"message": text, "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
            "stacktrace": "at …", "internalexception": {"message": text, "type": "x", "stacktrace": "at …"}}}})
    .to_string()
}

#[tokio::test(start_paused = true)]
async fn a_cmdlet_is_posted_in_its_envelope_to_the_tenants_guid_with_the_headers_of_an_application() {
    let script = Script::new();
    script.reply(200, &page(&["a"], None));
    let command =
        Command::new(Cmdlet::Mailbox).unlimited().with("SoftDeletedMailbox", true).select(&["Name", "Identity"]);
    exchange(&script).run(&command, Interface::InvokeCommand, name).await.unwrap();
    let seen = &script.requests()[0];
    assert_eq!(seen.request.method(), "POST");
    let expected = format!("{BASE}beta/{TENANT}/InvokeCommand?$select=Name,Identity");
    assert_eq!(seen.request.uri().to_string(), expected);
    let body: Value = serde_json::from_str(&seen.body()).unwrap();
    let parameters = json!({"ResultSize": "Unlimited", "SoftDeletedMailbox": true});
    assert_eq!(body, json!({"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": parameters}}));
    let anchor = format!("APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}");
    for (header, value) in [
        ("content-type", "application/json; charset=utf-8"),
        ("x-anchormailbox", anchor.as_str()),
        ("x-cmdletname", "Get-Mailbox"),
        ("x-responseformat", "json"),
        ("prefer", "odata.maxpagesize=1000"),
    ] {
        assert_eq!(seen.header(header), Some(value), "{header}");
    }
    let form = script.logins()[0].body();
    assert!(
        form.contains("scope=https%3A%2F%2Foutlook.office365.com%2F.default"),
        "Exchange has its own tokens: {form}"
    );
}

#[tokio::test(start_paused = true)]
async fn pages_are_read_by_posting_the_same_body_to_the_next_link() {
    let script = Script::new();
    let next = format!("{BASE}beta/{TENANT}/InvokeCommand?$skiptoken=2");
    script.reply(200, &page(&["a", "b"], Some(&next)));
    script.reply(200, &page(&["c"], None));
    assert_eq!(list(&exchange(&script)).await.unwrap(), ["a", "b", "c"]);
    let seen = script.requests();
    assert_eq!(seen[1].request.uri().to_string(), next);
    assert_eq!((seen[1].request.method(), seen[1].body()), (seen[0].request.method(), seen[0].body()));
    assert_eq!(seen[1].header("x-cmdletname"), Some("Get-Mailbox"));
}

#[tokio::test(start_paused = true)]
async fn a_next_link_to_another_host_is_not_followed() {
    let script = Script::new();
    script.reply(200, &page(&["a"], Some("https://outlook.office365.com.example/adminapi/beta/t/InvokeCommand")));
    assert!(matches!(list(&exchange(&script)).await, Err(Error::ForeignLink)));
    assert_eq!(script.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_listing_whose_link_has_expired_begins_anew_and_not_for_ever() {
    let script = Script::new();
    let next = |number: u8| format!("{BASE}beta/{TENANT}/InvokeCommand?$skiptoken={number}");
    script.reply(200, &page(&["a"], Some(&next(1))));
    script.reply(400, &refused("BadRequest", "Microsoft.Exchange.X.ExpiredException", "the link has expired"));
    script.reply(200, &page(&["a"], Some(&next(2))));
    script.reply(200, &page(&["b"], None));
    assert_eq!(list(&exchange(&script)).await.unwrap(), ["a", "b"], "nothing is there twice");

    let script = Script::new();
    for number in 0..3 {
        script.reply(200, &page(&["a"], Some(&next(number))));
        script.reply(404, "");
    }
    assert!(list(&exchange(&script)).await.is_err());
    assert_eq!(script.requests().len(), 6);

    let script = Script::new();
    script.reply(404, "");
    assert!(list(&exchange(&script)).await.is_err());
    assert_eq!(script.requests().len(), 1, "a first page has no link that could have expired");
}

#[tokio::test(start_paused = true)]
async fn a_refused_cmdlet_is_known_by_its_status_and_header_whatever_its_body() {
    let script = Script::new();
    let reason = r#"2000003;reason="The cmdlet 'Get-Mailbox' is not available.""#;
    let headers = [("content-encoding", "gzip"), ("x-ms-diagnostics", reason)];
    script.reply_with(403, &headers, &"\0".repeat(64));
    let error = list(&exchange(&script)).await.unwrap_err();
    let Error::Service(error) = error else { panic!("{error:?}") };
    assert_eq!((error.kind, error.diagnostics), (ErrorKind::RequestDenied, Some(2_000_003)));
    assert_eq!(script.requests().len(), 1, "no is no");
}

#[tokio::test(start_paused = true)]
async fn an_error_is_told_by_the_type_in_its_triple_and_never_shows_its_text() {
    let script = Script::new();
    let kind = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException";
    script.reply(404, &refused("NotFound", kind, "object 'ada@contoso.com' couldn't be found on 'DC1'."));
    let error = list(&exchange(&script)).await.unwrap_err();
    let Error::Service(service) = &error else { panic!("{error:?}") };
    assert_eq!((service.kind, service.exception()), (ErrorKind::NotFound, Some("ManagementObjectNotFoundException")));
    assert!(!format!("{error} {error:?}").contains("ada@"));
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_for_as_long_as_asked() {
    let script = Script::new();
    let start = Instant::now();
    script.reply_with(429, &[("retry-after", "2.5")], "");
    script.reply_with(503, &[("retry-after", "1")], "");
    script.reply(200, &page(&["a"], None));
    assert_eq!(list(&exchange(&script)).await.unwrap(), ["a"]);
    assert_eq!(start.elapsed(), Duration::from_millis(3_500));
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_leaves_something_out_is_none() {
    let script = Script::new();
    let warning = "There are more results available than are currently displayed. To view them, increase the value …";
    for warnings in [json!([warning]), json!(warning), json!([{"Message": warning}]), json!({"0": [[warning]]})] {
        script.reply(200, &json!({"value": [{"Name": "a"}], "@adminapi.warnings": warnings}).to_string());
        assert!(matches!(list(&exchange(&script)).await, Err(Error::Paging(_))), "{warnings}");
    }
    script.reply(200, &json!({"value": [{"Name": "a"}], "@adminapi.warnings": ["Something else."]}).to_string());
    assert_eq!(list(&exchange(&script)).await.unwrap(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn answers_of_another_shape_are_errors() {
    for body in ["", "\0", "[]", r#"{"value":[1]}"#, r#"{"value":{}}"#, "{\"value\":[{\"Name\":\"a\"}"] {
        let script = Script::new();
        for _ in 0..4 {
            script.reply(200, body);
        }
        assert!(matches!(list(&exchange(&script)).await, Err(Error::Malformed { .. })), "{body:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_documented_interface_is_preferred_where_it_knows_the_cmdlet_and_the_token_holds_its_permission() {
    for (held, cmdlet, expected) in [
        (&["Exchange.ManageAsAppV2", "Exchange.ManageAsApp"][..], Cmdlet::Mailbox, Interface::Documented),
        (&["Exchange.ManageAsAppV2"], Cmdlet::TransportRule, Interface::InvokeCommand),
        (&["Exchange.ManageAsApp"], Cmdlet::Mailbox, Interface::InvokeCommand),
        (&[], Cmdlet::AcceptedDomain, Interface::InvokeCommand),
    ] {
        let script = Script::new();
        script.login(200, &token_with(held));
        assert_eq!(exchange(&script).interface(cmdlet).await.unwrap(), expected, "{held:?} {cmdlet:?}");
    }
    let script = Script::new();
    script.reply(200, &page(&["a"], None));
    let command = Command::new(Cmdlet::Mailbox).unlimited();
    exchange(&script).run(&command, Interface::Documented, name).await.unwrap();
    let seen = &script.requests()[0];
    assert_eq!(seen.request.uri().to_string(), format!("{BASE}v2.0/{TENANT}/Mailbox"));
    assert!(seen.body().contains(r#""CmdletName":"Get-Mailbox""#), "the same envelope");
}

fn sizes(count: usize) -> Vec<Command> {
    let command = |number: usize| Command::new(Cmdlet::MailboxStatistics).with("Identity", format!("m{number}"));
    (0..count).map(command).collect()
}

fn answer(id: usize, status: u16, body: &Value) -> Value {
    json!({"id": id.to_string(), "status": status, "headers": {}, "body": body})
}

#[tokio::test(start_paused = true)]
async fn details_travel_ten_at_a_time_and_are_told_apart_by_their_ids() {
    let script = Script::new();
    let one = |id: usize| answer(id, 200, &json!({"value": [{"Name": format!("m{id}")}]}));
    script.reply(200, &json!({"responses": (0..10).rev().map(one).collect::<Vec<_>>()}).to_string());
    script.reply(200, &json!({"responses": [one(1), one(0)]}).to_string());
    let outputs = exchange(&script).run_all(&sizes(12)).await;
    let names: Vec<String> = outputs.into_iter().map(|output| name(output.unwrap().remove(0))).collect();
    assert_eq!(names, ["m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m0", "m1"]);
    let seen = script.requests();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].request.uri().to_string(), format!("{BASE}beta/{TENANT}/$batch"));
    let body: Value = serde_json::from_str(&seen[0].body()).unwrap();
    let first = &body["requests"][0];
    assert_eq!(first["method"], "POST");
    assert_eq!(first["url"], format!("{BASE}beta/{TENANT}/InvokeCommand"));
    assert_eq!(first["body"]["CmdletInput"]["Parameters"]["Identity"], "m0");
}

#[tokio::test(start_paused = true)]
async fn what_a_batch_does_not_answer_well_is_asked_alone() {
    let script = Script::new();
    let denied: Value =
        serde_json::from_str(&refused("NotFound", "Microsoft.X.ManagementObjectNotFoundException", "x")).unwrap();
    let goes_on =
        json!({"value": [{"Name": "cut"}], "@odata.nextLink": format!("{BASE}beta/{TENANT}/InvokeCommand?x")});
    let responses = [
        answer(0, 404, &denied),
        answer(1, 429, &Value::Null),
        answer(2, 200, &goes_on),
        answer(3, 200, &json!({"value": [{"Name": "d"}]})),
    ];
    script.reply(200, &json!({"responses": responses}).to_string());
    script.reply(200, &page(&["b"], None));
    script.reply(200, &page(&["c"], None));
    script.reply(200, &page(&["e"], None));
    let mut outputs = exchange(&script).run_all(&sizes(5)).await.into_iter();
    let error = outputs.next().unwrap().unwrap_err();
    assert_eq!(error.service().and_then(crate::send::GraphError::exception), Some("ManagementObjectNotFoundException"));
    let names: Vec<String> = outputs.map(|output| name(output.unwrap().remove(0))).collect();
    assert_eq!(names, ["b", "c", "d", "e"], "throttled, cut, answered, not answered at all");
}

#[tokio::test(start_paused = true)]
async fn a_service_without_batches_is_asked_one_by_one() {
    for body in [r#"{"responses":[{"id":"0","status":200,"body":{"value":[]}},{"id":"0","status":200}]}"#, "no json"] {
        let script = Script::new();
        script.reply(200, body);
        script.reply(200, &page(&["a"], None));
        script.reply(200, &page(&["b"], None));
        let outputs = exchange(&script).run_all(&sizes(2)).await;
        let names: Vec<String> = outputs.into_iter().map(|output| name(output.unwrap().remove(0))).collect();
        assert_eq!(names, ["a", "b"], "{body}");
    }
    let script = Script::new();
    script.reply(404, "");
    script.reply(200, &page(&["a"], None));
    script.reply(200, &page(&["b"], None));
    assert!(exchange(&script).run_all(&sizes(2)).await.iter().all(Result::is_ok));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_asks_to_wait_is_left_alone_that_long_and_asked_again_then() {
    let (script, start) = (Script::new(), Instant::now());
    let exchange = exchange(&script);
    script.reply_with(429, &[("retry-after", "300")], "");
    assert!(matches!(list(&exchange).await, Err(Error::Throttled { .. })));
    // Neither listings nor batches knock meanwhile, and each is told how long it takes.
    let error = list(&exchange).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_mins(5)));
    assert!(exchange.run_all(&sizes(100)).await.iter().all(|output| matches!(output, Err(Error::Throttled { .. }))));
    assert_eq!((script.requests().len(), start.elapsed()), (1, Duration::ZERO));
    tokio::time::sleep(Duration::from_mins(5)).await;
    script.reply(200, &page(&["a"], None));
    assert_eq!(list(&exchange).await.unwrap(), ["a"]);
}

#[tokio::test(start_paused = true)]
async fn no_wait_that_is_asked_for_ends_reading_for_good() {
    for (wait, attempts) in
        [("99999999999", 1), ("Thu, 01 Jan 9998 00:00:00 GMT", 1), ("-1", 4), ("0", 4), ("soon", 4), ("", 4)]
    {
        let script = Script::new();
        let exchange = exchange(&script);
        for _ in 0..attempts {
            script.reply_with(429, &[("retry-after", wait)], "");
        }
        assert!(matches!(list(&exchange).await, Err(Error::Throttled { .. })), "{wait}");
        tokio::time::sleep(Duration::from_mins(10)).await;
        script.reply(200, &page(&["a"], None));
        assert_eq!(list(&exchange).await.unwrap(), ["a"], "{wait}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_whose_items_are_throttled_one_by_one_is_not_followed_by_a_hundred_requests() {
    let script = Script::new();
    let throttled: Vec<Value> = (0..10).map(|id| answer(id, 429, &Value::Null)).collect();
    for _ in 0..10 {
        script.reply(200, &json!({"responses": throttled}).to_string());
    }
    script.reply_with(429, &[("retry-after", "600")], "");
    let outputs = exchange(&script).run_all(&sizes(100)).await;
    assert!(outputs.iter().all(Result::is_err));
    assert!(script.requests().len() <= 12, "{}", script.requests().len());
}

#[tokio::test(start_paused = true)]
async fn a_service_that_does_not_answer_is_not_asked_for_everything_else_and_an_answer_opens_it_again() {
    let script = Script::new();
    let exchange = exchange(&script);
    for _ in 0..4 {
        script.fail(Reached::Unknown, Cause::Timeout);
    }
    assert!(matches!(list(&exchange).await, Err(Error::Transport { .. })));
    let tried = script.requests().len();
    assert_eq!(tried, 4);
    assert!(exchange.run_all(&sizes(50)).await.iter().all(|output| matches!(output, Err(Error::Transport { .. }))));
    assert_eq!(script.requests().len(), tried);
    tokio::time::sleep(Duration::from_mins(1)).await;
    script.reply(200, &page(&["a"], None));
    assert_eq!(list(&exchange).await.unwrap(), ["a"]);
    script.reply(200, &page(&["b"], None));
    assert_eq!(list(&exchange).await.unwrap(), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn half_an_answer_is_none() {
    // 202: not made yet. 206: a part. An error beside the items: what failed may be items.
    for (status, body) in [
        (202, page(&["a"], None)),
        (206, page(&["a"], None)),
        (204, String::new()),
        (200, json!({"value": [{"Name": "a"}], "error": {"code": "InternalServerError", "message": "x"}}).to_string()),
        (200, json!({"error": {"code": "NotFound", "message": "x"}}).to_string()),
    ] {
        let script = Script::new();
        script.reply(status, &body);
        assert!(list(&exchange(&script)).await.is_err(), "{status} {body}");
        assert_eq!(script.requests().len(), 1);
        let item =
            json!({"id": "0", "status": status, "headers": {}, "body": serde_json::from_str::<Value>(&body).ok()});
        script.reply(200, &json!({"responses": [item, answer(1, 200, &json!({"value": []}))]}).to_string());
        script.reply(status, &body);
        assert!(exchange(&script).run_all(&sizes(2)).await[0].is_err(), "in a batch: {status} {body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_ends_between_two_pages_is_renewed_and_the_listing_goes_on() {
    let script = Script::new();
    let next = format!("{BASE}beta/{TENANT}/InvokeCommand?$skiptoken=2");
    script.reply(200, &page(&["a"], Some(&next)));
    script.reply(401, "");
    script.reply(200, &page(&["b"], None));
    assert_eq!(list(&exchange(&script)).await.unwrap(), ["a", "b"]);
    assert_eq!(script.logins().len(), 2);

    let script = Script::new();
    script.reply(200, &page(&["a"], Some(&next)));
    script.reply(401, "");
    script.reply(401, "");
    let error = list(&exchange(&script)).await.unwrap_err();
    assert_eq!(error.service().map(|error| error.status), Some(401), "and not for ever");
}

#[tokio::test(start_paused = true)]
async fn no_next_link_leads_anywhere_but_on() {
    let host = "outlook.office365.com";
    for link in [
        format!("http://{host}/adminapi/beta/t/InvokeCommand"),
        format!("https://user@{host}/adminapi/beta/t/InvokeCommand"),
        format!("https://user:pass@{host}/x"),
        format!("https://{host}:8443/x"),
        format!("https://{host}@elsewhere.example/x"),
        format!("//{host}/x"),
        "/adminapi/beta/t/InvokeCommand?2".to_owned(),
        "?$skiptoken=2".to_owned(),
        "javascript:alert(1)".to_owned(),
        "\u{0}".to_owned(),
        String::new(),
    ] {
        let script = Script::new();
        script.reply(200, &page(&["a"], Some(&link)));
        assert!(matches!(list(&exchange(&script)).await, Err(Error::ForeignLink)), "{link:?}");
        assert_eq!(script.requests().len(), 1, "{link:?}");
    }
    // Endless, each link another one; and one that is longer than any server takes.
    let script = Script::new();
    for number in 0..2_000 {
        script.reply(200, &page(&[], Some(&format!("{BASE}x?$skiptoken={number}"))));
    }
    assert!(matches!(list(&exchange(&script)).await, Err(Error::Paging(_))));
    assert_eq!(script.requests().len(), 1_000);
    let script = Script::new();
    script.reply(200, &page(&["a"], Some(&format!("{BASE}x?{}", "x".repeat(1_000_000)))));
    assert!(list(&exchange(&script)).await.is_err());
}
