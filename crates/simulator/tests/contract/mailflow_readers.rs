//! Who reads what arrived, and the marks a message leaves. Contract §10.31, DOMAIN E3, E4, F4.

use std::time::Duration;

use crate::support::mail::{tenant, to};
use serde_json::json;
use tenant_contacts_simulator::{End, Simulator};

/// DOMAIN F4: who reads it in the end.
#[test]
fn somebody_reads_it_or_nobody_does() {
    let shared = |access: &str| {
        tenant(&format!(
            "  lists: [{{name: Guards, mail: guards@contoso.com, kind: security, members: [b@contoso.com, off@contoso.com]}}, {{name: Plain, mail: plain@contoso.com, members: [b@contoso.com]}}]\n  sharedMailboxes: [{{user: role@contoso.com, fullAccess: [{access}]}}]"
        ))
    };
    let readers = |simulator: &Simulator, address: &str| simulator.readers(address).unwrap().len();
    let role = to("role@contoso.com");
    assert!(shared("").who_gets(&role).is_empty(), "F4 no reader");
    assert!(shared("off@contoso.com").who_gets(&role).is_empty(), "F4 a disabled reader");
    assert_eq!(shared("a@contoso.com, off@contoso.com").who_gets(&role).len(), 1, "F4");
    let through = shared("Guards");
    assert_eq!(through.who_gets(&role), through.readers("b@contoso.com").unwrap(), "F4 through a security group");
    assert!(shared("Plain").who_gets(&role).is_empty(), "a distribution list gives no access");
    assert!(shared("nomail@contoso.com, bare@contoso.com").who_gets(&role).is_empty(), "who has no mailbox opens none");
    assert_eq!(
        tenant("  groups: [{name: Team, subscribers: [a@contoso.com], requireSenderAuthenticationEnabled: false}]")
            .readers("team@contoso.com")
            .unwrap()
            .len(),
        1,
        "F4 a group's own mailbox counts if people subscribe"
    );
    assert!(tenant("").who_gets(&to("off@contoso.com")).is_empty(), "F4 a disabled owner");
    assert_eq!(tenant("").who_gets(&to("a@contoso.com")).len(), 1);
    assert_eq!(readers(&through, "guards@contoso.com"), 0, "a list has no readers of its own");
    assert_eq!(through.readers("nobody@contoso.com"), None);
    let drained = tenant("  mailboxes: [{user: a@contoso.com, inboxRules: [{deleteMessage: true, isHidden: true}]}]");
    assert!(drained.who_gets(&to("a@contoso.com")).is_empty(), "E3 a hidden rule");
    let moved = |folder: &str| {
        tenant(&format!("  mailboxes: [{{user: a@contoso.com, inboxRules: [{{moveToFolder: {folder}}}]}}]"))
    };
    assert!(moved("RSS Feeds").who_gets(&to("a@contoso.com")).is_empty(), "E3 out of sight");
    assert_eq!(moved("Projects").who_gets(&to("a@contoso.com")).len(), 1, "a folder of the owner's");
}

#[test]
fn safe_links_rewrites_by_policy() {
    let rewritten = |exchange: &str| match &tenant(exchange).deliver(&to("a@contoso.com")).outcomes[0].end {
        End::Mailbox { links_rewritten, .. } => *links_rewritten,
        other => panic!("{other:?}"),
    };
    assert!(!rewritten(""));
    let rule = "  safeLinksRules: [{safeLinksPolicy: P, recipientDomainIs: [contoso.com]}]\n";
    assert!(rewritten(&format!("{rule}  safeLinksPolicies: [{{name: P}}]")), "E4");
    assert!(!rewritten(&format!("{rule}  safeLinksPolicies: [{{name: P, disableUrlRewrite: true}}]")), "E4");
}

