//! What no honest service says: nothing certain is made of it.

use serde_json::{Value, json};
use tenant_contacts_core::{
    landscape::{RecipientKind, Wanted},
    model::{Fact, ServiceFailure, Unknown},
};
use uuid::Uuid;

use super::{
    objects::{called, contact, list, mailbox, refer, with},
    tenant::Tenant,
};

fn is_unread<T>(fact: &Fact<T>) -> bool {
    matches!(fact, Fact::Unknown(Unknown::ReadFailed(_) | Unknown::ServiceFailed(..)))
}

#[tokio::test(start_paused = true)]
async fn null_where_there_is_always_a_yes_or_a_no_is_neither() {
    for name in ["DeliverToMailboxAndForward", "RequireSenderAuthenticationEnabled", "ModerationEnabled"] {
        let tenant = Tenant::new();
        tenant.list("Get-Mailbox", &[with(mailbox("Ada", 1), &json!({name: null}))]);
        let read = tenant.read().await.unwrap();
        let kind = &read.exchange.recipients.present().unwrap()["ada"].kind;
        assert!(matches!(kind, RecipientKind::Other(_)), "{name}: where its mail goes is not known, and it is there");
    }
    let tenant = Tenant::new();
    tenant.list("Get-Mailbox", &[mailbox("Ada", 1)]);
    let rule = json!({"Name": "r", "Identity": "r", "Enabled": true, "IsHidden": false, "Priority": 1, "DeleteMessage": true,
        "ForwardTo": null, "ForwardAsAttachmentTo": null, "RedirectTo": null, "StopProcessingRules": false});
    for (name, value) in [("Enabled", Value::Null), ("DeleteMessage", Value::Null), ("ForwardTo", json!({"a": 1}))] {
        tenant.list("Get-InboxRule ada@contoso.com", &[with(rule.clone(), &json!({name: value}))]);
        let read = tenant.read_with(&[Wanted::InboxRules("ada".into())]).await;
        // Graph, asked instead, knows of no rule; but it does not see the hidden ones.
        assert!(read.exchange.inbox_rules["ada"].present().is_none_or(|rules| !rules.hidden_read), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_recipients_of_one_name_or_one_address_are_neither_of_them() {
    let tenant = Tenant::new();
    let other = with(
        contact("Desk", "SMTP:b@partner.example"),
        &json!({"EmailAddresses": ["SMTP:b@contoso.com"],
        "PrimarySmtpAddress": "b@contoso.com", "ExternalDirectoryObjectId": null}),
    );
    tenant.list("Get-MailContact", &[contact("Desk", "SMTP:a@partner.example"), other]);
    assert!(is_unread(&tenant.read().await.unwrap().exchange.recipients), "contacts have no id to tell them apart");

    let tenant = Tenant::new();
    let second = with(list("Second"), &json!({"EmailAddresses": ["SMTP:second@contoso.com", "smtp:ADA@contoso.com"]}));
    tenant.list("Get-Mailbox", &[mailbox("Ada", 1)]);
    tenant.list("Get-DistributionGroup", &[second]);
    assert!(is_unread(&tenant.read().await.unwrap().exchange.recipients), "Exchange refuses this");

    let tenant = Tenant::new();
    tenant.list("Get-Mailbox", &[mailbox("Ada", 1), mailbox("Ada", 1)]);
    let read = tenant.read().await.unwrap();
    assert_eq!(read.exchange.recipients.present().unwrap().len(), 1, "pages may overlap");
}

#[tokio::test(start_paused = true)]
async fn what_is_said_in_two_ways_is_not_said() {
    let tenant = Tenant::new();
    let domain = |kind: &str| json!({"DomainName": "contoso.com", "DomainType": kind});
    tenant.list("Get-AcceptedDomain", &[domain("Authoritative"), domain("Authoritative")]);
    assert!(tenant.read().await.unwrap().exchange.accepted_domains.present().is_some());
    tenant.list("Get-AcceptedDomain", &[domain("Authoritative"), domain("InternalRelay")]);
    assert!(is_unread(&tenant.read().await.unwrap().exchange.accepted_domains));

    let policy = json!({"Name": "Strict", "Identity": "Strict", "IsDefault": false, "AutoForwardingMode": "On"});
    tenant.list(
        "Get-HostedOutboundSpamFilterPolicy",
        &[policy.clone(), with(policy, &json!({"AutoForwardingMode": "Off"}))],
    );
    assert!(is_unread(&tenant.read().await.unwrap().exchange.outbound_policies));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_goes_before_a_permission() {
    let tenant = Tenant::new();
    tenant.list("Get-Mailbox", &[mailbox("Desk", 1)]);
    let entry = |user: &str, deny: bool| json!({"User": user, "AccessRights": ["FullAccess"], "Deny": deny, "IsInherited": false});
    let entries = [entry("ann@contoso.com", false), entry("ANN@contoso.com", true), entry("bob@contoso.com", false)];
    tenant.list("Get-MailboxPermission desk@contoso.com", &entries);
    let read = tenant.read_with(&[Wanted::FullAccess("desk".into())]).await;
    assert_eq!(called(read.exchange.full_access["desk"].present().unwrap()), ["bob@contoso.com"]);
}

#[tokio::test(start_paused = true)]
async fn conditions_are_known_however_their_names_are_spelled() {
    let tenant = Tenant::new();
    let rule = json!({"name": "r", "state": "Enabled", "mode": "Enforce", "priority": 0, "deleteMessage": true,
        "subjectContainsWords": ["invoice"], "senderAddressLocation": "Header"});
    tenant.list("Get-TransportRule", &[rule]);
    let read = tenant.read().await.unwrap();
    assert!(read.exchange.transport_rules.present().unwrap()[0].other_conditions, "it is not for every message");
}

#[tokio::test(start_paused = true)]
async fn a_condition_that_is_not_printed_may_be_set_and_an_entry_without_rights_is_none() {
    let whole = json!({"Name": "r", "State": "Enabled", "Mode": "Enforce", "Priority": 0, "DeleteMessage": true,
        "From": null, "FromScope": null, "SenderDomainIs": null, "SentTo": null, "SentToMemberOf": null,
        "RecipientDomainIs": null, "ExceptIfFrom": null, "ExceptIfSentTo": null,
        "FromMemberOf": null, "SentToScope": null, "ExceptIfFromMemberOf": null, "ExceptIfSenderDomainIs": null,
        "ExceptIfSentToMemberOf": null, "ExceptIfRecipientDomainIs": null});
    let open = async |rule: Value| {
        let tenant = Tenant::new();
        tenant.list("Get-TransportRule", &[rule]);
        tenant.read().await.unwrap().exchange.transport_rules.present().unwrap()[0].other_conditions
    };
    assert!(!open(whole.clone()).await);
    for name in ["-From", "-SentTo", "-ExceptIfSentTo", "-FromMemberOf"] {
        assert!(open(with(whole.clone(), &json!({name: null}))).await, "{name}");
    }
    for rights in [Value::Null, json!([])] {
        let tenant = Tenant::new();
        tenant.list("Get-Mailbox", &[mailbox("Desk", 1)]);
        let entry = json!({"User": "ann@contoso.com", "AccessRights": rights});
        tenant.list("Get-MailboxPermission desk@contoso.com", &[entry]);
        let read = tenant.read_with(&[Wanted::FullAccess("desk".into())]).await;
        assert!(is_unread(&read.exchange.full_access["desk"]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_sender_without_an_address_is_a_condition_all_the_same() {
    let tenant = Tenant::new();
    tenant.list("Get-Mailbox", &[mailbox("Ada", 1)]);
    tenant.answer("Get-InboxRule ada@contoso.com", 403, Value::Null);
    let rule = json!({"displayName": "r", "sequence": 1, "isEnabled": true, "actions": {"delete": true},
        "conditions": {"fromAddresses": [{"emailAddress": {"name": "Somebody", "address": null}}]}});
    tenant.list(&format!("users/{}/mailFolders/inbox/messageRules", Uuid::from_u128(1)), &[rule]);
    let read = tenant.read_with(&[Wanted::InboxRules("ada".into())]).await;
    assert_eq!(read.exchange.inbox_rules["ada"].present().unwrap().rules[0].from, refer(&["?"]));
}

#[tokio::test(start_paused = true)]
async fn what_the_directory_leaves_open_is_open() {
    let tenant = Tenant::new();
    let user = json!({"id": Uuid::from_u128(1), "userPrincipalName": "ada@contoso.com", "assignedPlans": null,
        "accountEnabled": true, "userType": "Member", "mail": null, "otherMails": [], "proxyAddresses": []});
    tenant.list("users", std::slice::from_ref(&user));
    let other = json!({"id": "fabrikam.example", "isInitial": false, "isVerified": true});
    tenant.list("domains", &[json!({"id": "contoso.com", "isInitial": false}), other]);
    let nameless = with(user, &json!({"-userPrincipalName": null}));
    tenant.list("directory/deletedItems/microsoft.graph.user", &[nameless]);
    let read = tenant.read().await.unwrap();
    assert!(is_unread(&read.directory.people.present().unwrap()[&Uuid::from_u128(1)].exchange_plan));
    let domains = read.domains.present().unwrap();
    assert!(is_unread(&domains["contoso.com"].verified), "not verified is something else than not said");
    assert!(domains["fabrikam.example"].is_verified(), "A3: what is not said of one takes nothing from the others");
    assert!(is_unread(&read.directory.deleted), "a list with a hole");

    tenant.answer("users", 200, json!({"value": [], "error": {"code": "generalException"}}));
    tenant.answer("domains", 200, json!({"value": [], "error": {"code": "generalException"}}));
    tenant.answer("roleManagement/directory/roleAssignments", 202, json!({"value": []}));
    let read = tenant.read().await.unwrap();
    assert!(is_unread(&read.directory.people) && is_unread(&read.domains) && is_unread(&read.directory.active));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_throttled_says_so_and_is_left_alone() {
    let tenant = Tenant::new();
    tenant.answer("Get-AcceptedDomain", 429, json!({}));
    let read = tenant.read().await.unwrap();
    let told = &read.exchange.recipients;
    assert_eq!(*told, Fact::Unknown(Unknown::ServiceFailed("the mailboxes".into(), ServiceFailure::Busy)));
    let asked = tenant.asked();
    let cmdlets = asked.iter().filter(|asked| asked.starts_with("Get-")).count();
    assert!(cmdlets <= 4, "one call with its attempts, and not twenty listings: {asked:?}");
    assert!(read.interrupted, "it passes by itself");
    for (name, status) in [("billing", 503), ("partner", 503), ("users", 503), ("Get-Mailbox", 503), ("domains", 503)] {
        let tenant = Tenant::new();
        assert!(!tenant.read().await.unwrap().interrupted);
        tenant.answer(name, status, json!({}));
        assert!(tenant.read().await.unwrap().interrupted, "{name}");
        tenant.answer(name, 403, json!({}));
        assert!(!tenant.read().await.unwrap().interrupted, "{name}: somebody has to grant that");
    }
}
