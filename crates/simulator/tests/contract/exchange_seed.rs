//! The seed's section `exchange` and what Exchange makes of the directory. Contract §6.3, §10.24, §10.28.

use crate::support::{object, options, simulator};
use serde_json::{Value, json};
use tenant_contacts_simulator::{ExchangeSeed, MailboxSeed, Options, Seed, Simulator, UserSeed};

const EXCHANGE: &str = include_str!("../fixtures/exchange.yaml");

fn start() -> Simulator {
    simulator(&Seed::from_yaml(EXCHANGE).unwrap(), options())
}

fn find<'a>(truth: &'a Value, set: &str, property: &str, value: &str) -> &'a Value {
    let all = truth[set].as_array().unwrap_or_else(|| panic!("no {set}"));
    all.iter().find(|object| object[property] == value).unwrap_or_else(|| panic!("no {value} in {set}: {all:?}"))
}

#[test]
fn a_licence_makes_a_mailbox_with_the_accounts_addresses_and_an_address_alone_a_mail_user() {
    let truth = start().truth();
    let bob = find(&truth, "recipients", "UserPrincipalName", "bob@contoso.com");
    assert_eq!(bob["RecipientTypeDetails"], "UserMailbox");
    assert_eq!(bob["EmailAddresses"], json!(["SMTP:bob@contoso.com", "smtp:robert@contoso.com"]));
    assert_eq!(bob["PrimarySmtpAddress"], "bob@contoso.com");
    assert_eq!(bob["ProhibitSendReceiveQuota"], "100 GB (107,374,182,400 bytes)");
    assert_eq!(bob["AccountDisabled"], false);
    // [WIKI C]: an unlicensed account with an address is a mail user.
    let guest = find(&truth, "recipients", "PrimarySmtpAddress", "guest@fabrikam.example");
    assert_eq!(guest["RecipientTypeDetails"], "GuestMailUser");
    assert_eq!(guest["ExternalEmailAddress"], "SMTP:guest@fabrikam.example");
}

#[test]
fn everything_the_section_describes_is_there_with_references_as_names() {
    let truth = start().truth();
    let shared = find(&truth, "recipients", "UserPrincipalName", "office@contoso.com");
    assert_eq!(shared["RecipientTypeDetails"], "SharedMailbox");
    assert_eq!(shared["AccountDisabled"], true);
    assert_eq!(shared["SKUAssigned"], false);
    let contact = find(&truth, "recipients", "DisplayName", "Paper Shop");
    assert_eq!(shared["ForwardingAddress"], contact["Identity"]);
    assert_eq!(shared["ForwardingAddress"], "Paper Shop");
    let list = find(&truth, "recipients", "Name", "Notices");
    assert_eq!(list["RecipientTypeDetails"], "MailUniversalDistributionGroup");
    assert_eq!(list["RequireSenderAuthenticationEnabled"], false);
    assert_eq!(list["EmailAddresses"], json!(["SMTP:notices@contoso.com", "smtp:news@contoso.com"]));
    assert_eq!(find(&truth, "recipients", "Name", "Everybody")["RecipientTypeDetails"], "DynamicDistributionGroup");
    assert_eq!(find(&truth, "mailboxPermissions", "User", "bob@contoso.com")["AccessRights"], json!(["FullAccess"]));
    let rule = find(&truth, "inboxRules", "Name", "away");
    assert_eq!(rule["RedirectTo"], json!(["\"me@outside.example\" [SMTP:me@outside.example]"]));
    assert_eq!(find(&truth, "remoteDomains", "DomainName", "*")["AutoForwardEnabled"], true);
    let outbound = find(&truth, "hostedOutboundSpamFilterPolicies", "Name", "Default");
    assert_eq!(outbound["AutoForwardingMode"], "Automatic");
    assert_eq!(find(&truth, "acceptedDomains", "DomainName", "contoso.com")["Default"], true);
    let entry = find(&truth, "tenantAllowBlockListItems", "Value", "microsoft.com");
    assert_eq!(entry["LastUsedDate"], "2026-10-22T10:00:00Z", "30 days before the start");
    // The directory knows the list, too.
    let group = find(&truth, "groups", "displayName", "Notices");
    assert_eq!(group["mail"], "notices@contoso.com");
    assert_eq!(group["members"].as_array().map(Vec::len), Some(1), "the contact is Exchange's alone");
}

