//! InvokeCommand: envelope, paging, refusals, roles, batches, v2.0. Contract §6.1, §6.2, §10.20–23.

use std::time::Duration;

use crate::support::{
    CLIENT, TENANT,
    exchange::{self, SEED, envelope, path},
    options, simulator,
};
use serde_json::{Value, json};
use tenant_contacts_simulator::{ExchangeOptions, FaultScript, Limits, Options, Seed};

/// Every cmdlet that reads, with what it needs at least.
const READS: &[(&str, &str)] = &[
    ("Get-Mailbox", "{}"),
    ("Get-Recipient", "{}"),
    ("Get-MailUser", "{}"),
    ("Get-MailContact", "{}"),
    ("Get-DistributionGroup", "{}"),
    ("Get-DynamicDistributionGroup", "{}"),
    ("Get-UnifiedGroup", "{}"),
    ("Get-DistributionGroupMember", r#"{"Identity":"Notices"}"#),
    ("Get-DynamicDistributionGroupMember", r#"{"Identity":"Everybody"}"#),
    ("Get-UnifiedGroupLinks", r#"{"Identity":"team@contoso.com","LinkType":"Members"}"#),
    ("Get-MailboxPermission", r#"{"Identity":"office@contoso.com"}"#),
    ("Get-RecipientPermission", r#"{"Identity":"office@contoso.com"}"#),
    ("Get-InboxRule", r#"{"Mailbox":"bob@contoso.com"}"#),
    ("Get-MailboxStatistics", r#"{"Identity":"bob@contoso.com"}"#),
    ("Get-TransportRule", "{}"),
    ("Get-RemoteDomain", "{}"),
    ("Get-AcceptedDomain", "{}"),
    ("Get-OrganizationConfig", "{}"),
    ("Get-RetentionPolicy", "{}"),
    ("Get-RetentionPolicyTag", "{}"),
    ("Get-HostedContentFilterPolicy", "{}"),
    ("Get-HostedOutboundSpamFilterPolicy", "{}"),
    ("Get-TenantAllowBlockListItems", r#"{"ListType":"Sender"}"#),
    ("Get-QuarantineMessage", "{}"),
    ("Get-MessageTraceV2", "{}"),
];

#[tokio::test(start_paused = true)]
async fn every_cmdlet_answers_in_the_envelope() {
    let client = exchange::start().await;
    for (cmdlet, parameters) in READS {
        let reply = client.run(cmdlet, serde_json::from_str(parameters).unwrap()).await;
        assert_eq!(reply.status, 200, "{cmdlet}: {}", reply.text);
        assert!(!reply.items().is_empty(), "{cmdlet} has nothing");
        assert!(reply.body["@odata.context"].as_str().unwrap().contains(TENANT));
    }
    for empty in [
        "Get-HostedContentFilterRule",
        "Get-SafeLinksPolicy",
        "Get-SafeLinksRule",
        "Get-HostedOutboundSpamFilterRule",
        "Get-OutboundConnector",
    ] {
        assert_eq!(client.list(empty, json!({})).await, Vec::<Value>::new());
    }
    // Names in any case; `$select` cuts; one operation per cmdlet in the statistics.
    let url = format!("{}?$select=PrimarySmtpAddress,Alias", path());
    let reply = client.send("POST", &url, &[], &envelope("get-mailbox", json!({"identity": "BOB@contoso.com"}))).await;
    assert_eq!(reply.items(), &vec![json!({"Alias": "bob", "PrimarySmtpAddress": "bob@contoso.com"})]);
    assert_eq!(client.simulator.statistics().operations["POST Get-Mailbox"], 2);
}

#[tokio::test(start_paused = true)]
async fn an_identity_is_a_name_an_alias_an_address_an_id_or_a_distinguished_name() {
    let client = exchange::start().await;
    let bob = client.one("Get-Mailbox", "bob@contoso.com").await;
    for property in
        ["ExternalDirectoryObjectId", "Guid", "Identity", "Alias", "DistinguishedName", "PrimarySmtpAddress"]
    {
        let found = client.one("Get-Mailbox", bob[property].as_str().unwrap()).await;
        assert_eq!(found["UserPrincipalName"], "bob@contoso.com", "{property}");
    }
    assert_eq!(client.one("Get-Mailbox", "robert@contoso.com").await["Identity"], bob["Identity"]);
    assert_eq!(client.one("Get-DistributionGroup", "news@contoso.com").await["Name"], "Notices");
    // Of another kind, unknown, deleted: not found.
    for (cmdlet, identity) in [
        ("Get-Mailbox", "Notices"),
        ("Get-MailUser", "bob@contoso.com"),
        ("Get-Mailbox", "nobody@contoso.com"),
        ("Get-Mailbox", "gone@contoso.com"),
        ("Get-Mailbox", "desk@contoso.com"),
        ("Get-DistributionGroupMember", "bob@contoso.com"),
        ("Get-DistributionGroup", "team@contoso.com"),
    ] {
        let (status, kind, text) = client.refused(cmdlet, json!({"Identity": identity})).await;
        assert_eq!(status, 404, "{cmdlet} {identity}");
        assert_eq!(kind, "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException");
        assert!(text.contains(identity), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn recipients_of_every_kind_are_in_one_list_and_a_public_folder_only_there() {
    let client = exchange::start().await;
    let details = |kinds: Value| client.column("Get-Recipient", kinds, "RecipientTypeDetails");
    let mut usual = details(json!({})).await;
    usual.dedup();
    for kind in
        ["UserMailbox", "SharedMailbox", "GuestMailUser", "MailContact", "DynamicDistributionGroup", "PublicFolder"]
    {
        assert!(usual.iter().any(|have| have == kind), "{kind}: {usual:?}");
    }
    assert!(!usual.iter().any(|have| have == "GroupMailbox"), "it must be asked for");
    assert_eq!(details(json!({"RecipientTypeDetails": "GroupMailbox"})).await, ["GroupMailbox"]);
    let two = details(json!({"RecipientTypeDetails": ["PublicFolder", "SharedMailbox"]})).await;
    assert_eq!(two, ["SharedMailbox", "PublicFolder"]);
    let board = client.one("Get-Recipient", "board@contoso.com").await;
    assert_eq!(board["EmailAddresses"], json!(["SMTP:noticeboard@contoso.com", "smtp:board@contoso.com"]));
    assert_eq!(board["ExternalDirectoryObjectId"], Value::Null, "the directory does not know it");
    assert!(board.get("ModerationEnabled").is_none(), "what only some kinds have is not told");
    for cmdlet in ["Get-Mailbox", "Get-MailUser", "Get-MailContact", "Get-DistributionGroup", "Get-UnifiedGroup"] {
        assert_eq!(client.refused(cmdlet, json!({"Identity": "Notice Board"})).await.0, 404, "{cmdlet}");
    }
    assert_eq!(client.refused("Get-Recipient", json!({"Identity": "nobody@contoso.com"})).await.0, 404);
    let (status, _, text) = client.refused("Get-Recipient", json!({"RecipientTypeDetails": "Pigeon"})).await;
    assert_eq!(status, 400, "{text}");
    assert!(text.contains("Pigeon"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn kinds_of_mailboxes_and_deleted_ones_are_told_apart() {
    let client = exchange::start().await;
    let names = |kinds: &str, deleted: bool| {
        let parameters = match (kinds, deleted) {
            ("", true) => json!({"SoftDeletedMailbox": true}),
            ("", false) => json!({}),
            (kinds, _) => json!({"RecipientTypeDetails": kinds}),
        };
        client.column("Get-Mailbox", parameters, "PrimarySmtpAddress")
    };
    let mut all = names("", false).await;
    all.sort();
    assert_eq!(all, ["admin@contoso.com", "bob@contoso.com", "office@contoso.com", "sync@contoso.com"]);
    assert_eq!(names("SharedMailbox", false).await, ["office@contoso.com"]);
    let mut deleted = names("", true).await;
    deleted.sort();
    // One with its account, one removed.
    assert_eq!(deleted, ["desk@contoso.com", "gone@contoso.com"]);
    let all = client.list("Get-Mailbox", json!({"SoftDeletedMailbox": true, "Identity": "Old Desk"})).await;
    assert_eq!(all[0]["WhenSoftDeleted"], "2026-11-16T10:00:00Z");
    assert_eq!(all[0]["IsSoftDeletedByRemove"], true);
    assert_eq!(client.refused("Get-Mailbox", json!({"RecipientTypeDetails": "Palace"})).await.0, 400);
}

#[tokio::test(start_paused = true)]
async fn members_links_permissions_and_rules_name_whom_they_mean() {
    let client = exchange::start().await;
    let column = |cmdlet, parameters, property| client.column(cmdlet, parameters, property);
    let members = column("Get-DistributionGroupMember", json!({"Identity": "Notices"}), "PrimarySmtpAddress").await;
    assert_eq!(members, ["bob@contoso.com", "paper@shop.example"]);
    let nested = column("Get-DistributionGroupMember", json!({"Identity": "Old List"}), "RecipientTypeDetails").await;
    assert_eq!(nested, ["UserMailbox", "MailUniversalDistributionGroup"]);
    let link = |kind: &str| json!({"Identity": "team@contoso.com", "LinkType": kind});
    assert_eq!(column("Get-UnifiedGroupLinks", link("Members"), "DisplayName").await.len(), 2);
    assert_eq!(column("Get-UnifiedGroupLinks", link("Subscribers"), "DisplayName").await, ["Bob Builder"]);
    assert_eq!(column("Get-UnifiedGroupLinks", link("Owners"), "DisplayName").await, ["Bob Builder"]);
    assert_eq!(client.refused("Get-UnifiedGroupLinks", link("Fans")).await.0, 400);
    // Listing SELF is UNV: a switch.
    let permissions = column("Get-MailboxPermission", json!({"Identity": "office@contoso.com"}), "User").await;
    assert_eq!(permissions, ["NT AUTHORITY\\SELF", "bob@contoso.com"]);
    let trustees = column("Get-RecipientPermission", json!({"Identity": "office@contoso.com"}), "Trustee").await;
    assert_eq!(trustees[0], "NT AUTHORITY\\SELF");
    assert!(trustees[1].starts_with("team_"), "{trustees:?}");
    // Hidden rules come only when asked for.
    let rules = column("Get-InboxRule", json!({"Mailbox": "bob@contoso.com"}), "Name").await;
    assert_eq!(rules, ["away", "copy"]);
    let rules = client.list("Get-InboxRule", json!({"Mailbox": "bob@contoso.com", "IncludeHidden": true})).await;
    assert_eq!(rules[2]["Name"], "trap");
    assert_eq!(rules[2]["DeleteMessage"], true);
    assert_eq!(rules[0]["RedirectTo"], json!(["\"me@outside.example\" [SMTP:me@outside.example]"]));
    assert!(rules[1]["ForwardTo"][0].as_str().unwrap().starts_with("\"Ada Admin\" [EX:/o=ExchangeLabs"));
    let statistics = client.one("Get-MailboxStatistics", "bob@contoso.com").await;
    assert_eq!(statistics["TotalItemSize"], "49.5 GB (53,150,220,288 bytes)");
    assert_eq!(client.one("Get-MailboxStatistics", "admin@contoso.com").await["TotalItemSize"], "0 B (0 bytes)");
}

#[tokio::test(start_paused = true)]
async fn pages_are_posted_for_and_their_links_die() {
    let mut seed = Seed::from_yaml(SEED).unwrap();
    seed.generate(2_500, 1);
    let client = exchange::sign_in(simulator(&seed, options()), "minimal-secret").await;
    let body = envelope("Get-Mailbox", json!({"ResultSize": "Unlimited"}));
    let prefer = [("prefer", "odata.maxpagesize=900")];
    let mut url = path();
    let mut known = std::collections::BTreeSet::new();
    let mut pages = Vec::new();
    loop {
        let reply = client.send("POST", &url, &prefer, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        pages.push(reply.items().len());
        for item in reply.items() {
            assert!(known.insert(item["ExternalDirectoryObjectId"].as_str().unwrap().to_owned()));
        }
        let Some(next) = reply.body["@odata.nextLink"].as_str() else { break };
        url = next.to_owned();
    }
    assert_eq!(pages[..2], [900, 900]);
    assert_eq!(pages.len(), 3);
    // GET fails, another body fails, and after five minutes the link itself is dead (contract §6.1).
    let link = client.send("POST", &path(), &prefer, &body).await.body["@odata.nextLink"].as_str().unwrap().to_owned();
    assert_eq!(client.send("GET", &link, &prefer, &Value::Null).await.status, 405);
    let other = envelope("Get-Mailbox", json!({"ResultSize": "Unlimited", "RecipientTypeDetails": "UserMailbox"}));
    assert_eq!(client.send("POST", &link, &prefer, &other).await.status, 400);
    tokio::time::advance(Duration::from_secs(299)).await;
    assert_eq!(client.send("POST", &link, &prefer, &body).await.status, 200);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(client.send("POST", &link, &prefer, &body).await.status, 400);
    // Without ResultSize: a thousand, and a warning; pages count towards it.
    let body = envelope("Get-Mailbox", json!({}));
    let first = client.send("POST", &path(), &prefer, &body).await;
    let second = client.send("POST", first.body["@odata.nextLink"].as_str().unwrap(), &prefer, &body).await;
    assert_eq!(second.items().len(), 100);
    assert_eq!(second.body["@odata.nextLink"], Value::Null);
    assert!(second.body["@adminapi.warnings"][0].as_str().unwrap().contains("only the first 1000 items"));
    let few = client.run("Get-Mailbox", json!({"ResultSize": 3})).await;
    assert_eq!((few.items().len(), &few.body["@odata.nextLink"]), (3, &Value::Null));
    assert!(few.body["@adminapi.warnings"][0].as_str().unwrap().contains("more results available"));
}

#[tokio::test(start_paused = true)]
async fn refusals_have_their_forms() {
    let client = exchange::start().await;
    let (status, kind, text) = client.refused("Get-Mailbox", json!({"Colour": "blue"})).await;
    assert_eq!((status, kind.as_str()), (400, "System.Management.Automation.ParameterBindingException"));
    assert!(text.contains("'Colour'"), "{text}");
    assert_eq!(client.refused("Get-InboxRule", json!({})).await.0, 400);
    assert_eq!(client.refused("Get-Mailbox", json!({"SoftDeletedMailbox": "yes"})).await.0, 400);
    assert_eq!(client.refused("Get-Mailbox", json!({"ResultSize": "0"})).await.0, 400);
    // [MSTEST]: lower-case innererror, the cause again inside.
    let reply = client.run("Get-Mailbox", json!({"Identity": "x"})).await;
    assert_eq!(reply.code(), "NotFound");
    assert_eq!(reply.message(), "Error executing cmdlet");
    let inner = &reply.body["error"]["innererror"]["internalexception"];
    assert!(inner["message"].as_str().unwrap().contains("object 'x'"));
    // (3P) [AZT]: a NUL byte that pretends to be gzip; the reason is in the header.
    for cmdlet in ["Get-Everything", "New-UnifiedGroup"] {
        let reply = client.run(cmdlet, json!({})).await;
        assert_eq!((reply.status, reply.text.as_str()), (403, "\0"));
        assert_eq!(reply.header("content-encoding"), Some("gzip"));
        assert!(reply.header("x-ms-diagnostics").unwrap().starts_with("2000003;reason=\""));
    }
    // The path wants the tenant's GUID.
    let body = envelope("Get-Mailbox", json!({}));
    assert_eq!(client.send("POST", "/adminapi/beta/contoso.com/InvokeCommand", &[], &body).await.status, 400);
    assert_eq!(client.send("POST", &path(), &[], &json!({"CmdletName": "Get-Mailbox"})).await.status, 400);
    assert_eq!(client.send("POST", "/adminapi/beta/x", &[], &body).await.status, 404);
}

#[tokio::test(start_paused = true)]
async fn the_permission_and_a_role_are_both_needed() {
    let cases = [
        // Permission, directory role, role group, then: mailboxes, transport rules, allow list, trace, new entry.
        ("Exchange.ManageAsApp", "Global Reader", "", [200, 200, 200, 200, 403]),
        ("Exchange.ManageAsApp", "Security Reader", "", [200, 200, 200, 403, 403]),
        // Contract §11: this role lacks the tasks of the allow list.
        ("Exchange.ManageAsApp", "Security Administrator", "", [200, 200, 200, 403, 403]),
        ("Exchange.ManageAsApp", "Exchange Recipient Administrator", "", [200, 403, 403, 200, 403]),
        ("Exchange.ManageAsApp", "Exchange Administrator", "", [200, 200, 200, 200, 200]),
        ("Exchange.ManageAsApp", "", "View-Only Organization Management", [200, 200, 200, 200, 403]),
        ("Exchange.ManageAsApp", "User Administrator", "", [403; 5]),
        ("Exchange.ManageAsAppV2", "Exchange Administrator", "", [403; 5]),
    ];
    for (permission, role, group, expected) in cases {
        let mut seed = Seed::from_yaml(SEED).unwrap();
        let application = &mut seed.applications[0];
        application.permissions = vec![permission.to_owned()];
        application.directory_roles =
            Some(role).filter(|role| !role.is_empty()).map(str::to_owned).into_iter().collect();
        application.exchange_role_groups =
            Some(group).filter(|group| !group.is_empty()).map(str::to_owned).into_iter().collect();
        let client = exchange::sign_in(simulator(&seed, options()), "minimal-secret").await;
        let calls = [
            ("Get-Mailbox", json!({})),
            ("Get-TransportRule", json!({})),
            ("Get-TenantAllowBlockListItems", json!({"ListType": "Sender"})),
            ("Get-MessageTraceV2", json!({})),
            ("New-TenantAllowBlockListItems", json!({"ListType": "Sender", "Entries": ["a.example"], "Allow": true})),
        ];
        for ((cmdlet, parameters), status) in calls.into_iter().zip(expected) {
            let reply = client.run(cmdlet, parameters).await;
            assert_eq!(reply.status, status, "{permission} {role} {group} {cmdlet}: {}", reply.text);
        }
    }
    // A token for Graph opens nothing here, and an unknown role group is a mistake of the seed.
    let client = exchange::start().await;
    let graph = crate::support::client(client.simulator.clone()).await;
    let other = exchange::Exchange { simulator: client.simulator.clone(), token: graph.token };
    assert_eq!(other.run("Get-Mailbox", json!({})).await.status, 401);
    let mut seed = Seed::from_yaml(SEED).unwrap();
    seed.applications[0].exchange_role_groups = vec!["Emperors".to_owned()];
    assert!(tenant_contacts_simulator::Simulator::new(&seed, options()).is_err());
    // A grant shows in the next token (contract §1).
    assert!(client.simulator.set_permissions(CLIENT, &[]));
    assert_eq!(client.run("Get-Mailbox", json!({})).await.status, 200);
    let next = exchange::sign_in(client.simulator.clone(), "minimal-secret").await;
    assert_eq!(next.run("Get-Mailbox", json!({})).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn ten_calls_fit_in_a_batch() {
    let client = exchange::start().await;
    let url = format!("/adminapi/beta/{TENANT}/$batch");
    let call = |id: &str, url: &str, cmdlet: &str, identity: &str| {
        json!({"id": id, "method": "POST", "url": url, "headers": {"Content-Type": "application/json"},
            "body": envelope(cmdlet, json!({"Identity": identity}))})
    };
    // Whole URLs, as clients send them, and short ones.
    let whole = format!("https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand?$select=Alias");
    let requests = json!([
        call("1", &whole, "Get-Mailbox", "bob@contoso.com"),
        call("2", "/InvokeCommand", "Get-Mailbox", "nobody@contoso.com"),
        call("3", "InvokeCommand", "Get-Nothing", "x"),
    ]);
    let reply = client.send("POST", &url, &[], &json!({"requests": requests})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let answer = |id: &str| {
        let all = reply.body["responses"].as_array().unwrap();
        all.iter().find(|answer| answer["id"] == id).unwrap().clone()
    };
    assert_eq!(answer("1")["body"]["value"], json!([{"Alias": "bob"}]));
    assert_eq!(answer("2")["status"], 404);
    assert_eq!(answer("3")["status"], 403);
    let many: Vec<Value> = (0..11).map(|n| call(&n.to_string(), "InvokeCommand", "Get-Mailbox", "x")).collect();
    assert_eq!(client.send("POST", &url, &[], &json!({"requests": many})).await.status, 400);
    let twice = json!([requests[0], requests[0]]);
    assert_eq!(client.send("POST", &url, &[], &json!({"requests": twice})).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn the_documented_endpoints_take_their_cmdlets_and_no_others() {
    let client = exchange::start().await;
    let call = async |endpoint: &str, cmdlet: &str, parameters: Value| {
        client.send("POST", &format!("/adminapi/v2.0/contoso.com/{endpoint}"), &[], &envelope(cmdlet, parameters)).await
    };
    let list = json!({"Identity": "Notices"});
    for (endpoint, cmdlet, parameters) in [
        ("OrganizationConfig", "Get-OrganizationConfig", json!({})),
        ("AcceptedDomain", "Get-AcceptedDomain", json!({})),
        ("Mailbox", "Get-Mailbox", json!({"Identity": "bob@contoso.com"})),
        ("MailboxFolderPermission", "Get-MailboxFolderPermission", json!({"Identity": "bob@contoso.com:\\Calendar"})),
        ("DistributionGroupMember", "Get-DistributionGroupMember", list),
        ("DynamicDistributionGroupMember", "Get-DynamicDistributionGroupMember", json!({"Identity": "Everybody"})),
    ] {
        let reply = call(endpoint, cmdlet, parameters).await;
        assert_eq!(reply.status, 200, "{endpoint}: {}", reply.text);
        assert!(!reply.items().is_empty());
    }
    // The only write: GrantSendOnBehalfTo.
    let bob = "bob@contoso.com";
    let grant = json!({"Identity": bob, "GrantSendOnBehalfTo": ["admin@contoso.com"]});
    assert_eq!(call("Mailbox", "Set-Mailbox", grant).await.status, 200);
    let forward = json!({"Identity": bob, "ForwardingSmtpAddress": "x@y.example"});
    assert_eq!(call("Mailbox", "Set-Mailbox", forward).await.status, 400);
    assert_eq!(call("Mailbox", "Get-InboxRule", json!({"Mailbox": bob})).await.status, 400);
    assert_eq!(call("TransportRule", "Get-TransportRule", json!({})).await.status, 404);
    // [EXA]: without a role 403 with a valid token.
    client.simulator.set_permissions(CLIENT, &["Exchange.ManageAsApp"]);
    let other = exchange::sign_in(client.simulator.clone(), "minimal-secret").await;
    let url = "/adminapi/v2.0/contoso.com/AcceptedDomain";
    let reply = other.send("POST", url, &[], &envelope("Get-AcceptedDomain", json!({}))).await;
    assert_eq!((reply.status, reply.code()), (403, "Forbidden"));
}

#[tokio::test(start_paused = true)]
async fn entries_quarantine_and_trace_know_their_times() {
    let client = exchange::start().await;
    // Contract §10.30: 45 days after the last use, or at a date.
    let sender = json!({"ListType": "Sender"});
    let values = client.column("Get-TenantAllowBlockListItems", sender.clone(), "Value").await;
    assert_eq!(values, ["microsoft.com", "soon.example"]);
    tokio::time::advance(Duration::from_hours(4 * 24)).await;
    let client = exchange::sign_in(client.simulator.clone(), "minimal-secret").await;
    assert_eq!(client.column("Get-TenantAllowBlockListItems", sender, "Value").await, ["microsoft.com"]);
    assert_eq!(client.refused("Get-TenantAllowBlockListItems", json!({})).await.0, 400);

    let client = exchange::start().await;
    let subjects = async |parameters: Value| client.column("Get-QuarantineMessage", parameters, "SenderAddress").await;
    assert_eq!(subjects(json!({"RecipientAddress": ["bob@contoso.com"]})).await, ["azure@microsoft.com"]);
    assert_eq!(subjects(json!({"StartReceivedDate": "2026-11-15T00:00:00Z"})).await, ["azure@microsoft.com"]);
    // [EPS]: two days unless told otherwise, ten at most, ninety back.
    let trace =
        async |from: &str, to: &str| client.run("Get-MessageTraceV2", json!({"StartDate": from, "EndDate": to})).await;
    assert_eq!(client.list("Get-MessageTraceV2", json!({})).await.len(), 1);
    assert_eq!(trace("2026-11-12T10:00:00Z", "2026-11-21T10:00:00Z").await.items().len(), 2);
    assert_eq!(trace("2026-10-08", "2026-10-18").await.items().len(), 1);
    assert_eq!(trace("2026-11-01T00:00:00Z", "2026-11-21T10:00:00Z").await.status, 400);
    assert_eq!(trace("2026-08-01T00:00:00Z", "2026-08-05T00:00:00Z").await.status, 400);
    let failed = json!({"StartDate": "2026-11-12T10:00:00Z", "EndDate": "2026-11-21T10:00:00Z", "Status": "Failed"});
    assert_eq!(client.column("Get-MessageTraceV2", failed, "RecipientAddress").await, ["admin@contoso.com"]);
    // What happened just now is not there yet (contract §10.31).
    let exchange = ExchangeOptions { trace_latency: Duration::from_hours(25), ..ExchangeOptions::default() };
    let late = exchange::with(Options { exchange, ..options() }).await;
    assert!(late.list("Get-MessageTraceV2", json!({})).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_trace_is_asked_a_hundred_times_in_five_minutes_and_faults_have_exchanges_shape() {
    let client = exchange::with(Options { limits: Some(Limits::default()), ..options() }).await;
    for _ in 0..100 {
        assert_eq!(client.run("Get-MessageTraceV2", json!({})).await.status, 200);
    }
    let reply = client.run("Get-MessageTraceV2", json!({})).await;
    assert_eq!(reply.status, 429);
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert_eq!(client.run("Get-Mailbox", json!({})).await.status, 200, "nothing else is limited");
    tokio::time::advance(Duration::from_secs(wait)).await;
    assert_eq!(client.run("Get-MessageTraceV2", json!({})).await.status, 200);
    client.simulator.set_faults("POST Get-Mailbox:429(7);POST Get-Mailbox#2:503".parse::<FaultScript>().unwrap());
    let reply = client.run("Get-Mailbox", json!({})).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, Some("7")));
    let reply = client.run("Get-Mailbox", json!({})).await;
    assert_eq!(reply.status, 503);
    assert!(reply.body["error"]["innererror"].is_object());
    assert_eq!(client.run("Get-Mailbox", json!({})).await.status, 200);
}
