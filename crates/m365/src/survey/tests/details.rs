//! What is asked one by one.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tenant_contacts_core::{
    landscape::{InboxCounts, Reference, Wanted},
    model::{Fact, Unknown},
    permission::EXCHANGE_ROLE,
};
use tenant_contacts_engine::port::Survey as _;
use uuid::Uuid;

use super::{
    objects::{called, contact, list, mailbox, refer, with},
    tenant::Tenant,
};

fn tenant() -> Tenant {
    let tenant = Tenant::new();
    tenant.list("Get-Mailbox", &[mailbox("Ada", 1), mailbox("Bob", 2)]);
    tenant.list("Get-MailContact", &[contact("Partner", "SMTP:desk@partner.example")]);
    tenant.list("Get-DistributionGroup", &[list("All")]);
    tenant.list("Get-DynamicDistributionGroup", &[list("Everybody")]);
    tenant.list("Get-UnifiedGroup", &[list("Team")]);
    tenant
}

fn member(name: &str) -> Value {
    json!({"ExternalDirectoryObjectId": null, "Identity": name, "Name": name})
}

#[tokio::test(start_paused = true)]
async fn members_are_asked_of_each_kind_of_list_in_its_own_way_ten_in_a_request() {
    let tenant = tenant();
    tenant.list("Get-DistributionGroupMember all@contoso.com", &[member("Ada"), member("Somebody else")]);
    tenant.list("Get-DynamicDistributionGroupMember everybody@contoso.com", &[member("Bob")]);
    let renamed =
        json!({"ExternalDirectoryObjectId": Uuid::from_u128(1), "Identity": "Ada Before", "Name": "Ada Before"});
    tenant.list("Get-UnifiedGroupLinks Members team@contoso.com", &[renamed]);
    tenant.list("Get-UnifiedGroupLinks Subscribers team@contoso.com", &[]);
    let wanted = [
        Wanted::Members("all".into()),
        Wanted::Members("everybody".into()),
        Wanted::Members("team".into()),
        Wanted::Subscribers("team".into()),
        Wanted::Members("nobody".into()),
    ];
    let read = tenant.read_with(&wanted).await;
    let members = |key: &str| read.exchange.members[key].clone();
    assert_eq!(members("all"), Fact::Present(refer(&["ada", "?"])));
    assert_eq!(members("everybody"), Fact::Present(refer(&["bob"])));
    assert_eq!(members("team"), Fact::Present(refer(&["ada"])), "the id leads to who was renamed in between");
    assert_eq!(read.exchange.subscribers["team"], Fact::Present([].into()));
    assert!(matches!(members("nobody"), Fact::Unknown(Unknown::ReadFailed(_))));
    assert_eq!(tenant.asked().iter().filter(|asked| *asked == "$batch").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn permissions_and_sizes_are_read() {
    let tenant = tenant();
    let permission = |user: &str, rights: &Value, deny: bool, inherited: bool| json!({"Identity": "Ada", "User": user, "AccessRights": rights, "Deny": deny, "IsInherited": inherited});
    let full = json!(["FullAccess"]);
    tenant.list(
        "Get-MailboxPermission ada@contoso.com",
        &[
            permission("NT AUTHORITY\\SELF", &full, false, false),
            permission("bob@contoso.com", &json!(["FullAccess", "ReadPermission"]), false, false),
            permission("eve@contoso.com", &json!(["ReadPermission"]), false, false),
            permission("mallory@contoso.com", &full, true, false),
            permission("NAMPR00\\Exchange Servers", &full, false, true),
        ],
    );
    tenant.list(
        "Get-MailboxStatistics ada@contoso.com",
        &[json!({"TotalItemSize": "49.5 GB (53,150,220,288 bytes)", "ItemCount": 5})],
    );
    tenant.list("Get-MailboxStatistics bob@contoso.com", &[json!({"TotalItemSize": "big"})]);
    let read = tenant
        .read_with(&[Wanted::FullAccess("ada".into()), Wanted::Size("ada".into()), Wanted::Size("bob".into())])
        .await;
    assert_eq!(called(read.exchange.full_access["ada"].present().unwrap()), ["bob@contoso.com"]);
    assert_eq!(called(&read.exchange.denied_access["ada"]), ["mallory@contoso.com"]);
    assert_eq!(read.exchange.sizes["ada"], Fact::Present(53_150_220_288));
    assert!(read.exchange.sizes["bob"].known().is_err());
}

fn rule(name: &str, priority: u8, more: &Value) -> Value {
    with(
        json!({"Identity": name, "Name": name, "Enabled": true, "Priority": priority, "ForwardTo": null,
            "ForwardAsAttachmentTo": null, "RedirectTo": null, "DeleteMessage": false, "MoveToFolder": null, "From": null,
            "SubjectContainsWords": [], "StopProcessingRules": false, "IsHidden": false}),
        more,
    )
}

#[tokio::test(start_paused = true)]
async fn inbox_rules_are_read_with_the_hidden_ones_and_whom_they_send_mail_to() {
    let tenant = tenant();
    tenant.list(
        "Get-InboxRule ada@contoso.com",
        &[
            rule("off", 1, &json!({"Enabled": false, "ForwardTo": ["\"x\" [SMTP:x@evil.example]"]})),
            rule(
                "later",
                5,
                &json!({"RedirectTo": ["\"Desk [x]\" [SMTP:Desk@Partner.example]", "\"Bob\" [EX:/o=ExchangeLabs/cn=Bob]",
                    "\"?\" [EX:/o=Elsewhere/cn=Zed]"], "From": ["\"MS\" [SMTP:msft@microsoft.com]"], "DeleteMessage": true}),
            ),
            rule("hidden", 2, &json!({"IsHidden": true, "ForwardTo": ["Partner"], "SubjectContainsWords": ["invoice"]})),
        ],
    );
    let read = tenant.read_with(&[Wanted::InboxRules("ada".into())]).await;
    let rules = read.exchange.inbox_rules["ada"].present().unwrap();
    assert!(rules.hidden_read);
    assert_eq!(rules.rules.len(), 2, "a rule that is off does nothing");
    let (hidden, later) = (&rules.rules[0], &rules.rules[1]);
    assert!(hidden.hidden && hidden.other_conditions && !later.other_conditions && later.deletes);
    assert!(*hidden.forward_to == [Reference::Recipient("partner".into())]);
    let expected =
        [Reference::Address("desk@partner.example".into()), Reference::Recipient("bob".into()), Reference::Unreadable];
    assert!(*later.redirect_to == expected, "{:?}", later.redirect_to);
    assert_eq!(later.from, refer(&["msft@microsoft.com"]));
}

#[tokio::test(start_paused = true)]
async fn hidden_rules_are_told_apart_by_the_listing_without_them_where_nothing_else_says_so() {
    let tenant = tenant();
    let unsaid = json!({"-IsHidden": 0, "ForwardTo": ["Partner"]});
    let (seen, unseen) = (rule("seen", 1, &unsaid), rule("unseen", 2, &unsaid));
    tenant.list("Get-InboxRule ada@contoso.com", &[seen.clone(), unseen]);
    tenant.list("Get-InboxRule shown ada@contoso.com", &[seen]);
    let read = tenant.read_with(&[Wanted::InboxRules("ada".into())]).await;
    let rules = read.exchange.inbox_rules["ada"].present().unwrap();
    let hidden: Vec<bool> = rules.rules.iter().map(|rule| rule.hidden).collect();
    assert_eq!(hidden, [false, true]);
}

#[tokio::test(start_paused = true)]
async fn g1_inbox_rules_that_exchange_does_not_tell_come_from_graph_without_the_hidden_ones() {
    let tenant = tenant();
    tenant.answer("Get-InboxRule ada@contoso.com", 403, Value::Null);
    tenant.answer("Get-InboxRule bob@contoso.com", 403, Value::Null);
    let rule = json!({"displayName": "out", "sequence": 2, "isEnabled": true,
        "conditions": {"fromAddresses": [{"emailAddress": {"name": "MS", "address": "MS@microsoft.com"}}], "subjectContains": []},
        "actions": {"redirectTo": [{"emailAddress": {"name": "x", "address": "X@evil.example"}}], "stopProcessingRules": true}});
    let condition = json!({"displayName": "first", "sequence": 1, "isEnabled": true, "conditions": {"bodyContains": ["x"]},
        "actions": {"delete": true}});
    let off = json!({"displayName": "off", "sequence": 0, "isEnabled": false});
    let path = |id: u128| format!("users/{}/mailFolders/inbox/messageRules", Uuid::from_u128(id));
    tenant.list(&path(1), &[rule, condition, off]);
    tenant.answer(&path(2), 403, json!({"error": {"code": "ErrorAccessDenied", "message": "x"}}));
    let read = tenant.read_with(&[Wanted::InboxRules("ada".into()), Wanted::InboxRules("bob".into())]).await;
    let rules = read.exchange.inbox_rules["ada"].present().unwrap();
    assert!(!rules.hidden_read, "Graph never shows hidden rules");
    assert!(rules.rules[0].deletes && rules.rules[0].other_conditions && !rules.rules[1].other_conditions);
    assert!(*rules.rules[1].redirect_to == [Reference::Address("x@evil.example".into())] && rules.rules[1].stops);
    assert_eq!(rules.rules[1].from, refer(&["ms@microsoft.com"]));
    let expected = Fact::Unknown(Unknown::PermissionMissing(EXCHANGE_ROLE.into()));
    assert_eq!(read.exchange.inbox_rules["bob"], expected);
}

#[tokio::test(start_paused = true)]
async fn inboxes_are_counted_and_only_those_with_something_unread_are_asked_how_old_it_is() {
    let tenant = tenant();
    let (ada, bob) = (Uuid::from_u128(1), Uuid::from_u128(2));
    tenant.answer(&format!("users/{ada}/mailFolders/inbox"), 200, json!({"totalItemCount": 9, "unreadItemCount": 4}));
    tenant.list(
        &format!("users/{ada}/mailFolders/inbox/messages"),
        &[json!({"receivedDateTime": "2026-10-01T00:00:00Z"})],
    );
    tenant.answer(&format!("users/{bob}/mailFolders/inbox"), 200, json!({"totalItemCount": 3, "unreadItemCount": 0}));
    let wanted = [Wanted::Inbox("ada".into()), Wanted::Inbox("bob".into()), Wanted::Inbox("partner".into())];
    let read = tenant.read_with(&wanted).await;
    let oldest = Some("2026-10-01T00:00:00Z".parse().unwrap());
    assert_eq!(read.exchange.inboxes["ada"], Fact::Present(InboxCounts { total: 9, unread: 4, oldest_unread: oldest }));
    assert_eq!(read.exchange.inboxes["bob"], Fact::Present(InboxCounts { total: 3, unread: 0, oldest_unread: None }));
    assert!(read.exchange.inboxes["partner"].known().is_err(), "nobody's inbox");
    assert_eq!(tenant.asked().iter().filter(|asked| asked.ends_with("/messages")).count(), 1);

    tenant.answer(&format!("users/{ada}/mailFolders/inbox"), 403, json!({"error": {"code": "ErrorAccessDenied"}}));
    let read = tenant.read_with(&[Wanted::Inbox("ada".into())]).await;
    assert_eq!(read.exchange.inboxes["ada"], Fact::Unknown(Unknown::PermissionMissing("Mail.ReadBasic.All".into())));
}

#[tokio::test(start_paused = true)]
async fn members_of_groups_are_read_one_group_at_a_time_in_one_batch() {
    let tenant = tenant();
    let (a, b, c) = (Uuid::from_u128(11), Uuid::from_u128(12), Uuid::from_u128(13));
    let path = |id: Uuid| format!("groups/{id}/transitiveMembers/microsoft.graph.user");
    tenant.list(&path(a), &[json!({"id": Uuid::from_u128(1)}), json!({"id": Uuid::from_u128(2)})]);
    tenant.answer(&path(b), 403, json!({"error": {"code": "Authorization_RequestDenied", "message": "x"}}));
    tenant.answer(&path(c), 404, json!({"error": {"code": "Request_ResourceNotFound", "message": "x"}}));
    let read = tenant.read_with(&[a, b, c].map(Wanted::GroupMembers)).await;
    let members = &read.directory.group_members;
    assert_eq!(members[&a], Fact::Present(BTreeSet::from([Uuid::from_u128(1), Uuid::from_u128(2)])));
    assert_eq!(members[&b], Fact::Unknown(Unknown::PermissionMissing("GroupMember.Read.All".into())));
    // Contract §10.8: what was just created is not found for a while, on one replica and not on another.
    assert!(matches!(members[&c], Fact::Unknown(Unknown::ReadFailed(_))), "it holds a role, so it is there");
}

#[tokio::test(start_paused = true)]
async fn who_takes_mail_outside_is_not_for_the_tenant_to_say() {
    let read = tenant().read_with(&[Wanted::MailExchangers("partner.example".into())]).await;
    assert!(matches!(read.mail_exchangers["partner.example"], Fact::Unknown(Unknown::ReadFailed(_))));
}

#[tokio::test(start_paused = true)]
async fn what_recipients_are_called_is_known_to_whoever_asks_later_than_it_was_listed() {
    let tenant = tenant();
    tenant.list("Get-DistributionGroupMember all@contoso.com", &[member(&Uuid::from_u128(2).to_string())]);
    let mut landscape = tenant.read().await.unwrap();
    let wanted = BTreeSet::from([Wanted::Members("all".into())]);
    tenant.survey().details(&wanted, &mut landscape).await.unwrap();
    assert_eq!(landscape.exchange.members["all"], Fact::Present(refer(&["bob"])));
}

#[tokio::test(start_paused = true)]
async fn a4_a_member_that_is_named_by_a_name_of_two_is_nobody_known() {
    for turn in [false, true] {
        let tenant = tenant();
        let other = with(mailbox("Carl", 3), &json!({"Alias": "Ada"}));
        let third = with(mailbox("Dora", 4), &json!({"Alias": "Both"}));
        let fourth = with(mailbox("Eve", 5), &json!({"Alias": "Both"}));
        let mut mailboxes = [mailbox("Ada", 1), other, third, fourth];
        if turn {
            mailboxes.reverse();
        }
        tenant.list("Get-Mailbox", &mailboxes);
        tenant.list("Get-DistributionGroupMember all@contoso.com", &[member("Ada"), member("Both")]);
        let read = tenant.read_with(&[Wanted::Members("all".into())]).await;
        assert_eq!(read.exchange.members["all"], Fact::Present(refer(&["?Ada", "?Both"])), "{turn}");
        let carl = json!({"ExternalDirectoryObjectId": null, "Identity": "Carl", "Name": "Carl"});
        tenant.list("Get-DistributionGroupMember all@contoso.com", &[carl]);
        let read = tenant.read_with(&[Wanted::Members("all".into())]).await;
        assert_eq!(read.exchange.members["all"], Fact::Present(refer(&["carl"])), "{turn}");
    }
}
