//! Whom a reference means, whatever kind of name it is: one recipient, nobody, or nobody that can be told.

use serde_json::{Value, json};
use tenant_contacts_core::{
    landscape::{RecipientKind, Reference, TransportVerdict, Wanted},
    model::Fact,
};
use uuid::Uuid;

use super::{
    objects::{contact, list, mailbox, refer, with},
    tenant::Tenant,
};

const DOMAIN: &str = "DC=EURPR01A001,DC=PROD,DC=OUTLOOK,DC=COM";

fn dn(name: &str) -> String {
    format!("CN={name},OU=contoso.onmicrosoft.com,{DOMAIN}")
}

/// Two people of one display name, one with a comma in the name, and a contact that is called like somebody's address.
fn people() -> Vec<Value> {
    let changed = |name: &str, id: u128, changes: &Value| with(mailbox(name, id), changes);
    vec![
        changed("asmith", 1, &json!({"DisplayName": "Andrew Smith", "DistinguishedName": dn("asmith")})),
        changed("asmith2", 2, &json!({"DisplayName": "Andrew Smith", "Alias": "Carl"})),
        changed(
            "Archer, Ann",
            3,
            &json!({"DisplayName": "Ann Archer", "DistinguishedName": dn(r"Archer\, Ann"),
            "PrimarySmtpAddress": "ann@contoso.com", "EmailAddresses": ["SMTP:ann@contoso.com", "X500:/o=Old/cn=ann"],
            "UserPrincipalName": "archer@contoso.com"}),
        ),
        changed("Carl", 4, &json!({"UserPrincipalName": "ben@contoso.com"})),
        changed("Ben", 5, &json!({})),
    ]
}

/// What a forward that is written so leads to.
async fn forwarded(text: &str) -> Reference {
    let tenant = Tenant::new();
    let mut all = people();
    all.push(with(mailbox("Desk", 9), &json!({"ForwardingAddress": text})));
    tenant.list("Get-Mailbox", &all);
    tenant.list(
        "Get-MailContact",
        &[with(contact("Partner", "SMTP:p@partner.example"), &json!({"DisplayName": "ben@contoso.com"}))],
    );
    let read = tenant.read().await.unwrap();
    match &read.exchange.recipients.present().unwrap()["desk"].kind {
        RecipientKind::Mailbox(mailbox) => mailbox.forwarding.inside.clone().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a4_a_name_of_one_leads_there_and_a_name_of_two_to_neither() {
    let one = |key: &str| refer(&[key])[0].clone();
    let ann = one("archer, ann");
    for text in [
        "Ann Archer",
        " ann ARCHER ",
        "Archer, Ann",
        "archer@contoso.com",
        "ann@contoso.com",
        "/o=Old/cn=ann",
        &dn(r"Archer\, Ann"),
        &dn(r"archer\2C ann").to_lowercase(),
        &Uuid::from_u128(3).to_string(),
        &format!("{{{}}}", Uuid::from_u128(3)).to_uppercase(),
    ] {
        assert_eq!(forwarded(text).await, ann, "{text}");
    }
    for (text, why) in [
        ("Andrew Smith", "two are called so"),
        ("carl", "one's name, and another's alias"),
        ("Ben@contoso.com", "one's address, another's sign-in name and a third one's display name"),
    ] {
        assert_eq!(forwarded(text).await, Reference::Ambiguous(text.into()), "{why}");
    }
}

#[tokio::test(start_paused = true)]
async fn a4_gone_is_only_what_was_named_for_good() {
    for text in [&Uuid::from_u128(77).to_string(), &dn("Zed"), &dn(r"Archer\, Annabel")] {
        assert_eq!(forwarded(text).await, Reference::Gone, "{text}");
    }
    for text in [
        "Zed",
        "zed@contoso.com",
        "/o=ExchangeLabs/cn=zed",
        "CN=Zed",
        "contoso.onmicrosoft.com/Users/Ann Archer",
        "00000000000000000000000000000003",
        "CN=\"Archer, Ann\",DC=COM",
    ] {
        assert_eq!(forwarded(text).await, Reference::Unreadable, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a4_without_all_recipients_a_name_is_nobodys_and_an_id_is_its_owners() {
    let tenant = Tenant::new();
    tenant.list("Get-Mailbox", &people());
    tenant.list("Get-MailContact", &[json!({"Identity": "x"})]);
    let rule = |target: &str| json!({"Identity": "r", "Name": "r", "State": "Enabled", "Mode": "Enforce", "Priority": 0, "RedirectMessageTo": [target]});
    for (target, expected) in [
        ("Ann Archer", Reference::Unreadable),
        (&*dn("Zed"), Reference::Unreadable),
        (&*dn("asmith"), Reference::Recipient("asmith".into())),
    ] {
        tenant.list("Get-TransportRule", &[rule(target)]);
        let read = tenant.read().await.unwrap();
        assert!(read.exchange.recipients.known().is_err());
        let verdicts = &read.exchange.transport_rules.present().unwrap()[0].verdicts;
        assert!(**verdicts == [TransportVerdict::Redirect([expected].into())], "{target}");
    }
}

#[tokio::test(start_paused = true)]
async fn a4_members_are_told_by_their_ids_and_never_by_a_name_of_two() {
    let tenant = Tenant::new();
    tenant.list("Get-Mailbox", &people());
    tenant.list("Get-DistributionGroup", &[list("All")]);
    let member = |id: Value, name: &str| json!({"ExternalDirectoryObjectId": id, "Identity": name, "Name": name});
    tenant.list(
        "Get-DistributionGroupMember all@contoso.com",
        &[
            // The id goes before a name that somebody else has by now.
            member(json!(Uuid::from_u128(3)), "Andrew Smith"),
            member(Value::Null, "Andrew Smith"),
            // An account without mail is no recipient, and its name may be anybody's.
            member(json!(Uuid::from_u128(77)), "Ann Archer"),
            member(Value::Null, "Somebody"),
        ],
    );
    let read = tenant.read_with(&[Wanted::Members("all".into())]).await;
    assert_eq!(read.exchange.members["all"], Fact::Present(refer(&["archer, ann", "?Andrew Smith", "-", "?"])));
}

#[tokio::test(start_paused = true)]
async fn a4_readers_are_told_with_what_they_are_called_and_a_security_identifier_is_nobodys() {
    let tenant = Tenant::new();
    tenant.list("Get-Mailbox", &people());
    let entry = |user: &str| json!({"User": user, "AccessRights": ["FullAccess"], "Deny": false, "IsInherited": false});
    let users = ["Andrew Smith", "S-1-5-21-7", "ben@contoso.com", "Ann Archer", &Uuid::from_u128(77).to_string()];
    tenant.list("Get-MailboxPermission carl@contoso.com", &users.map(entry));
    let read = tenant.read_with(&[Wanted::FullAccess("carl".into())]).await;
    let found: Vec<Reference> =
        read.exchange.full_access["carl"].present().unwrap().iter().map(|one| one.recipient.clone()).collect();
    // No contact here: the address is Ben's, and the sign-in name is Carl's.
    assert_eq!(*found, *refer(&["?Andrew Smith", "-", "?ben@contoso.com", "archer, ann", "?"]));
}
