//! The example's tenant: what was planted there is what is read.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_core::{
    landscape::{
        Agreement, AutoForwarding, BillingRole, Landscape, MailboxKind, Principal, Recipient, RecipientKind, Reference,
        TransportVerdict, Wanted, fold,
    },
    model::{Fact, Unknown},
    permission::EXCHANGE_APPLICATION,
};
use tenant_contacts_simulator::SoftDeletedSeed;
use testkit::rig::on_paused_time;
use uuid::Uuid;

use super::tenant::{contoso, listed, read, simulator};

/// The recipient of an address.
fn of<'a>(read: &'a Landscape, address: &str) -> &'a Recipient {
    let recipients = read.exchange.recipients.present().expect("recipients");
    let has = |recipient: &&Recipient| {
        recipient
            .addresses
            .iter()
            .any(|one| one.split_once(':').is_some_and(|(_, one)| one.eq_ignore_ascii_case(address)))
    };
    recipients.values().find(has).unwrap_or_else(|| panic!("nobody has {address}"))
}

/// The recipient that people know by a name. A group's own name is another one: Exchange makes it.
fn named<'a>(read: &'a Landscape, name: &str) -> &'a Recipient {
    let recipients = read.exchange.recipients.present().expect("recipients");
    recipients.values().find(|one| &*one.display_name == name).unwrap_or_else(|| panic!("nobody is called {name}"))
}

fn id_of(read: &Landscape, name: &str) -> Uuid {
    let people = read.directory.people.present().unwrap();
    people.values().find(|person| person.user_principal_name.eq_ignore_ascii_case(name)).unwrap().id
}

#[test]
fn every_listing_is_read_and_every_account_of_the_seed_is_there() {
    on_paused_time(async {
        let seed = contoso();
        let read = listed(&simulator(&seed)).await;
        assert_eq!(read.display_name, Fact::Present(seed.tenant.display_name.as_str().into()));
        let people = read.directory.people.present().unwrap();
        let living: BTreeSet<String> =
            people.values().map(|person| person.user_principal_name.to_lowercase()).collect();
        let exchange = &read.exchange;
        for (what, unknown) in [
            ("created", read.created.known().err()),
            ("domains", read.domains.known().err()),
            ("deleted", read.directory.deleted.known().err()),
            ("active", read.directory.active.known().err()),
            ("eligible", read.directory.eligible.known().err()),
            ("recipients", exchange.recipients.known().err()),
            ("soft_deleted", exchange.soft_deleted.known().err()),
            ("accepted_domains", exchange.accepted_domains.known().err()),
            ("transport_rules", exchange.transport_rules.known().err()),
            ("content_filters", exchange.content_filters.known().err()),
            ("outbound_policies", exchange.outbound_policies.known().err()),
            ("remote_domains", exchange.remote_domains.known().err()),
            ("outbound_connectors", exchange.outbound_connectors.known().err()),
            ("allow_entries", exchange.allow_entries.known().err()),
            ("quarantine", exchange.quarantine.known().err()),
            ("traces", exchange.traces.known().err()),
            ("safe_links", exchange.safe_links.known().err()),
            ("retention", exchange.retention.known().err()),
            ("legal", read.partner.legal.known().err()),
            ("billing", read.billing.accounts.known().err()),
        ] {
            assert_eq!(unknown, None, "{what}");
        }
        let deleted = read.directory.deleted.present().unwrap();
        for user in &seed.users {
            let name = user.upn.to_lowercase();
            let gone = deleted.values().any(|person| person.user_principal_name.to_lowercase().contains(&name));
            assert!(living.contains(&name) != gone, "{name} is there or deleted");
        }
        assert_eq!(people.len() + deleted.len(), seed.users.len());
    });
}

