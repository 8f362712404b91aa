//! Writes in Exchange: addresses, forwarding, shared mailboxes, permissions, allow entries. Contract §6.3, §10.20–26, §10.30.

use crate::support::{
    exchange::{self, Exchange},
    options,
};
use serde_json::{Value, json};
use tenant_contacts_simulator::{Options, Switches};

const BOB: &str = "bob@contoso.com";

fn table(add: Value, remove: Value) -> Value {
    json!({"@odata.type": "#Exchange.GenericHashTable", "Add": add, "Remove": remove})
}

fn addresses(change: Value) -> Value {
    json!({"Identity": BOB, "EmailAddresses": change})
}

async fn have(client: &Exchange) -> Value {
    client.one("Get-Mailbox", BOB).await["EmailAddresses"].clone()
}

#[tokio::test(start_paused = true)]
async fn a_hash_table_changes_addresses_and_needs_its_type() {
    let client = exchange::start().await;
    let reply = client.write("Set-Mailbox", addresses(table(json!(["help@contoso.com"]), json!([])))).await;
    assert_eq!(reply.text, "", "a write may answer with nothing");
    assert_eq!(
        have(&client).await,
        json!(["SMTP:bob@contoso.com", "smtp:robert@contoso.com", "smtp:help@contoso.com"])
    );
    // `SMTP:` makes it primary, the old one stays as an alias.
    let change = table(json!(["SMTP:b@contoso.com"]), json!(["smtp:ROBERT@contoso.com", "help@contoso.com"]));
    client.write("Set-Mailbox", addresses(change)).await;
    assert_eq!(have(&client).await, json!(["SMTP:b@contoso.com", "smtp:bob@contoso.com"]));
    assert_eq!(client.one("Get-Mailbox", BOB).await["WindowsEmailAddress"], "b@contoso.com");
    // Without the type the object is no hash table (contract §6.1).
    assert_eq!(client.refused("Set-Mailbox", addresses(json!({"Add": ["x@contoso.com"]}))).await.0, 400);
    // Contract §10.26: the primary one cannot be removed.
    let (status, _, text) = client.refused("Set-Mailbox", addresses(table(json!([]), json!(["b@contoso.com"])))).await;
    assert_eq!(status, 400);
    assert!(text.contains("primary"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn an_array_replaces_everything_and_loses_what_it_does_not_name() {
    let client = exchange::start().await;
    let all = json!(["SMTP:bob@contoso.com", "smtp:robert@contoso.com", "X500:/o=Old/cn=bob", "SIP:bob@contoso.com"]);
    client.write("Set-Mailbox", addresses(all.clone())).await;
    assert_eq!(have(&client).await, all);
    // Contract §10.25: the array form drops X500 and SIP; without types the first one is primary.
    client.write("Set-Mailbox", addresses(json!(["robert@contoso.com", "bob@contoso.com"]))).await;
    assert_eq!(have(&client).await, json!(["SMTP:robert@contoso.com", "smtp:bob@contoso.com"]));
    for wrong in [json!(["smtp:bob@contoso.com"]), json!(["SMTP:a@contoso.com", "SMTP:bob@contoso.com"]), json!([])] {
        assert_eq!(client.refused("Set-Mailbox", addresses(wrong.clone())).await.0, 400, "{wrong}");
    }
}

#[tokio::test(start_paused = true)]
async fn there_is_no_primary_smtp_address_parameter_and_a_policy_makes_the_other_one_idle() {
    let client = exchange::start().await;
    // Contract §0.2: "available only in on-premises Exchange".
    let (status, kind, _) =
        client.refused("Set-Mailbox", json!({"Identity": BOB, "PrimarySmtpAddress": "b@contoso.com"})).await;
    assert_eq!((status, kind.as_str()), (400, "System.Management.Automation.ParameterBindingException"));
    let windows = json!({"Identity": BOB, "WindowsEmailAddress": "b@contoso.com"});
    client.write("Set-Mailbox", json!({"Identity": BOB, "EmailAddressPolicyEnabled": true})).await;
    let reply = client.write("Set-Mailbox", windows.clone()).await;
    assert!(reply.body["@adminapi.warnings"][0].as_str().unwrap().contains("no settings"), "{}", reply.text);
    assert_eq!(client.one("Get-Mailbox", BOB).await["PrimarySmtpAddress"], BOB);
    client.write("Set-Mailbox", json!({"Identity": BOB, "EmailAddressPolicyEnabled": false})).await;
    client.write("Set-Mailbox", windows).await;
    assert_eq!(client.one("Get-Mailbox", BOB).await["PrimarySmtpAddress"], "b@contoso.com");
}

#[tokio::test(start_paused = true)]
async fn addresses_of_others_and_of_strange_domains_are_refused_with_their_texts() {
    let client = exchange::start().await;
    for taken in ["admin@contoso.com", "team@contoso.com", "news@contoso.com", "desk@contoso.com", "gone@contoso.com"] {
        let (status, _, text) = client.refused("Set-Mailbox", addresses(table(json!([taken]), json!([])))).await;
        assert_eq!(status, 400);
        let start = format!(
            "The proxy address \"smtp:{taken}\" is already being used by the proxy addresses or LegacyExchangeDN of \"CN="
        );
        assert!(text.starts_with(&start), "{text}");
    }
    let (status, _, text) =
        client.refused("Set-Mailbox", addresses(table(json!(["b@other.example"]), json!([])))).await;
    assert_eq!(status, 400);
    assert!(text.contains("other.example"), "{text}");
    // Contract §6.1, both halves of the text.
    let sync = json!({"Identity": "sync@contoso.com", "EmailAddresses": ["SMTP:s@contoso.com"]});
    let (_, _, text) = client.refused("Set-Mailbox", sync.clone()).await;
    assert!(text.contains("out of the current user's write scope"), "{text}");
    assert!(text.contains("being synchronized from your on-premises organization"), "{text}");
    // IsExchangeCloudManaged moves the authority, alone in its call.
    let both =
        json!({"Identity": "sync@contoso.com", "IsExchangeCloudManaged": true, "ForwardingSmtpAddress": "a@b.c"});
    assert_eq!(client.refused("Set-Mailbox", both).await.0, 400);
    client.write("Set-Mailbox", json!({"Identity": "sync@contoso.com", "IsExchangeCloudManaged": true})).await;
    client.write("Set-Mailbox", sync).await;
}

#[tokio::test(start_paused = true)]
async fn forwarding_is_set_read_back_and_taken_back_and_a_call_without_effect_warns() {
    let client = exchange::start().await;
    client
        .write(
            "Set-Mailbox",
            json!({"Identity": BOB, "ForwardingAddress": "Paper Shop", "ForwardingSmtpAddress": "x@y.example",
                "DeliverToMailboxAndForward": true}),
        )
        .await;
    let bob = client.one("Get-Mailbox", BOB).await;
    assert_eq!(bob["ForwardingAddress"], "Paper Shop");
    assert_eq!(bob["ForwardingSmtpAddress"], "smtp:x@y.example");
    assert_eq!(bob["DeliverToMailboxAndForward"], true);
    let again =
        json!({"Identity": BOB, "ForwardingSmtpAddress": "smtp:x@y.example", "DeliverToMailboxAndForward": true});
    let reply = client.write("Set-Mailbox", again).await;
    assert!(reply.body["@adminapi.warnings"].is_array(), "{}", reply.text);
    client.write("Set-Mailbox", json!({"Identity": BOB, "ForwardingAddress": null, "ForwardingSmtpAddress": ""})).await;
    let bob = client.one("Get-Mailbox", BOB).await;
    assert_eq!((&bob["ForwardingAddress"], &bob["ForwardingSmtpAddress"]), (&Value::Null, &Value::Null));
    assert_eq!(client.refused("Set-Mailbox", json!({"Identity": BOB, "ForwardingAddress": "nobody"})).await.0, 404);
    assert_eq!(
        client.refused("Set-Mailbox", json!({"Identity": "Notices", "ForwardingSmtpAddress": "a@b.c"})).await.0,
        404
    );
    // The prefix is UNV: a switch.
    let switches = Switches { forwarding_smtp_has_prefix: false, ..Switches::default() };
    let client = exchange::with(Options { switches, ..options() }).await;
    client.write("Set-Mailbox", json!({"Identity": BOB, "ForwardingSmtpAddress": "smtp:x@y.example"})).await;
    assert_eq!(client.one("Get-Mailbox", BOB).await["ForwardingSmtpAddress"], "x@y.example");
}

#[tokio::test(start_paused = true)]
async fn a_shared_mailbox_has_a_disabled_account_without_licence() {
    let client = exchange::start().await;
    let new = json!({"Name": "Security Notices", "Shared": true, "Alias": "security", "PrimarySmtpAddress": "security@contoso.com"});
    let made = client.list("New-Mailbox", new.clone()).await.remove(0);
    assert_eq!(made["RecipientTypeDetails"], "SharedMailbox");
    assert_eq!(made["EmailAddressPolicyEnabled"], false, "a given address turns the policy off");
    let graph = crate::support::client(client.simulator.clone()).await;
    let select = "accountEnabled,mail,proxyAddresses,assignedLicenses,displayName";
    let account = graph.user("security@contoso.com", select).await;
    assert_eq!(account["accountEnabled"], false);
    assert_eq!(account["proxyAddresses"], json!(["SMTP:security@contoso.com"]));
    assert_eq!(account["assignedLicenses"], json!([]));
    let listed = client.column("Get-Mailbox", json!({"RecipientTypeDetails": "SharedMailbox"}), "Alias").await;
    assert_eq!(listed.iter().filter(|alias| *alias == "security").count(), 1, "{listed:?}");
    assert_eq!(client.refused("New-Mailbox", new).await.0, 400);
    assert_eq!(client.refused("New-Mailbox", json!({"Name": "A person"})).await.0, 400);
    // Its address changes like any other's, more than once.
    for primary in ["a@contoso.com", "b@contoso.com"] {
        client.write("Set-Mailbox", json!({"Identity": "Security Notices", "WindowsEmailAddress": primary})).await;
        let account = graph.user("security@contoso.com", "mail").await;
        assert_eq!(account["mail"], primary);
        assert_eq!(client.list("Get-Mailbox", json!({"RecipientTypeDetails": "SharedMailbox"})).await.len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn permissions_are_given_and_taken_away() {
    let client = exchange::start().await;
    // An administrator without a mailbox can be given access too.
    for user in ["admin@contoso.com", "bare@contoso.com"] {
        let right = json!({"Identity": "office@contoso.com", "User": user, "AccessRights": ["FullAccess"], "AutoMapping": false});
        let given = client.list("Add-MailboxPermission", right.clone()).await.remove(0);
        assert_eq!((&given["User"], &given["AccessRights"]), (&json!(user), &json!(["FullAccess"])));
        let again = client.write("Add-MailboxPermission", right.clone()).await;
        assert!(again.body["@adminapi.warnings"].is_array());
        let users = client.column("Get-MailboxPermission", json!({"Identity": "office@contoso.com"}), "User").await;
        assert!(users.contains(&user.to_owned()), "{users:?}");
        let mut take = right;
        take.as_object_mut().unwrap().remove("AutoMapping");
        take["Confirm"] = json!(false);
        client.write("Remove-MailboxPermission", take.clone()).await;
        let again = client.write("Remove-MailboxPermission", take).await;
        assert!(again.body["@adminapi.warnings"].is_array());
    }
    let send = json!({"Identity": "Notices", "Trustee": BOB, "AccessRights": ["SendAs"]});
    client.write("Add-RecipientPermission", send.clone()).await;
    let trustees =
        client.column("Get-RecipientPermission", json!({"Identity": "Notices", "Trustee": BOB}), "Trustee").await;
    assert_eq!(trustees, [BOB]);
    client.write("Remove-RecipientPermission", send).await;
    assert_eq!(client.list("Get-RecipientPermission", json!({"Identity": "Notices", "Trustee": BOB})).await.len(), 0);
    let wrong = json!({"Identity": "Notices", "Trustee": BOB, "AccessRights": ["FullAccess"]});
    assert_eq!(client.refused("Add-RecipientPermission", wrong).await.0, 400);
    let nobody = json!({"Identity": "office@contoso.com", "User": "nobody", "AccessRights": ["FullAccess"]});
    assert_eq!(client.refused("Add-MailboxPermission", nobody).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn a_list_opens_to_external_senders() {
    let client = exchange::start().await;
    assert_eq!(client.one("Get-DistributionGroup", "Guards").await["RequireSenderAuthenticationEnabled"], true);
    let open = json!({"Identity": "guards@contoso.com", "RequireSenderAuthenticationEnabled": false});
    client.write("Set-DistributionGroup", open.clone()).await;
    assert_eq!(client.one("Get-DistributionGroup", "Guards").await["RequireSenderAuthenticationEnabled"], false);
    assert!(client.write("Set-DistributionGroup", open).await.body["@adminapi.warnings"].is_array());
    // By name, everything is journalled under the application that did it.
    let journal = client.simulator.journal(0);
    let entry = journal.last().unwrap();
    assert!(entry.path.ends_with("/InvokeCommand/Set-DistributionGroup"), "{}", entry.path);
    assert_eq!(entry.actor, crate::support::CLIENT);
    assert_eq!(entry.changes[0].property, "RequireSenderAuthenticationEnabled");
}

#[tokio::test(start_paused = true)]
async fn allow_entries_have_an_end_and_never_change() {
    let client = exchange::start().await;
    let new = |entry: &str, more: Value| {
        let mut all = json!({"ListType": "Sender", "Entries": [entry], "Allow": true});
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let made = client.list("New-TenantAllowBlockListItems", new("azure.example", json!({"RemoveAfter": 45}))).await;
    assert_eq!((&made[0]["RemoveAfter"], &made[0]["ExpirationDate"]), (&json!(45), &Value::Null));
    let dated = json!({"ExpirationDate": "2026-12-01T00:00:00Z", "Notes": "until December"});
    let made = client.list("New-TenantAllowBlockListItems", new("b.example", dated)).await;
    assert_eq!(made[0]["ExpirationDate"], "2026-12-01T00:00:00Z");
    for wrong in [
        new("c.example", json!({"NoExpiration": true})),
        new("c.example", json!({"RemoveAfter": 30})),
        new("c.example", json!({"ExpirationDate": "2026-11-01T00:00:00Z"})),
        new("c.example", json!({"RemoveAfter": 45, "ExpirationDate": "2026-12-01T00:00:00Z"})),
        new("c.example", json!({"Block": true})),
        // Entries are immutable: what is there cannot be made again.
        new("azure.example", json!({"RemoveAfter": 45})),
    ] {
        assert_eq!(client.refused("New-TenantAllowBlockListItems", wrong.clone()).await.0, 400, "{wrong}");
    }
    let gone = json!({"ListType": "Sender", "Entries": ["azure.example"]});
    client.write("Remove-TenantAllowBlockListItems", gone.clone()).await;
    assert_eq!(client.refused("Remove-TenantAllowBlockListItems", gone).await.0, 404);
    // An expired one makes room.
    client.write("New-TenantAllowBlockListItems", new("stale.example", json!({"RemoveAfter": 45}))).await;
    // [EPS]: 500 without Defender.
    let many: Vec<String> = (0..500).map(|n| format!("s{n}.example")).collect();
    let many = json!({"ListType": "Sender", "Entries": many, "Allow": true, "RemoveAfter": 45});
    assert_eq!(client.refused("New-TenantAllowBlockListItems", many).await.0, 400);
}
