//! `--state`: what is true survives a restart, and what clients hold is good or refused, never silently wrong.

use std::path::{Path, PathBuf};

use crate::support::{Client, client, object, options};
use serde_json::json;
use tenant_contacts_simulator::{Options, Seed, Simulator, StateError};

/// A file of this test alone, gone at the start.
fn file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("state-{name}.json"));
    let _ = std::fs::remove_file(&path);
    path
}

async fn start(path: &Path) -> Client {
    client(Simulator::restore(&Seed::minimal(), options(), path).unwrap()).await
}

fn link(body: &serde_json::Value) -> String {
    body["@odata.deltaLink"].as_str().unwrap().to_owned()
}

/// Objects, methods, roles and deletions are as they were; the journal goes on counting; tokens and new ids are good.
#[tokio::test(start_paused = true)]
async fn the_truth_survives() {
    let path = file("truth");
    let first = start(&path).await;
    let bob = first.user("bob@contoso.com", "id").await["id"].as_str().unwrap().to_owned();
    first.patch("/users/bob@contoso.com", json!({"otherMails": ["bob@fabrikam.example"], "mobilePhone": null})).await;
    first
        .post(&format!("/users/{bob}/authentication/emailMethods"), json!({"emailAddress": "b@fabrikam.example"}))
        .await;
    let group = json!({"displayName": "G", "mailEnabled": false, "mailNickname": "g", "securityEnabled": true});
    let group = first.post("/groups", group).await.body["id"].as_str().unwrap().to_owned();
    let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{bob}")});
    assert_eq!(first.post(&format!("/groups/{group}/members/$ref"), reference).await.status, 204);
    let changes = object(json!({"proxyAddresses": ["SMTP:bob@contoso.com", "smtp:b@contoso.com"]}));
    first.simulator.disturb_user("bob@contoso.com", &changes).unwrap();
    let (truth, journal) = (first.simulator.truth(), first.simulator.journal(0));
    assert!(first.simulator.save(&path).unwrap());
    assert!(!first.simulator.save(&path).unwrap(), "nothing changed since");

    let second = start(&path).await;
    assert_eq!(second.simulator.truth(), truth);
    assert_eq!(second.simulator.journal(0), journal);
    assert!(!second.simulator.save(&path).unwrap(), "nothing changed yet");
    // An access token of the run before is as good as it was.
    let early = Client { token: first.token.clone(), simulator: second.simulator.clone() };
    assert_eq!(early.user("bob@contoso.com", "otherMails").await["otherMails"], json!(["bob@fabrikam.example"]));
    // New objects do not take the ids of old ones, and addresses are still held.
    let group = json!({"displayName": "H", "mailEnabled": false, "mailNickname": "h", "securityEnabled": true});
    second.post("/groups", group).await;
    assert_eq!(second.get("/groups").await.items().len(), 2);
    assert_eq!(second.simulator.journal(0).last().unwrap().sequence, journal.len() as u64 + 1);
    assert_eq!(second.patch("/users/admin@contoso.com", json!({"mail": "b@contoso.com"})).await.status, 400);
}

/// Replicas that lag show the state at the start, not the seed.
#[tokio::test(start_paused = true)]
async fn replicas_begin_with_the_kept_state() {
    let path = file("replicas");
    let first = start(&path).await;
    first.patch("/users/bob@contoso.com", json!({"jobTitle": "kept"})).await;
    first.simulator.save(&path).unwrap();
    let replicas = vec![std::time::Duration::from_mins(1)];
    let lagging = Simulator::restore(&Seed::minimal(), Options { replicas, ..options() }, &path).unwrap();
    let second = client(lagging).await;
    assert_eq!(second.user("bob@contoso.com", "jobTitle").await["jobTitle"], "kept");
    second.patch("/users/bob@contoso.com", json!({"jobTitle": "new"})).await;
    assert_eq!(second.user("bob@contoso.com", "jobTitle").await["jobTitle"], "kept");
    tokio::time::advance(std::time::Duration::from_secs(61)).await;
    assert_eq!(second.user("bob@contoso.com", "jobTitle").await["jobTitle"], "new");
}

/// A delta token taken before the restart tells what changed before and after it, over several restarts.
#[tokio::test(start_paused = true)]
async fn delta_tokens_survive() {
    let path = file("delta");
    let first = start(&path).await;
    let old = link(&first.get("/users/delta?$select=jobTitle,mobilePhone").await.body);
    first.patch("/users/bob@contoso.com", json!({"jobTitle": "one"})).await;
    first.simulator.save(&path).unwrap();
    let second = start(&path).await;
    second.patch("/users/admin@contoso.com", json!({"mobilePhone": "+1 4255550100"})).await;
    second.simulator.save(&path).unwrap();
    let third = start(&path).await;
    let reply = third.get(&old).await;
    assert_eq!(reply.items().len(), 2, "{}", reply.body);
    assert_eq!(third.get(&link(&reply.body)).await.items().len(), 0);
}