#[test]
fn mailboxes_lists_and_groups_are_those_of_the_seed() {
    on_paused_time(async {
        let mut seed = contoso();
        seed.exchange.soft_deleted.push(SoftDeletedSeed {
            name: "Old Desk".into(),
            addresses: vec!["old-desk@contoso.com".into()],
            at: "-5d".into(),
            by_remove: true,
        });
        let read = listed(&simulator(&seed)).await;
        // E3: a mailbox that forwards outside and keeps nothing.
        let RecipientKind::Mailbox(anton) = &of(&read, "anton.weiss@contoso.com").kind else { panic!() };
        assert_eq!(anton.forwarding.outside.as_deref(), Some("anton.weiss.private@gmail.com"));
        assert!(!anton.forwarding.keeps_copy);
        // E2: one that forwards to a colleague.
        let RecipientKind::Mailbox(margaret) = &of(&read, "margaret.wilson@contoso.com").kind else { panic!() };
        let rafael = of(&read, "rafael.quintana@contoso.com");
        assert_eq!(margaret.forwarding.inside, Some(Reference::Recipient(rafael.key.clone())));
        let RecipientKind::Mailbox(beatrice) = &of(&read, "beatrice.lam@contoso.com").kind else { panic!() };
        assert_eq!(beatrice.quota, Fact::Present(50 * 1024 * 1024 * 1024));
        for shared in &seed.exchange.shared_mailboxes {
            let RecipientKind::Mailbox(mailbox) = &of(&read, &shared.user).kind else { panic!("{}", shared.user) };
            assert_eq!(mailbox.kind, MailboxKind::Shared, "{}", shared.user);
            assert_eq!(mailbox.account_disabled, Fact::Present(true), "a shared mailbox's account is disabled");
        }
        let recipients = read.exchange.recipients.present().unwrap();
        for list in &seed.exchange.lists {
            let recipient = &recipients[&fold(&list.name)];
            assert_eq!(recipient.kind, RecipientKind::List { dynamic: false }, "{}", list.name);
            let refuses =
                list.properties.get("requireSenderAuthenticationEnabled").and_then(serde_json::Value::as_bool);
            assert_eq!(Some(recipient.restrictions.authenticated_only), refuses, "{}", list.name);
        }
        for group in &seed.exchange.groups {
            assert_eq!(named(&read, &group.name).kind, RecipientKind::Group, "{}", group.name);
        }
        let gone = read.exchange.soft_deleted.present().unwrap();
        let addresses: Vec<&str> = gone.values().flat_map(|mailbox| &mailbox.addresses).map(|one| &**one).collect();
        assert_eq!(addresses, ["SMTP:old-desk@contoso.com"]);
        // D3: a deleted account that still holds an address.
        let deleted = read.directory.deleted.present().unwrap();
        let holds = |address: &str| {
            deleted.values().any(|person| person.proxy_addresses.values().unwrap().iter().any(|one| &**one == address))
        };
        assert!(holds("smtp:servicedesk@contoso.com"));
        assert!(recipients.values().all(|recipient| !matches!(recipient.kind, RecipientKind::Other(_))));
    });
}

#[test]
fn rules_policies_partner_and_billing_are_those_of_the_seed() {
    on_paused_time(async {
        let read = listed(&simulator(&contoso())).await;
        let exchange = &read.exchange;
        let rules = exchange.transport_rules.present().unwrap();
        let rafael = of(&read, "rafael.quintana@contoso.com").primary.as_deref().unwrap();
        assert_eq!(rules.len(), 1);
        assert_eq!(*rules[0].sent_to, [Reference::Address("sales@contoso.com".into())]);
        assert!(*rules[0].verdicts == [TransportVerdict::Redirect([Reference::Address(fold(rafael))].into())]);
        assert!(rules[0].enforced && !rules[0].other_conditions);
        let filters = exchange.content_filters.present().unwrap();
        assert_eq!(*filters.last().unwrap().allowed_domains, [Box::from("northwind-resale.example")]);
        assert_eq!(exchange.outbound_policies.present().unwrap().last().unwrap().auto_forwarding, AutoForwarding::Off);
        assert!(exchange.remote_domains.present().unwrap().iter().any(|domain| &*domain.domain == "*"));
        let held = exchange.quarantine.present().unwrap();
        assert_eq!((&*held[0].sender, held[0].released), ("maccount@microsoft.com", false));
        assert_eq!(*held[0].recipients, [Box::from("anton.weiss@contoso.com")]);
        let links = exchange.safe_links.present().unwrap();
        assert!(links[0].rewrites);
        assert_eq!(*links[0].scope.domains, ["contoso.com".into(), "fabrikam-partners.example".into()]);

        let legal = read.partner.legal.present().unwrap();
        assert_eq!(legal.primary_contact, Fact::Present("anton.weiss@contoso.com".into()));
        assert_eq!(legal.primary_contact_name, Fact::Present("Anton Weiss".into()));
        assert_eq!(legal.company_approver, Fact::Present("legal-notices@contoso.com".into()));

        let account = &read.billing.accounts.present().unwrap()[0];
        assert_eq!(account.agreement, Agreement::Customer);
        let holders = account.holders.present().unwrap();
        let held_by = |name: &str| -> Vec<BillingRole> {
            let held = holders.iter().filter(|holder| holder.principal == id_of(&read, name));
            held.map(|holder| holder.role).collect()
        };
        assert_eq!(held_by("marcus.oyelaran@contoso.com"), [BillingRole::Account, BillingRole::Owner]);
        assert_eq!(held_by("ines.moreau@contoso.com"), [BillingRole::InvoiceManager]);
        let profiles: BTreeMap<&str, usize> = account
            .profiles
            .present()
            .unwrap()
            .iter()
            .map(|profile| (&*profile.display_name, profile.invoice_recipients.len()))
            .collect();
        assert_eq!(profiles, BTreeMap::from([("Contoso US", 4), ("Fabrikam Partners", 4)]));
    });
}

