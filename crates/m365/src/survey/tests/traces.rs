//! The message trace, asked cheaply and believed row by row.

use serde_json::{Value, json};
use tenant_contacts_core::{
    landscape::{TraceStatus, Traces},
    model::{Fact, Unknown},
};

use super::tenant::Tenant;

const TRACE: &str = "Get-MessageTraceV2";
const SENDER: &str = "microsoft-noreply@microsoft.com";

fn row(to: &str, received: &str, status: &str) -> Value {
    json!({"Received": received, "SenderAddress": SENDER, "RecipientAddress": to, "Status": status})
}

async fn read(tenant: &Tenant) -> Fact<Traces> {
    tenant.read().await.unwrap().exchange.traces
}

fn statuses(traces: &Fact<Traces>, to: &str) -> Vec<TraceStatus> {
    traces.present().unwrap().of(to).iter().map(|traced| traced.status).collect()
}

/// Warns as the cmdlet does where there is more.
fn cut(rows: &[Value]) -> Value {
    json!({"value": rows, "@adminapi.warnings": ["There are more results, use the following command to get more."]})
}

#[tokio::test(start_paused = true)]
async fn e4_one_request_asks_for_all_senders_within_ten_days_and_for_no_subject() {
    let tenant = Tenant::new();
    let other = json!({"Received": "2026-11-25T09:00:00", "SenderAddress": "someone@microsoft.com",
        "RecipientAddress": "ann@contoso.com", "Status": "Failed", "Subject": "private"});
    let rows = [
        row("SMTP:Ann@contoso.com", "2026-11-24T08:00:00.1234567", "Quarantined"),
        row("ann@contoso.com", "2026-11-20T08:00:00Z", "Delivered"),
        row("bob@contoso.com", "2026-11-24T08:00:00Z", "Resolved"),
        row("eve@contoso.com", "2026-11-24T08:00:00Z", "GettingStatus"),
        row("eve@contoso.com", "2026-11-23T08:00:00Z", "delivered"),
        other,
    ];
    tenant.list(TRACE, &rows);
    let traces = read(&tenant).await;
    assert_eq!(statuses(&traces, "ann@contoso.com"), [TraceStatus::Quarantined]);
    assert_eq!(statuses(&traces, "bob@contoso.com"), [TraceStatus::Other], "a status that is not known yet");
    assert_eq!(statuses(&traces, "eve@contoso.com"), [TraceStatus::Delivered], "what is under way says nothing");
    let asked = tenant.parameters(TRACE);
    let [asked] = &asked[..] else { panic!("{} requests", asked.len()) };
    assert_eq!(
        (&asked["StartDate"], &asked["EndDate"]),
        (&json!("2026-11-15T11:00:00Z"), &json!("2026-11-25T10:00:00Z"))
    );
    assert_eq!(asked["ResultSize"], 5_000);
    let senders = asked["SenderAddress"].as_array().unwrap();
    assert!(senders.len() >= 6 && senders.contains(&json!(SENDER)));
}

#[tokio::test(start_paused = true)]
async fn where_there_is_more_the_next_query_goes_on_once_where_the_last_one_ended() {
    let tenant = Tenant::new();
    let rows = [
        row("ann@contoso.com", "2026-11-24T08:00:00Z", "Failed"),
        row("bob@contoso.com", "2026-11-22T08:00:00Z", "Failed"),
    ];
    tenant.answer(TRACE, 200, cut(&rows));
    let older = [
        row("ann@contoso.com", "2026-11-21T08:00:00Z", "Delivered"),
        row("eve@contoso.com", "2026-11-20T08:00:00Z", "Failed"),
    ];
    tenant.answer(&format!("{TRACE} more"), 200, cut(&older));
    let traces = read(&tenant).await;
    assert_eq!(statuses(&traces, "ann@contoso.com"), [TraceStatus::Failed], "the latest stays");
    assert_eq!(statuses(&traces, "eve@contoso.com"), [TraceStatus::Failed]);
    let asked = tenant.parameters(TRACE);
    assert_eq!(asked.len(), 2, "bounded, though there is more");
    assert_eq!(
        (&asked[1]["EndDate"], &asked[1]["StartingRecipientAddress"]),
        (&json!("2026-11-22T08:00:00Z"), &json!("bob@contoso.com"))
    );
    assert_eq!(asked[0]["StartDate"], asked[1]["StartDate"]);
}

#[tokio::test(start_paused = true)]
async fn g2_what_cannot_be_read_makes_the_trace_unknown_and_nothing_else() {
    let good = || row("ann@contoso.com", "2026-11-24T08:00:00Z", "Failed");
    let with = |name: &str, value: Value| {
        let mut row = good();
        row[name] = value;
        json!({"value": [good(), row]})
    };
    let rising = [row("ann@contoso.com", "2026-11-20T08:00:00Z", "Failed"), good()];
    let answers = [
        with("Received", json!("yesterday")),
        with("Received", Value::Null),
        with("RecipientAddress", json!(["a", "b"])),
        with("SenderAddress", json!(7)),
        with("Status", Value::Null),
        json!({"value": [{}]}),
        json!({"value": {"Status": "Failed"}}),
        cut(&rising),
        Value::Null,
    ];
    for answer in answers {
        let tenant = Tenant::new();
        tenant.answer(TRACE, 200, answer.clone());
        let exchange = tenant.read().await.unwrap().exchange;
        assert!(
            matches!(exchange.traces, Fact::Unknown(Unknown::ReadFailed(_) | Unknown::ServiceFailed(..))),
            "{answer}: {:?}",
            exchange.traces
        );
        assert!(exchange.quarantine.known().is_ok() && exchange.recipients.known().is_ok(), "{answer}");
    }
    let tenant = Tenant::new();
    tenant.list(TRACE, &rising);
    assert_eq!(
        statuses(&read(&tenant).await, "ann@contoso.com"),
        [TraceStatus::Failed],
        "whole, the order is no matter"
    );
}

#[tokio::test(start_paused = true)]
async fn a_service_that_gives_the_same_rows_for_ever_is_left_alone() {
    let tenant = Tenant::new();
    let same = cut(&[row("ann@contoso.com", "2026-11-24T08:00:00Z", "Failed")]);
    tenant.answer(TRACE, 200, same.clone());
    tenant.answer(&format!("{TRACE} more"), 200, same);
    assert_eq!(statuses(&read(&tenant).await, "ann@contoso.com"), [TraceStatus::Failed]);
    let tenant = Tenant::new();
    tenant.answer(TRACE, 200, cut(&[]));
    assert!(read(&tenant).await.present().is_some());
    assert_eq!(tenant.parameters(TRACE).len(), 1, "there is nowhere to go on from");
}