#[test]
fn what_the_section_gets_wrong_is_refused_with_its_place() {
    for (yaml, place) in [
        ("mailboxes: [{user: nobody@contoso.com}]", "exchange.mailboxes[0].user: there is no account"),
        ("mailboxes: [{user: bob@contoso.com, colour: blue}]", "exchange.mailboxes[0]: there is no property `colour`"),
        ("mailboxes: [{user: bob@contoso.com, forwardingAddress: x@y.z}]", "exchange.mailboxes[0].forwardingAddress"),
        ("mailboxes: [{user: bob@contoso.com, emailAddresses: [a@b.c]}]", "proxyAddresses"),
        ("mailboxes: [{user: bob@contoso.com, size: big}]", "exchange.mailboxes[0].size: `big` is not a size"),
        ("mailboxes: [{user: bob@contoso.com, alias: b}, {user: bob@contoso.com}]", "exchange.mailboxes[1].user"),
        ("remoteDomains: [{domainName: a.example}, {domainName: A.example}]", "exchange.remoteDomains[1]: name"),
        ("lists: [{name: Old List, aliases: [bob@contoso.com]}]", "exchange.lists[0].aliases: address"),
        ("lists: [{name: X}]", "exchange.lists[0].mail"),
        ("groups: [{name: Notices}]", "exchange.groups[0]"),
        ("transportRules: [{name: x, priority: first}]", "exchange.transportRules[0].priority"),
        ("traces: [{received: yesterday}]", "exchange.traces[0].received"),
        ("allowBlockEntries: [{action: Allow}]", "exchange.allowBlockEntries[0]"),
        ("contacts: [{name: A, address: bob@contoso.com}]", "exchange.contacts[0]: address `bob@contoso.com` is taken"),
        (
            "publicFolders: [{name: A, mail: bob@contoso.com}]",
            "exchange.publicFolders[0]: address `bob@contoso.com` is",
        ),
        ("publicFolders: [{name: A, mail: bob}]", "exchange.publicFolders[0].mail"),
    ] {
        let base = EXCHANGE.split("exchange:").next().unwrap();
        let seed = Seed::from_yaml(&format!("{base}exchange:\n  {yaml}\n")).unwrap();
        let error = Simulator::new(&seed, options()).unwrap_err().to_string();
        assert!(error.contains(place), "{yaml}: {error}");
    }
}

#[test]
fn a_seed_written_in_rust_survives_yaml() {
    let mut seed = Seed::minimal();
    seed.exchange = ExchangeSeed {
        mailboxes: vec![MailboxSeed {
            user: "bob@contoso.com".to_owned(),
            inbox_unread: Some(3),
            properties: [("forwardingSmtpAddress".to_owned(), json!("smtp:x@y.example"))].into(),
            ..MailboxSeed::default()
        }],
        ..ExchangeSeed::default()
    };
    let text = serde_json::to_string(&seed).unwrap();
    assert_eq!(Seed::from_yaml(&text).unwrap(), seed);
    let truth = simulator(&seed, options()).truth();
    let bob = find(&truth, "recipients", "UserPrincipalName", "bob@contoso.com");
    assert_eq!(bob["ForwardingSmtpAddress"], "smtp:x@y.example");
}

#[test]
fn somebody_else_changes_mailboxes_lists_and_rules() {
    let simulator = start();
    let changes = object(json!({"ForwardingAddress": "bob@contoso.com", "TotalItemSize": "3 GB", "InboxUnread": 7}));
    simulator.disturb_mailbox("office@contoso.com", &changes).unwrap();
    simulator.disturb_mailbox("Notices", &object(json!({"Members": []}))).unwrap();
    let rule = object(json!({"Name": "steal", "State": "Enabled", "RedirectMessageTo": ["x@outside.example"]}));
    simulator.disturb_exchange("transportRules", "000009", Some(&rule)).unwrap();
    let truth = simulator.truth();
    let bob = find(&truth, "recipients", "UserPrincipalName", "bob@contoso.com");
    let office = find(&truth, "recipients", "UserPrincipalName", "office@contoso.com");
    assert_eq!(office["ForwardingAddress"], bob["Identity"]);
    // The truth tells also what no cmdlet prints.
    assert_eq!(find(&truth, "mailboxStatistics", "TotalItemSize", "3 GB (3,221,225,472 bytes)")["InboxUnread"], 7);
    assert_eq!(find(&truth, "recipients", "Name", "Notices")["Members"], json!([]));
    find(&truth, "transportRules", "Name", "steal");
    simulator.disturb_exchange("transportRules", "000009", None).unwrap();
    assert!(simulator.disturb_exchange("transportRules", "000009", None).is_err());
    assert!(simulator.disturb_mailbox("bob@contoso.com", &object(json!({"Colour": 1}))).is_err());
    assert!(simulator.disturb_mailbox("nobody", &changes).is_err());
    let journal = simulator.journal(0);
    assert!(journal.iter().all(|entry| entry.actor == "outside"), "{journal:?}");
    assert_eq!(journal.len(), 5);
}

#[test]
fn ten_thousand_accounts_and_their_mailboxes_are_there() {
    let mut seed = Seed::minimal();
    seed.generate(10_000, 1);
    seed.users.push(UserSeed { upn: "last@contoso.com".to_owned(), ..UserSeed::default() });
    let truth = simulator(&seed, Options { seed: 1, ..options() }).truth();
    let mailboxes = truth["recipients"].as_array().unwrap().len();
    // Nine in ten have a licence.
    assert!((8_500..9_500).contains(&mailboxes), "{mailboxes}");
}