/// A message that is really sent leaves its marks: trace, quarantine, what is unread. §10.31
#[tokio::test(start_paused = true)]
async fn a_message_that_is_sent_leaves_its_marks() {
    let simulator = tenant(
        "  lists: [{name: L, mail: l@contoso.com, members: [a@contoso.com, b@contoso.com, Shop], requireSenderAuthenticationEnabled: false}]\n  contacts: [{name: Shop, address: shop@paper.example}]\n  mailboxes: [{user: b@contoso.com, prohibitSendReceiveQuota: 1 GB, size: 1 GB}, {user: a@contoso.com, inboxUnread: 4, inboxTotal: 9}]",
    );
    let client = crate::support::Client { simulator, token: String::new() };
    let message = json!({"from": "azure@microsoft.com", "to": "l@contoso.com", "subject": "Invoice"});
    let sent = client.post("http://localhost/_sim/mail?count=true", message.clone()).await;
    assert_eq!(sent.status, 200);
    let ends: Vec<_> = sent.body["outcomes"].as_array().unwrap().iter().map(|o| o["end"].as_str().unwrap()).collect();
    assert_eq!(ends, ["mailbox", "bounced", "outside"]);
    assert_eq!(sent.body["outcomes"][0]["path"], json!(["l@contoso.com", "a@contoso.com"]));
    assert_eq!(sent.body["outcomes"][1]["reason"], "mailboxFull");
    assert_eq!(sent.body["people"].as_array().unwrap().len(), 1);
    let truth = client.simulator.truth();
    let rows = truth["messageTraces"].as_array().unwrap().iter();
    let mut rows: Vec<_> =
        rows.map(|row| format!("{} {}", row["RecipientAddress"], row["Status"]).replace('"', "")).collect();
    rows.sort();
    let expected =
        ["a@contoso.com Delivered", "b@contoso.com Failed", "l@contoso.com Expanded", "shop@paper.example Delivered"];
    assert_eq!(rows, expected);
    let journal = client.simulator.journal(0);
    let grown = journal.iter().find(|entry| entry.kind == "mailboxStatistics").unwrap();
    let change = grown.changes.iter().find(|change| change.property == "InboxUnread").unwrap();
    assert_eq!((&change.before, &change.after), (&json!(4), &json!(5)));
    let spam = json!({"from": "azure@microsoft.com", "to": "a@contoso.com", "verdict": "highConfidencePhish"});
    let held = client.post("http://localhost/_sim/mail", spam).await;
    assert_eq!(held.body["outcomes"][0]["end"], "quarantined");
    assert_eq!(client.simulator.truth()["quarantineMessages"][0]["RecipientAddress"], json!(["a@contoso.com"]));
    for wrong in [json!({"to": "a@contoso.com"}), json!({"from": "a", "to": "b", "body": "x"})] {
        assert_eq!(client.post("http://localhost/_sim/mail", wrong).await.status, 400);
    }
}

/// §10.31: what was sent is in the trace that the service shows.
#[tokio::test(start_paused = true)]
async fn a_message_that_is_sent_can_be_traced() {
    let exchange = crate::support::exchange::start().await;
    let message = json!({"from": "o365mc@microsoft.com", "to": "notices@contoso.com", "subject": "Probe"});
    let sent = exchange.send("POST", "/_sim/mail", &[], &message).await;
    assert_eq!(sent.status, 200);
    let rows = exchange.list("Get-MessageTraceV2", json!({"SenderAddress": "o365mc@microsoft.com"})).await;
    let probe: Vec<_> = rows.iter().filter(|row| row["Subject"] == "Probe").collect();
    let found = |address: &str| probe.iter().find(|row| row["RecipientAddress"] == address).map(|row| &row["Status"]);
    assert_eq!(found("notices@contoso.com"), Some(&json!("Expanded")));
    // Bob's hidden rule deletes what comes; the trace knows nothing of that.
    assert_eq!(found("bob@contoso.com"), Some(&json!("Delivered")));
    assert_eq!(found("paper@shop.example"), Some(&json!("Delivered")));
    assert_eq!(sent.body["people"], json!([]));
}