#[test]
fn details_are_those_of_the_seed() {
    on_paused_time(async {
        let simulator = simulator(&contoso());
        let first = listed(&simulator).await;
        let key = |address: &str| of(&first, address).key.clone();
        let (ines, privacy, sales, beatrice) = (
            key("ines.moreau@contoso.com"),
            key("privacy@contoso.com"),
            key("sales@contoso.com"),
            key("beatrice.lam@contoso.com"),
        );
        let legal = fold("Legal Notices");
        let network = named(&first, "Network Operations").key.clone();
        let groups: Vec<Uuid> = first
            .directory
            .active
            .present()
            .unwrap()
            .iter()
            .filter_map(
                |assignment| {
                    if let Principal::Group { id, .. } = assignment.principal { Some(id) } else { None }
                },
            )
            .collect();
        let wanted: BTreeSet<Wanted> = [
            Wanted::InboxRules(ines.clone()),
            Wanted::FullAccess(privacy.clone()),
            Wanted::Size(beatrice.clone()),
            Wanted::Inbox(sales.clone()),
            Wanted::Inbox(privacy.clone()),
            Wanted::Members(legal.clone()),
            Wanted::Members(network.clone()),
            Wanted::Subscribers(network.clone()),
        ]
        .into_iter()
        .chain(groups.iter().map(|id| Wanted::GroupMembers(*id)))
        .collect();
        let read = read(&simulator, &|_| wanted.clone()).await;
        let exchange = &read.exchange;
        let rules = exchange.inbox_rules[&ines].present().unwrap();
        let told: Vec<(&str, bool, Option<&str>)> =
            rules.rules.iter().map(|rule| (&*rule.name, rule.hidden, rule.moves_to.as_deref())).collect();
        assert!(rules.hidden_read);
        assert!(
            told.contains(&("Canteen", false, Some("Canteen"))) && told.contains(&(".", true, Some("RSS Feeds"))),
            "{told:?}"
        );
        let canteen = rules.rules.iter().find(|rule| &*rule.name == "Canteen").unwrap();
        assert_eq!(*canteen.from, [Reference::Address("canteen@contoso-catering.example".into())]);
        let access: BTreeSet<&str> =
            exchange.full_access[&privacy].present().unwrap().iter().map(|one| &*one.name).collect();
        assert_eq!(access, BTreeSet::from(["miriam.adler@contoso.com", "samira.haddad@contoso.com"]));
        assert_eq!(exchange.sizes[&beatrice], Fact::Present(50 * 1024 * 1024 * 1024));
        let inbox = exchange.inboxes[&sales].present().unwrap();
        assert_eq!((inbox.total, inbox.unread), (1904, 388));
        let age = read.read_at.unwrap().duration_since(inbox.oldest_unread.expect("the oldest unread message"));
        assert_eq!(age.as_hours() / 24, 43);
        let member = |address: &str| Reference::Recipient(of(&read, address).key.clone());
        let members: BTreeSet<_> = exchange.members[&legal].present().unwrap().iter().cloned().collect();
        assert_eq!(
            members,
            BTreeSet::from([Reference::Recipient(fold("Legal Office")), member("helena.marsh@contoso.com")])
        );
        assert_eq!(exchange.members[&network], exchange.subscribers[&network], "everybody follows it");
        assert!(!exchange.members[&network].present().unwrap().is_empty());
        assert!(!groups.is_empty());
        for group in groups {
            assert!(read.directory.group_members[&group].known().is_ok());
        }
    });
}

/// The tenant, with these permissions of the observer's instead of the one for `InvokeCommand`.
async fn listed_with(permissions: &[&str]) -> Landscape {
    let mut seed = contoso();
    let observer = seed.applications.iter_mut().find(|application| application.name == "tenant-contacts-observer");
    let held = &mut observer.unwrap().permissions;
    held.retain(|permission| permission != EXCHANGE_APPLICATION);
    held.extend(permissions.iter().map(|one| (*one).to_owned()));
    listed(&simulator(&seed)).await
}

#[test]
fn the_documented_interface_tells_the_same_as_far_as_it_goes() {
    on_paused_time(async {
        let one = listed(&simulator(&contoso())).await.exchange;
        let both = listed_with(&[EXCHANGE_APPLICATION, "Exchange.ManageAsAppV2"]).await.exchange;
        assert_eq!(one.recipients, both.recipients);
        assert_eq!(one.soft_deleted, both.soft_deleted);
        assert_eq!(one.accepted_domains, both.accepted_domains);
        let documented = listed_with(&["Exchange.ManageAsAppV2"]).await.exchange;
        assert_eq!(one.accepted_domains, documented.accepted_domains);
        let missing = Unknown::PermissionMissing(EXCHANGE_APPLICATION.into());
        assert_eq!(documented.recipients, Fact::Unknown(missing.clone()), "it knows no contacts");
        assert_eq!(documented.remote_domains, Fact::Unknown(missing));
    });
}
