//! Exchange and the directory as two stores, and a mailbox seen from Graph. Contract §10.8, §10.24, §10.28; §1 permissions.

use std::time::Duration;

use crate::support::{
    Client,
    exchange::{self, Exchange, SEED},
    object, options, simulator,
};
use serde_json::{Value, json};
use tenant_contacts_simulator::{ExchangeOptions, Options, Seed, Simulator, Switches};
use tokio::time::advance;

const BOB: &str = "bob@contoso.com";

async fn both(exchange: ExchangeOptions) -> (Exchange, Client) {
    let client = exchange::with(Options { exchange, ..options() }).await;
    let graph = crate::support::client(client.simulator.clone()).await;
    (client, graph)
}

async fn proxies(graph: &Client) -> Value {
    graph.user(BOB, "proxyAddresses").await["proxyAddresses"].clone()
}

async fn addresses(client: &Exchange) -> Value {
    client.one("Get-Mailbox", BOB).await["EmailAddresses"].clone()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_new_alias_is_in_exchange_at_once_and_in_graph_later() {
    let lags = ExchangeOptions { to_directory: seconds(60), from_directory: seconds(30), ..ExchangeOptions::default() };
    let (client, graph) = both(lags).await;
    let old = json!(["SMTP:bob@contoso.com", "smtp:robert@contoso.com"]);
    let new = json!(["SMTP:b@contoso.com", "smtp:bob@contoso.com"]);
    client.write("Set-Mailbox", json!({"Identity": BOB, "EmailAddresses": new})).await;
    assert_eq!((addresses(&client).await, proxies(&graph).await), (new.clone(), old.clone()));
    advance(seconds(59)).await;
    assert_eq!((addresses(&client).await, proxies(&graph).await), (new.clone(), old));
    advance(seconds(2)).await;
    // Never the old value in between, though Exchange still knows the directory of half a minute ago.
    assert_eq!((addresses(&client).await, proxies(&graph).await), (new.clone(), new.clone()));
    advance(seconds(31)).await;
    assert_eq!(addresses(&client).await, new);
    assert_eq!(graph.user(BOB, "mail").await["mail"], "b@contoso.com");
    // From then on a change in the directory is news to Exchange again.
    graph.patch(&format!("/users/{BOB}"), json!({"mail": "c@contoso.com"})).await;
    assert_eq!(addresses(&client).await, new);
    advance(seconds(31)).await;
    assert_eq!(addresses(&client).await, json!(["SMTP:c@contoso.com", "smtp:b@contoso.com", "smtp:bob@contoso.com"]));
    let writers: Vec<String> = client.simulator.journal(0).into_iter().map(|entry| entry.actor).collect();
    assert_eq!(writers, [crate::support::CLIENT, "exchange", crate::support::CLIENT]);
}

#[tokio::test(start_paused = true)]
async fn what_the_directory_knows_reaches_exchange_later() {
    let (client, graph) = both(ExchangeOptions { from_directory: seconds(60), ..ExchangeOptions::default() }).await;
    graph.patch(&format!("/users/{BOB}"), json!({"accountEnabled": false, "mail": "taken@contoso.com"})).await;
    assert_eq!(client.one("Get-Mailbox", BOB).await["AccountDisabled"], false);
    // The directory refuses what Exchange does not know of yet: the transient text of contract §6.1.
    let taken = json!({"Identity": "admin@contoso.com", "EmailAddresses":
        {"@odata.type": "#Exchange.GenericHashTable", "Add": ["taken@contoso.com"]}});
    let (status, _, text) = client.refused("Set-Mailbox", taken.clone()).await;
    assert_eq!(status, 400);
    assert!(text.starts_with("An Azure Active Directory call was made to keep object in sync"), "{text}");
    assert!(text.ends_with("please retry a couple of minutes later."), "{text}");
    advance(seconds(61)).await;
    assert_eq!(client.one("Get-Mailbox", BOB).await["AccountDisabled"], true);
    let (_, _, text) = client.refused("Set-Mailbox", taken).await;
    assert!(text.starts_with("The proxy address"), "{text}");
    // A contact's address is taken in the directory, too (contract §2).
    let reply = graph.patch("/users/admin@contoso.com", json!({"mail": "paper@shop.example"})).await;
    assert!(reply.message().contains("proxyAddresses already exists"), "{}", reply.text);
}

#[tokio::test(start_paused = true)]
async fn a_new_object_is_not_found_for_minutes_and_a_removed_one_still_reads_back() {
    let (client, graph) = both(ExchangeOptions { replicas: vec![seconds(300)], ..ExchangeOptions::default() }).await;
    let new = json!({"Name": "Desk", "Shared": true, "Alias": "helpdesk"});
    client.write("New-Mailbox", new).await;
    advance(seconds(6)).await;
    // [EXLIVE]: 404 six seconds later, there minutes later. The directory is another store with its own lag.
    assert_eq!(client.refused("Get-Mailbox", json!({"Identity": "Desk"})).await.0, 404);
    assert_eq!(graph.user("helpdesk@contoso.com", "accountEnabled").await["accountEnabled"], false);
    advance(seconds(300)).await;
    assert_eq!(client.one("Get-Mailbox", "Desk").await["Alias"], "helpdesk");
    let entry = json!({"ListType": "Sender", "Entries": ["microsoft.com"]});
    client.write("Remove-TenantAllowBlockListItems", entry.clone()).await;
    let there = async || client.column("Get-TenantAllowBlockListItems", json!({"ListType": "Sender"}), "Value").await;
    assert!(there().await.contains(&"microsoft.com".to_owned()));
    advance(seconds(301)).await;
    assert!(!there().await.contains(&"microsoft.com".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_outlives_its_licence_and_its_account_by_thirty_days() {
    let (client, graph) = both(ExchangeOptions::default()).await;
    let sku = graph.user(BOB, "assignedLicenses").await["assignedLicenses"][0]["skuId"].clone();
    let body = json!({"addLicenses": [], "removeLicenses": [sku]});
    assert_eq!(graph.post(&format!("/users/{BOB}/assignLicense"), body).await.status, 200);
    let bob = client.one("Get-Mailbox", BOB).await;
    assert_eq!((&bob["RecipientTypeDetails"], &bob["SKUAssigned"]), (&json!("UserMailbox"), &json!(false)));
    graph.delete("/users/admin@contoso.com").await;
    let deleted = client.column("Get-Mailbox", json!({"SoftDeletedMailbox": true}), "UserPrincipalName").await;
    assert!(deleted.contains(&"admin@contoso.com".to_owned()), "{deleted:?}");
    advance(Duration::from_hours(30 * 24) + seconds(1)).await;
    let client = exchange::sign_in(client.simulator.clone(), "minimal-secret").await;
    assert_eq!(client.refused("Get-Mailbox", json!({"Identity": BOB})).await.0, 404);
    // It still has an address: a mail user without a mailbox. [WIKI C]
    assert_eq!(client.one("Get-MailUser", BOB).await["RecipientTypeDetails"], "MailUser");
}

#[tokio::test(start_paused = true)]
async fn exchange_survives_a_restart() {
    let path = std::env::temp_dir().join(format!("exchange-state-{}.json", std::process::id()));
    let (client, _) = both(ExchangeOptions { to_directory: seconds(600), ..ExchangeOptions::default() }).await;
    client.write("Set-Mailbox", json!({"Identity": BOB, "EmailAddresses": ["SMTP:b@contoso.com"]})).await;
    client.write("New-Mailbox", json!({"Name": "Counter", "Shared": true})).await;
    client.simulator.save(&path).unwrap();
    let before = client.simulator.truth();
    let after = Simulator::restore(&Seed::from_yaml(SEED).unwrap(), options(), &path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(after.truth()["recipients"], before["recipients"]);
    assert_eq!(after.truth()["inboxRules"], before["inboxRules"]);
}

#[tokio::test(start_paused = true)]
async fn the_inbox_in_graph_tells_counts_the_oldest_unread_message_and_the_rules_that_are_not_hidden() {
    let (client, graph) = both(ExchangeOptions::default()).await;
    let inbox = graph.get(&format!("/users/{BOB}/mailFolders/inbox?$select=unreadItemCount,totalItemCount")).await;
    assert_eq!((&inbox.body["unreadItemCount"], &inbox.body["totalItemCount"]), (&json!(4), &json!(4)));
    let ordered = "$orderby=receivedDateTime&$top=1&$select=receivedDateTime";
    let filter = "$filter=receivedDateTime ge 1970-01-01T00:00:00Z and isRead eq false";
    let url = format!("/users/{BOB}/mailFolders/inbox/messages?{filter}&{ordered}");
    let messages = graph.get(&url).await;
    assert_eq!(messages.items()[0]["receivedDateTime"], "2026-11-12T10:00:00Z", "{}", messages.text);
    let next = messages.body["@odata.nextLink"].as_str().unwrap().to_owned();
    assert!(graph.get(&next).await.items()[0]["receivedDateTime"].as_str().unwrap() > "2026-11-12T10:00:00Z");
    // Documented with listing messages: what is sorted by must stand in the filter, first.
    let wrong = format!("/users/{BOB}/mailFolders/inbox/messages?$filter=isRead eq false&{ordered}");
    assert_eq!(graph.get(&wrong).await.code(), "InefficientFilter");
    let switches = Switches { message_order_must_be_filtered: false, ..Switches::default() };
    let lenient = exchange::with(Options { switches, ..options() }).await;
    assert_eq!(crate::support::client(lenient.simulator).await.get(&wrong).await.status, 200);
    let rules = graph.get(&format!("/users/{BOB}/mailFolders/inbox/messageRules")).await;
    let names: Vec<&Value> = rules.items().iter().map(|rule| &rule["displayName"]).collect();
    assert_eq!(names, ["away", "copy"]);
    assert_eq!(rules.items()[0]["actions"]["redirectTo"][0]["emailAddress"]["address"], "me@outside.example");
    assert_eq!(rules.items()[1]["actions"]["forwardTo"][0]["emailAddress"]["address"], "admin@contoso.com");
    assert_eq!(rules.items()[1]["isEnabled"], false);
    // Somebody reads their mail.
    client.simulator.disturb_mailbox(BOB, &object(json!({"InboxUnread": 0, "OldestUnread": null}))).unwrap();
    assert_eq!(graph.get(&url).await.items().len(), 0);
    // No mailbox, no account, no permission.
    let of = |user: &str| format!("/users/{user}/mailFolders/inbox");
    assert_eq!(graph.get(&of("bare@contoso.com")).await.code(), "MailboxNotEnabledForRESTAPI");
    assert_eq!(graph.get(&of("nobody@contoso.com")).await.code(), "ErrorInvalidUser");
    let limited = graph.limited(&["User.Read.All", "Mail.ReadBasic.All"]).await;
    assert_eq!(limited.get(&of(BOB)).await.status, 200);
    assert_eq!(limited.get(&format!("{}/messageRules", of(BOB))).await.code(), "ErrorAccessDenied");
    let limited = graph.limited(&["User.Read.All", "MailboxSettings.Read"]).await;
    assert_eq!(limited.get(&of(BOB)).await.status, 403);
    assert_eq!(limited.get(&format!("{}/messageRules", of(BOB))).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn the_admin_surface_changes_exchange_too() {
    let graph = crate::support::client(simulator(&Seed::from_yaml(SEED).unwrap(), options())).await;
    let at = |path: &str| format!("http://localhost/_sim/{path}");
    let hide = json!({"HiddenFromAddressListsEnabled": true});
    assert_eq!(graph.patch(&at("mailboxes/bob@contoso.com"), hide.clone()).await.status, 204);
    assert_eq!(graph.patch(&at("mailboxes/nobody@contoso.com"), hide).await.status, 404);
    assert_eq!(graph.patch(&at("mailboxes/bob@contoso.com"), json!({"Colour": 1})).await.status, 400);
    let off = json!({"AutoForwardEnabled": false});
    assert_eq!(graph.patch(&at("exchange/remoteDomains/*"), off).await.status, 204);
    assert_eq!(graph.delete(&at("exchange/transportRules/000000")).await.status, 204);
    assert_eq!(graph.delete(&at("exchange/transportRules/000000")).await.status, 404);
    assert_eq!(graph.patch(&at("exchange/users/x"), json!({})).await.status, 404, "only Exchange's own");
    let truth = graph.simulator.truth();
    assert_eq!(truth["remoteDomains"][0]["AutoForwardEnabled"], false);
    assert_eq!(truth["transportRules"].as_array().map(Vec::len), Some(1));
}