/// What a seed says was sent is traced, and held back, as the tenant's mail flow makes of it. §10.27, §10.31
#[test]
fn a_notice_that_a_seed_says_was_sent_leaves_its_marks_and_no_journal() {
    let simulator = tenant(
        "  mailboxes: [{user: b@contoso.com, forwardingSmtpAddress: 'smtp:far@paper.example'}]
  outboundPolicies: [{name: Default, autoForwardingMode: 'Off'}]
notices:
  sent:
    - {from: azure@microsoft.com, at: -3d, to: [a@contoso.com, b@contoso.com, far@paper.example]}
    - {from: azure@microsoft.com, at: -1d, to: [a@contoso.com], verdict: highConfidencePhish}
    - {category: Billing, from: o365mc@microsoft.com, at: -2d}
",
    );
    let truth = simulator.truth();
    let rows = truth["messageTraces"].as_array().unwrap().iter();
    let mut rows: Vec<_> = rows
        .filter(|row| row["SenderAddress"] == "azure@microsoft.com")
        .map(|row| format!("{} {}", row["RecipientAddress"], row["Status"]).replace('"', ""))
        .collect();
    rows.sort();
    // The forward that came back is seen where it should have gone; what goes outside at once never comes here.
    let expected =
        ["a@contoso.com Delivered", "a@contoso.com Quarantined", "b@contoso.com Expanded", "far@paper.example Failed"];
    assert_eq!(rows, expected);
    assert_eq!(truth["quarantineMessages"][0]["RecipientAddress"], json!(["a@contoso.com"]));
    assert!(simulator.journal(0).is_empty(), "it was before the simulation began");
}

/// What an inbox rule puts into Junk Email was delivered, and whoever passes mail on has not lost it, though a copy that comes
/// back in a circle be cut (the trace of both is UNV). §10.31
#[test]
fn only_what_the_filter_took_for_spam_is_traced_as_spam() {
    let simulator = tenant(
        "  lists: [{name: L, mail: l@contoso.com, members: [b@contoso.com], requireSenderAuthenticationEnabled: false}]
  mailboxes:
    - {user: a@contoso.com, inboxRules: [{moveToFolder: Junk Email}]}
    - {user: b@contoso.com, forwardingAddress: c@contoso.com}
    - {user: c@contoso.com, deliverToMailboxAndForward: true, forwardingAddress: b@contoso.com}
notices:
  sent:
    - {from: azure@microsoft.com, at: -3d, to: [a@contoso.com, l@contoso.com]}
    - {from: o365mc@microsoft.com, at: -2d, to: [a@contoso.com], verdict: spam}
",
    );
    let truth = simulator.truth();
    let rows = truth["messageTraces"].as_array().unwrap().iter();
    let mut rows: Vec<_> =
        rows.map(|row| format!("{} {}", row["RecipientAddress"], row["Status"]).replace('"', "")).collect();
    rows.sort();
    let expected = [
        "a@contoso.com Delivered",
        "a@contoso.com FilteredAsSpam",
        "b@contoso.com Expanded",
        "c@contoso.com Delivered",
        "l@contoso.com Expanded",
    ];
    assert_eq!(rows, expected);
}

/// [EPS]: no pages; the next query begins with the last row's recipient and ends at its time.
#[tokio::test(start_paused = true)]
async fn the_trace_has_no_pages_and_goes_on_where_it_ended() {
    let exchange = crate::support::exchange::start().await;
    for to in ["bob@contoso.com", "admin@contoso.com", "office@contoso.com"] {
        let message = json!({"from": "x@microsoft.com", "to": to});
        assert_eq!(exchange.send("POST", "/_sim/mail", &[], &message).await.status, 200);
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let ask = async |more: serde_json::Value| {
        let mut parameters = json!({"SenderAddress": ["X@microsoft.com"], "ResultSize": 2});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        exchange.run("Get-MessageTraceV2", parameters).await
    };
    let all = exchange.list("Get-MessageTraceV2", json!({"SenderAddress": "x@microsoft.com"})).await;
    let of = |rows: &[serde_json::Value]| -> Vec<String> {
        rows.iter().map(|row| row["RecipientAddress"].as_str().unwrap().to_owned()).collect()
    };
    let first = ask(json!({})).await;
    assert!(first.body["@adminapi.warnings"][0].as_str().unwrap().contains("more results"));
    assert!(first.body.get("@odata.nextLink").is_none());
    let last = first.items().last().unwrap().clone();
    let next = json!({"EndDate": last["Received"], "StartingRecipientAddress": last["RecipientAddress"]});
    let next = ask(next).await;
    let mut met = of(first.items());
    met.extend(of(next.items()).into_iter().skip(1)); // it begins with the row where the first ended
    assert_eq!(met, of(&all)[..met.len()]);
    assert!(met.len() >= 3);
}
