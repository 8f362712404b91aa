//! What Exchange's listings become.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tenant_contacts_core::{
    landscape::{
        AutoForwarding, DomainType, Mailbox, MailboxKind, Recipient, RecipientKind, Reference, SpamAction,
        TransportVerdict,
    },
    model::Fact,
};

use super::{
    objects::{contact, list, mailbox, public_folder, refer, with},
    tenant::Tenant,
};

fn boxed(texts: &[&str]) -> Box<[Box<str>]> {
    texts.iter().map(|text| Box::from(*text)).collect()
}

async fn recipients(tenant: &Tenant) -> tenant_contacts_core::model::Shared<Box<str>, Recipient> {
    tenant.read().await.unwrap().exchange.recipients.present().expect("recipients").clone()
}

fn mailbox_of(recipient: &Recipient) -> &Mailbox {
    match &recipient.kind {
        RecipientKind::Mailbox(mailbox) => mailbox,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn recipients_of_every_kind_are_known_by_their_folded_names() {
    let tenant = Tenant::new();
    let shared = with(
        mailbox("Support", 2),
        &json!({"RecipientTypeDetails": "SharedMailbox", "AccountDisabled": true, "SKUAssigned": null,
            "ForwardingAddress": "CN=Ada Byron,OU=contoso,DC=prod", "ForwardingSmtpAddress": "smtp:out@partner.example",
            "DeliverToMailboxAndForward": true, "ProhibitSendReceiveQuota": "Unlimited",
            "EmailAddresses": ["SMTP:support@contoso.com", "smtp:help@contoso.com", "X500:/o=Old/cn=help"],
            "AcceptMessagesOnlyFrom": ["/o=ExchangeLabs/cn=Ada Byron"], "AcceptMessagesOnlyFromDLMembers": ["All"]}),
    );
    let room = with(mailbox("Room", 3), &json!({"RecipientTypeDetails": "RoomMailbox"}));
    let newer = with(mailbox("Odd", 4), &json!({"RecipientTypeDetails": "SchedulingMailbox"}));
    tenant.list("Get-Mailbox", &[mailbox("Ada Byron", 1), shared, room, newer]);
    tenant.list("Get-Mailbox deleted", &[mailbox("Gone", 9)]);
    let user = with(contact("Guest", "SMTP:guest@partner.example"), &json!({"RecipientTypeDetails": "GuestMailUser"}));
    tenant.list("Get-MailUser", &[user]);
    tenant.list("Get-MailContact", &[contact("Partner", "SMTP:desk@partner.example")]);
    tenant.list("Get-DistributionGroup", &[with(list("All"), &json!({"RequireSenderAuthenticationEnabled": true}))]);
    tenant.list("Get-DynamicDistributionGroup", &[list("Everybody")]);
    tenant.list("Get-UnifiedGroup", &[list("Team")]);
    let read = tenant.read().await.unwrap();
    let recipients = read.exchange.recipients.present().unwrap();
    let names: Vec<&str> = recipients.keys().map(|key| &**key).collect();
    assert_eq!(names, ["ada byron", "all", "everybody", "guest", "odd", "partner", "room", "support", "team"]);
    let support = &recipients["support"];
    let mailbox = mailbox_of(support);
    assert_eq!(mailbox.kind, MailboxKind::Shared);
    assert_eq!(
        mailbox.forwarding.inside,
        Some(Reference::Recipient("ada byron".into())),
        "a distinguished name leads to the key"
    );
    assert_eq!(mailbox.forwarding.outside.as_deref(), Some("out@partner.example"), "without its prefix");
    assert!(mailbox.forwarding.keeps_copy);
    assert_eq!(
        (&mailbox.quota, &mailbox.licensed, &mailbox.account_disabled),
        (&Fact::Absent, &Fact::Absent, &Fact::Present(true))
    );
    assert_eq!(support.restrictions.accept_only_from, refer(&["ada byron", "all"]));
    assert_eq!(support.addresses.len(), 3, "DOMAIN D1: entries of other kinds stay");
    assert_eq!(mailbox_of(&recipients["ada byron"]).quota, Fact::Present(53_687_091_200));
    assert_eq!(mailbox_of(&recipients["room"]).kind, MailboxKind::Resource);
    assert_eq!(recipients["odd"].kind, RecipientKind::Other("SchedulingMailbox".into()));
    assert_eq!(recipients["guest"].kind, RecipientKind::MailUser { external: Some("guest@partner.example".into()) });
    assert_eq!(recipients["partner"].kind, RecipientKind::Contact { external: Some("desk@partner.example".into()) });
    assert_eq!(recipients["all"].kind, RecipientKind::List { dynamic: false });
    assert!(recipients["all"].restrictions.authenticated_only);
    assert_eq!(recipients["everybody"].kind, RecipientKind::List { dynamic: true });
    assert_eq!(recipients["team"].kind, RecipientKind::Group);
    assert!(read.exchange.soft_deleted.present().unwrap().contains_key("gone"));
}

#[tokio::test(start_paused = true)]
async fn g2_a_mailbox_that_does_not_say_where_its_mail_goes_is_no_mailbox_that_keeps_it() {
    for changes in [
        json!({"-ForwardingSmtpAddress": 0}),
        json!({"ForwardingAddress": {"odd": 1}}),
        json!({"-RequireSenderAuthenticationEnabled": 0}),
        json!({"ModerationEnabled": "perhaps"}),
    ] {
        let tenant = Tenant::new();
        tenant.list("Get-Mailbox", &[with(mailbox("Ada", 1), &changes)]);
        assert_eq!(recipients(&tenant).await["ada"].kind, RecipientKind::Other("UserMailbox".into()), "{changes}");
    }
    let tenant = Tenant::new();
    let changes = json!({"ProhibitSendReceiveQuota": "a lot", "SKUAssigned": 7, "-AccountDisabled": 0});
    tenant.list("Get-Mailbox", &[with(mailbox("Ada", 1), &changes)]);
    let recipients = recipients(&tenant).await;
    let mailbox = mailbox_of(&recipients["ada"]);
    assert!(
        mailbox.quota.known().is_err()
            && mailbox.licensed.known().is_err()
            && mailbox.account_disabled.known().is_err()
    );
}

#[tokio::test(start_paused = true)]
async fn g2_a_public_folder_is_there_with_its_addresses_though_its_mail_cannot_be_followed() {
    let tenant = Tenant::new();
    let forwards = json!({"ForwardingAddress": "CN=Notice Board,OU=contoso,DC=prod"});
    tenant.list("Get-Mailbox", &[with(mailbox("Ada", 1), &forwards)]);
    let addresses = json!({"EmailAddresses": ["SMTP:board@contoso.com", "smtp:notices@contoso.com"],
        "PrimarySmtpAddress": "board@contoso.com"});
    tenant.list("Get-Recipient", &[with(public_folder("Notice Board"), &addresses)]);
    let recipients = recipients(&tenant).await;
    let folder = &recipients["notice board"];
    assert_eq!(folder.kind, RecipientKind::Other("PublicFolder".into()));
    assert_eq!(folder.primary.as_deref(), Some("board@contoso.com"));
    assert_eq!(folder.addresses, boxed(&["SMTP:board@contoso.com", "smtp:notices@contoso.com"]));
    assert_eq!((folder.directory_id, folder.synchronised), (None, None));
    assert_eq!(mailbox_of(&recipients["ada"]).forwarding.inside, Some(Reference::Recipient("notice board".into())));
    let asked = tenant.parameters("Get-Recipient");
    assert_eq!(asked, [json!({"ResultSize": "Unlimited", "RecipientTypeDetails": ["PublicFolder"]})]);
}

#[tokio::test(start_paused = true)]
async fn g2_recipients_with_a_hole_are_unknown_because_an_address_that_none_has_would_bounce() {
    let other = with(mailbox("Ada", 2), &json!({}));
    for odd in [
        vec![json!({"Identity": "x"})],
        vec![with(mailbox("Ada", 1), &json!({"-Identity": 0, "-Name": 0}))],
        vec![with(mailbox("Ada", 1), &json!({"EmailAddresses": [7]}))],
        vec![with(mailbox("Ada", 1), &json!({"ExternalDirectoryObjectId": "not an id"}))],
        vec![mailbox("Ada", 1), other],
    ] {
        let tenant = Tenant::new();
        tenant.list("Get-Mailbox", &odd);
        let read = tenant.read().await.unwrap();
        assert!(read.exchange.recipients.known().is_err(), "{odd:?}");
    }
    let tenant = Tenant::new();
    tenant.list("Get-Mailbox", &[mailbox("Ada", 1), mailbox("Ada", 1)]);
    assert_eq!(recipients(&tenant).await.len(), 1, "pages may overlap");
}

#[tokio::test(start_paused = true)]
async fn a_name_that_two_recipients_have_leads_to_neither() {
    let tenant = Tenant::new();
    let alias = json!({"Alias": "desk"});
    let forwards = json!({"ForwardingAddress": "Desk"});
    tenant.list(
        "Get-Mailbox",
        &[with(mailbox("A", 1), &alias), with(mailbox("B", 2), &alias), with(mailbox("C", 3), &forwards)],
    );
    let recipients = recipients(&tenant).await;
    assert_eq!(mailbox_of(&recipients["c"]).forwarding.inside, Some(Reference::Ambiguous("Desk".into())));
}

#[tokio::test(start_paused = true)]
async fn the_documented_interface_is_asked_again_the_other_way_where_it_knows_too_little() {
    let tenant = Tenant::new();
    tenant.grant("outlook", &["Exchange.ManageAsAppV2", "Exchange.ManageAsApp"]);
    tenant.list("Get-Mailbox", &[with(mailbox("Ada", 1), &json!({"-ForwardingAddress": 0}))]);
    assert!(
        matches!(recipients(&tenant).await["ada"].kind, RecipientKind::Other(_)),
        "the other one knows no more here"
    );
    assert_eq!(tenant.asked().iter().filter(|asked| *asked == "Get-Mailbox").count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a5_outbound_connectors_are_read_with_the_domains_that_they_take() {
    let connector = |name: &str, kind: &str, domains: &[&str], enabled: &Value| json!({"Name": name, "ConnectorType": kind, "RecipientDomains": domains, "Enabled": enabled});
    let tenant = Tenant::new();
    let (on, off) = (json!(true), json!(false));
    tenant.list(
        "Get-OutboundConnector",
        &[
            connector("Hybrid", "OnPremises", &["Contoso.com", "smtp:*.old.example;1"], &on),
            connector("Off", "OnPremises", &["*"], &off),
            connector("Bank", "Partner", &["bank.example"], &on),
        ],
    );
    let read = tenant.read().await.unwrap();
    let connectors = read.exchange.outbound_connectors.present().unwrap();
    let told: Vec<(&str, bool)> = connectors.iter().map(|one| (&*one.name, one.on_premises)).collect();
    assert_eq!(told, [("Hybrid", true), ("Bank", false)], "what is off takes nothing");
    let takes: Vec<bool> = ["contoso.com", "sub.contoso.com", "old.example", "x.old.example", "gold.example"]
        .map(|domain| connectors[0].takes(domain))
        .into();
    assert_eq!(takes, [true, false, true, true, false]);
    for odd in [json!(null), json!("perhaps")] {
        tenant.list("Get-OutboundConnector", &[connector("Hybrid", "OnPremises", &["*"], &odd)]);
        assert!(tenant.read().await.unwrap().exchange.outbound_connectors.known().is_err(), "{odd}");
    }
}

fn rule(name: &str, priority: u8, more: &Value) -> Value {
    with(
        json!({"Guid": "x", "Identity": name, "Name": name, "State": "Enabled", "Mode": "Enforce", "Priority": priority,
            "From": [], "FromScope": null, "SenderDomainIs": null, "SentTo": [], "SentToMemberOf": null,
            "RecipientDomainIs": null, "ExceptIfFrom": null, "ExceptIfSentTo": null, "SubjectContainsWords": null,
            "FromMemberOf": null, "SentToScope": null, "ExceptIfFromMemberOf": null, "ExceptIfSenderDomainIs": null,
            "ExceptIfSentToMemberOf": null, "ExceptIfRecipientDomainIs": null, 
            "RedirectMessageTo": [],
            "SenderAddressLocation": "Header", "RuleErrorAction": "Ignore", "SetSCL": null, "DeleteMessage": false}),
        more,
    )
}

#[tokio::test(start_paused = true)]
async fn mail_flow_rules_are_read_in_their_order_with_what_they_take_and_do() {
    let tenant = Tenant::new();
    tenant.list("Get-MailContact", &[contact("Partner", "SMTP:desk@partner.example")]);
    tenant.list(
        "Get-TransportRule",
        &[
            rule("second", 7, &json!({"FromScope": "NotInOrganization", "SetSCL": -1, "SubjectContainsWords": ["x"]})),
            rule("off", 0, &json!({"State": "Disabled"})),
            rule(
                "first",
                1,
                &json!({"Mode": "Audit", "SentTo": ["NOC@contoso.com"], "RedirectMessageTo": ["Partner", "out@x.example"],
                    "BlindCopyTo": ["nobody here"], "ExceptIfFrom": ["ada@contoso.com"], "StopRuleProcessing": true,
                    "RejectMessageReasonText": "no", "Quarantine": true, "ModerateMessageByUser": ["ada@contoso.com"]}),
            ),
            rule("third", 8, &json!({"ExceptIfSubjectContainsWords": ["invoice"], "DeleteMessage": true})),
            rule("fourth", 9, &json!({"RouteMessageOutboundConnector": "elsewhere"})),
        ],
    );
    let read = tenant.read().await.unwrap();
    let rules = read.exchange.transport_rules.present().unwrap();
    let names: Vec<&str> = rules.iter().map(|rule| &*rule.name).collect();
    assert_eq!(names, ["first", "second", "third", "fourth"]);
    let first = &rules[0];
    assert!(!first.enforced && first.stops && !first.other_conditions);
    assert_eq!((&first.sent_to, &first.except_from), (&refer(&["noc@contoso.com"]), &refer(&["ada@contoso.com"])));
    let redirect = [Reference::Recipient("partner".into()), Reference::Address("out@x.example".into())];
    let expected = [
        TransportVerdict::Redirect(redirect.into()),
        TransportVerdict::AlsoTo([Reference::Unreadable].into()),
        TransportVerdict::Quarantine,
        TransportVerdict::Reject,
        TransportVerdict::Moderate,
    ];
    assert!(*first.verdicts == expected, "{:?}", first.verdicts);
    let second = &rules[1];
    assert_eq!((second.from_outside, second.other_conditions), (Some(true), true));
    assert!(*second.verdicts == [TransportVerdict::SetScl(-1)]);
    assert!(rules[2].other_conditions, "an exception that is not read makes it uncertain");
    assert!(*rules[3].verdicts == [TransportVerdict::Elsewhere], "what another server does with it cannot be said");
}

/// Exceptions and conditions on senders are read as names, and as words that are a whole address or a domain.
#[tokio::test(start_paused = true)]
async fn a12_exceptions_by_sender_are_read_by_name_and_by_words_of_an_address() {
    let tenant = Tenant::new();
    let words = "FromAddressContainsWords";
    let except = "ExceptIfFromAddressContainsWords";
    tenant.list(
        "Get-TransportRule",
        &[
            rule("domain", 0, &json!({except: ["Microsoft.com", "@else.example"], "DeleteMessage": true})),
            rule("part", 1, &json!({except: ["micro"], "DeleteMessage": true})),
            rule("sender", 2, &json!({words: ["maccount@microsoft.com"], "DeleteMessage": true})),
            rule("both", 3, &json!({words: ["microsoft.com"], "From": ["ada@contoso.com"], "DeleteMessage": true})),
        ],
    );
    let read = tenant.read().await.unwrap();
    let rules = read.exchange.transport_rules.present().unwrap();
    assert_eq!(
        rules[0].except_from,
        ["microsoft.com", "@else.example"].map(|one| Reference::Address(one.into())).into()
    );
    assert_eq!(rules[2].from, refer(&["maccount@microsoft.com"]));
    let open: Vec<bool> = rules.iter().map(|rule| rule.other_conditions).collect();
    assert_eq!(
        open,
        [false, true, false, true],
        "part of a word, and two conditions that must both hold, are not read"
    );
}

#[tokio::test(start_paused = true)]
async fn policies_apply_by_their_rules_in_order_and_the_default_one_last() {
    let tenant = Tenant::new();
    let policy = |name: &str, default: bool, action: &str| {
        json!({"Identity": name, "Name": name, "IsDefault": default, "AllowedSenders": ["A@Microsoft.com"],
            "AllowedSenderDomains": [], "BlockedSenders": null, "BlockedSenderDomains": ["Bad.example"],
            "SpamAction": action, "HighConfidenceSpamAction": "Quarantine", "BulkSpamAction": "MoveToJmf",
            "BulkThreshold": "6", "RedirectToRecipients": ["Ada@contoso.com"]})
    };
    let rule = |policy: &str, priority: u8, state: &str| {
        json!({"Name": policy, "HostedContentFilterPolicy": policy, "State": state, "Priority": priority,
            "SentTo": ["Ada@contoso.com"], "SentToMemberOf": ["All"], "RecipientDomainIs": null, "ExceptIfSentTo": ["x@y.z"]})
    };
    tenant.list(
        "Get-HostedContentFilterPolicy",
        &[
            policy("Default", true, "Quarantine"),
            policy("Strict", false, "Delete"),
            policy("Lax", false, "NoAction"),
            policy("Idle", false, "Redirect"),
        ],
    );
    tenant.list(
        "Get-HostedContentFilterRule",
        &[rule("Lax", 1, "Enabled"), rule("Strict", 0, "Enabled"), rule("Idle", 2, "Disabled")],
    );
    let outbound =
        |name: &str, default: bool, mode: &str| json!({"Name": name, "IsDefault": default, "AutoForwardingMode": mode});
    tenant.list(
        "Get-HostedOutboundSpamFilterPolicy",
        &[outbound("Default", true, "Automatic"), outbound("Some", false, "On")],
    );
    tenant.list(
        "Get-HostedOutboundSpamFilterRule",
        &[json!({"HostedOutboundSpamFilterPolicy": "Some", "State": "Enabled", "Priority": 0, "From": ["Ada@contoso.com"],
            "FromMemberOf": [], "SenderDomainIs": ["Contoso.com"]})],
    );
    let links = json!({"Name": "Links", "EnableSafeLinksForEmail": true, "DoNotRewriteUrls": ["*.Contoso.com/*"], "DisableUrlRewrite": false});
    let off = json!({"Name": "Off", "EnableSafeLinksForEmail": false, "DoNotRewriteUrls": []});
    tenant.list("Get-SafeLinksPolicy", &[links, off]);
    let applies = |policy: &str| json!({"SafeLinksPolicy": policy, "State": "Enabled", "Priority": 0, "RecipientDomainIs": ["contoso.com"]});
    tenant.list("Get-SafeLinksRule", &[applies("Links"), applies("Off")]);
    let read = tenant.read().await.unwrap();
    let filters = read.exchange.content_filters.present().unwrap();
    let order: Vec<(&str, SpamAction)> = filters.iter().map(|filter| (&*filter.name, filter.spam)).collect();
    let expected = [("Strict", SpamAction::Delete), ("Lax", SpamAction::Deliver), ("Default", SpamAction::Quarantine)];
    assert_eq!(order, expected);
    let strict = &filters[0];
    assert_eq!((&strict.scope.recipients, &strict.scope.members_of), (&refer(&["ada@contoso.com"]), &refer(&["?"])));
    assert_eq!(strict.scope.except_recipients, refer(&["x@y.z"]));
    assert!(!strict.scope.other_exceptions && !filters[2].scope.has_exceptions());
    assert_eq!(strict.high_confidence_spam, SpamAction::Quarantine);
    assert!(*strict.redirect_to == [Reference::Address("ada@contoso.com".into())]);
    assert_eq!(
        (&strict.allowed_senders, &strict.blocked_domains),
        (&boxed(&["a@microsoft.com"]), &boxed(&["bad.example"]))
    );
    assert_eq!((strict.bulk, strict.bulk_threshold), (SpamAction::Junk, Some(6)));
    let outbound = read.exchange.outbound_policies.present().unwrap();
    let modes: Vec<AutoForwarding> = outbound.iter().map(|policy| policy.auto_forwarding).collect();
    assert_eq!(modes, [AutoForwarding::On, AutoForwarding::Automatic]);
    assert_eq!(outbound[0].scope.domains, boxed(&["contoso.com"]));
    let links = read.exchange.safe_links.present().unwrap();
    assert!(links[0].rewrites && links[0].leaves_alone == boxed(&["*.contoso.com/*"]));
    // One that is off keeps those after it from its recipients.
    assert!(links.len() == 2 && !links[1].rewrites);
}

#[tokio::test(start_paused = true)]
async fn g2_a_policy_that_cannot_be_read_makes_all_of_them_unknown() {
    for (cmdlet, object) in [
        ("Get-HostedContentFilterPolicy", json!({"Name": "x", "IsDefault": true, "SpamAction": "Invented"})),
        (
            "Get-HostedContentFilterRule",
            json!({"Name": "x", "State": "Enabled", "Priority": 0, "HostedContentFilterPolicy": "y"}),
        ),
        ("Get-TransportRule", json!({"Name": "x"})),
        ("Get-RemoteDomain", json!({"DomainName": "*"})),
        ("Get-TenantAllowBlockListItems", json!({"Value": "x", "Action": "Perhaps", "ExpirationDate": null})),
        ("Get-QuarantineMessage", json!({"SenderAddress": "a@b.c", "RecipientAddress": [], "ReceivedTime": "soon"})),
        ("Get-RetentionPolicyTag", json!({"Name": "x", "RetentionAction": "Invented", "Type": "All"})),
        ("Get-AcceptedDomain", json!({"DomainName": "x.example", "DomainType": "Invented"})),
    ] {
        let tenant = Tenant::new();
        tenant.list(cmdlet, &[object]);
        let read = tenant.read().await.unwrap();
        let exchange = &read.exchange;
        let unknown = [
            exchange.content_filters.known().is_err(),
            exchange.transport_rules.known().is_err(),
            exchange.remote_domains.known().is_err(),
            exchange.allow_entries.known().is_err(),
            exchange.quarantine.known().is_err(),
            exchange.retention.known().is_err(),
            exchange.accepted_domains.known().is_err(),
        ];
        assert_eq!(unknown.iter().filter(|unknown| **unknown).count(), 1, "{cmdlet}: {unknown:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn domains_the_allow_list_the_quarantine_and_retention_are_read() {
    let tenant = Tenant::new();
    let domain = |name: &str, kind: &str| json!({"DomainName": name, "DomainType": kind, "Default": false});
    tenant
        .list("Get-AcceptedDomain", &[domain("Contoso.com", "Authoritative"), domain("old.example", "InternalRelay")]);
    tenant.list("Get-RemoteDomain", &[json!({"DomainName": "*", "AutoForwardEnabled": true})]);
    tenant.list(
        "Get-TenantAllowBlockListItems",
        &[json!({"Value": "Microsoft-noreply@Microsoft.com", "Action": "Allow", "ExpirationDate": "2026-12-01T00:00:00",
            "RemoveAfter": 0, "LastUsedDate": null})],
    );
    tenant.list(
        "Get-QuarantineMessage",
        &[json!({"SenderAddress": "MSSecurity-noreply@microsoft.com", "RecipientAddress": ["NOC@contoso.com"],
            "ReceivedTime": "2026-11-24T12:00:00Z", "ReleaseStatus": "NotReleased"})],
    );
    tenant.list(
        "Get-RetentionPolicy",
        &[json!({"Name": "Default MRM Policy", "RetentionPolicyTagLinks": ["Inbox gone", "Keep"]})],
    );
    let tag = |name: &str, action: &str, kind: &str| json!({"Name": name, "RetentionAction": action, "Type": kind, "RetentionEnabled": true, "AgeLimitForRetention": "30.00:00:00"});
    tenant.list(
        "Get-RetentionPolicyTag",
        &[tag("Inbox gone", "DeleteAndAllowRecovery", "Inbox"), tag("Keep", "MoveToArchive", "All")],
    );
    let read = tenant.read().await.unwrap();
    let exchange = &read.exchange;
    let domains = exchange.accepted_domains.present().unwrap();
    assert_eq!(
        (domains["contoso.com"], domains["old.example"]),
        (DomainType::Authoritative, DomainType::InternalRelay)
    );
    assert!(exchange.remote_domains.present().unwrap()[0].auto_forward);
    let entry = &exchange.allow_entries.present().unwrap()[0];
    assert_eq!((&*entry.value, entry.allowed, entry.remove_after), ("microsoft-noreply@microsoft.com", true, None));
    assert_eq!(entry.expires.unwrap().to_string(), "2026-12-01T00:00:00Z", "no zone is UTC");
    let message = &exchange.quarantine.present().unwrap()[0];
    assert_eq!((&*message.recipients[0], message.released), ("noc@contoso.com", false));
    let tags = &exchange.retention.present().unwrap()["Default MRM Policy"];
    assert_eq!(tags.len(), 1, "what only moves does not delete");
    assert!(tags[0].applies_to_inbox && tags[0].after == SignedDuration::from_hours(720));
}