/// A token that knows writes which were never saved must not be taken for one that knows other writes at the same place.
#[tokio::test(start_paused = true)]
async fn a_token_of_a_lost_state_starts_over() {
    let path = file("lost");
    let first = start(&path).await;
    first.patch("/users/bob@contoso.com", json!({"jobTitle": "saved"})).await;
    first.simulator.save(&path).unwrap();
    first.patch("/users/bob@contoso.com", json!({"jobTitle": "lost"})).await;
    let ahead = link(&first.get("/users/delta?$select=jobTitle").await.body);
    // Crash. The next run reaches the same position with another write, and is saved.
    let second = start(&path).await;
    second.patch("/users/admin@contoso.com", json!({"jobTitle": "other"})).await;
    assert_eq!(second.get(&ahead).await.status, 410);
    second.simulator.save(&path).unwrap();
    let third = start(&path).await;
    let gone = third.get(&ahead).await;
    assert_eq!(gone.status, 410);
    let again = third.get(gone.header("location").unwrap()).await;
    assert_eq!(again.items().len(), 2);
    // A reset is a reset for tokens of kept runs too.
    let good = link(&again.body);
    third.simulator.save(&path).unwrap();
    let fourth = start(&path).await;
    assert_eq!(fourth.get(&good).await.status, 200);
    fourth.simulator.reset_delta();
    assert_eq!(fourth.get(&good).await.status, 410);
}

/// Another tenant's file, another form, half a file: refused, in words without values.
#[test]
fn what_does_not_fit_is_refused() {
    let path = file("bad");
    let simulator = Simulator::new(&Seed::minimal(), options()).unwrap();
    simulator.save(&path).unwrap();
    let good = std::fs::read_to_string(&path).unwrap();
    let refused = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let error = Simulator::restore(&Seed::minimal(), options(), &path).unwrap_err();
        (matches!(error, StateError::Format { .. }), error.to_string())
    };
    assert!(refused(&good[..good.len() / 2]).0);
    assert!(refused("{}").0);
    for (from, to, says) in [
        ("9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1001\"", "9c2f6f2e-5a1c-4d55-8a36-0f6f2a7e1002\"", "another tenant"),
        ("\"version\":1", "\"version\":2", "form 2"),
        ("\"displayName\":\"Bob Builder\"", "\"nickname\":\"Bob Builder\"", "`nickname` of `users`"),
        ("\"displayName\":\"Bob Builder\"", "\"displayName\":7", "`displayName` of `users`"),
        ("\"objects\":{", "\"objects\":{\"planets\":{},", "unknown kind `planets`"),
    ] {
        let (_, text) = refused(&good.replacen(from, to, 1));
        assert!(text.contains(says) && !text.contains("Bob"), "{text}");
    }
    let nowhere = simulator.save(&PathBuf::from("/nonexistent/folder/state.json"));
    assert!(nowhere.is_ok_and(|saved| !saved), "nothing changed since the first save");
    simulator.disturb_user("bob@contoso.com", &object(json!({"jobTitle": "x"}))).unwrap();
    let nowhere = simulator.save(&PathBuf::from("/nonexistent/folder/state.json"));
    assert!(matches!(nowhere, Err(StateError::Write { .. })));
}

/// Partner profiles and billing survive like everything else.
#[tokio::test(start_paused = true)]
async fn partner_and_billing_survive() {
    let path = file("partner");
    let more = "partner: {}\nbilling: {accounts: [{name: a, profiles: [{name: p}]}]}\n";
    let seed = Seed::from_yaml(&format!("{}{more}", include_str!("../../src/seed/minimal.yaml"))).unwrap();
    let first = Simulator::restore(&seed, options(), &path).unwrap();
    first.disturb_partner("legalbusiness", &object(json!({"companyApproverEmail": "boss@contoso.com"}))).unwrap();
    first.disturb_billing("a/p", &object(json!({"invoiceRecipients": ["ap@contoso.com"]}))).unwrap();
    assert!(first.save(&path).unwrap());
    let second = Simulator::restore(&seed, options(), &path).unwrap();
    assert_eq!(second.truth(), first.truth());
    assert_eq!(second.truth()["billingProfiles"][0]["invoiceRecipients"], json!(["ap@contoso.com"]));
}

/// A file of a version that knew fewer built-in roles brings back its own roles and does not take away the others.
#[tokio::test(start_paused = true)]
async fn b12_a_state_with_fewer_built_in_roles_is_taken_up() {
    const ROLES: &str = "roleManagement/directory/roleDefinitions";
    let path = file("fewer-roles");
    let first = start(&path).await;
    first.patch("/users/bob@contoso.com", json!({"jobTitle": "x"})).await;
    assert!(first.simulator.save(&path).unwrap());
    let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let objects = kept["objects"].as_object_mut().unwrap();
    objects.remove("directoryRoleTemplates").unwrap();
    objects[ROLES].as_object_mut().unwrap().retain(|id, _| id.starts_with("62e90394"));
    objects[ROLES]["00000000-0000-4000-8000-000000000001"] = json!({"id": "00000000-0000-4000-8000-000000000001",
        "displayName": "Own", "isBuiltIn": false});
    std::fs::write(&path, kept.to_string()).unwrap();
    let second = start(&path).await;
    let known = first.get("/roleManagement/directory/roleDefinitions").await.items().len();
    assert_eq!(second.get("/roleManagement/directory/roleDefinitions").await.items().len(), known + 1);
    assert_eq!(second.get("/directoryRoleTemplates").await.items().len(), known);
}
