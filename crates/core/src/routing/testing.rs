//! A tenant in a few lines, for tests: everything is readable, and nothing stands in the way until a test says so.

use jiff::Timestamp;
use tenant_contacts_api::{
    field::Field,
    notice::{Arrival, Category},
};
use uuid::Uuid;

use super::{Routed, answer};
use crate::{
    answer::{Blockage, CategoryAnswer, Declared, Node, NodeKind},
    desired::{Attested, GatewayClaim},
    landscape::{
        Assignment, AutoForwarding, ContentFilter, DomainType, Forwarding, InboxRule, InboxRules, Landscape, Mailbox,
        MailboxKind, OutboundPolicy, Person, PolicyScope, Principal, Recipient, RecipientKind, Reference, RemoteDomain,
        Restrictions, SpamAction, TransportRule, TransportVerdict, Trustee, fold, testing,
    },
    model::{Domain, Fact, Unknown, role::GLOBAL_ADMINISTRATOR},
};

pub(super) const DOMAIN: &str = "contoso.com";

/// See the module. Names are short: `ann` is the account, the mailbox's key and the local part of its address.
#[derive(Clone, Default)]
pub(super) struct Scene {
    pub(super) landscape: Landscape,
    pub(super) declared: Declared,
}

/// The address of a name.
pub(super) fn at(name: &str) -> Box<str> {
    format!("{name}@{DOMAIN}").into()
}

/// The id of a name.
pub(super) fn id(name: &str) -> Uuid {
    let mut bytes = [0; 16];
    for (place, byte) in name.bytes().take(16).enumerate() {
        bytes[place] = byte;
    }
    Uuid::from_bytes(bytes)
}

/// A permission that is missing.
pub(super) fn missing<T>() -> Fact<T> {
    Fact::Unknown(Unknown::PermissionMissing("Some.Permission".into()))
}

fn values(of: &[&str]) -> Fact<Box<[Box<str>]>> {
    Fact::of_values(of.iter().map(|one| (*one).into()).collect())
}

/// Keys, folded.
pub(super) fn keys<T: for<'k> From<&'k str>>(of: &[&str]) -> Box<[T]> {
    of.iter().map(|one| T::from(&fold(one))).collect()
}

/// A present list in a [`Fact`], to change.
pub(super) fn list<T: Clone>(fact: &mut Fact<Box<[T]>>, add: T) {
    let mut all = fact.present().map(|all| all.to_vec()).unwrap_or_default();
    all.push(add);
    *fact = Fact::Present(all.into());
}

impl Scene {
    pub(super) fn new() -> Self {
        let mut landscape = Landscape {
            created: Fact::Present("2022-05-01T00:00:00Z".parse::<Timestamp>().unwrap()),
            read_at: Some("2026-11-25T00:00:00Z".parse::<Timestamp>().unwrap()),
            domains: Fact::Present([(DOMAIN.into(), Domain { verified: Fact::Present(true), initial: false })].into()),
            mail_exchangers: [(
                DOMAIN.into(),
                Fact::Present(["contoso-com.mail.protection.outlook.com".into()].into()),
            )]
            .into(),
            ..Landscape::default()
        };
        for field in [
            &mut landscape.organization.technical,
            &mut landscape.organization.security_mails,
            &mut landscape.organization.security_phones,
            &mut landscape.organization.marketing,
            &mut landscape.organization.privacy_contact,
        ] {
            *field = Fact::Absent;
        }
        let directory = &mut landscape.directory;
        directory.people = Fact::Present([].into());
        directory.deleted = Fact::Present([].into());
        directory.active = Fact::Present([].into());
        directory.eligible = Fact::Absent;
        let exchange = &mut landscape.exchange;
        exchange.recipients = Fact::Present([].into());
        exchange.soft_deleted = Fact::Present([].into());
        exchange.accepted_domains = Fact::Present([(DOMAIN.into(), DomainType::Authoritative)].into());
        exchange.transport_rules = Fact::Absent;
        exchange.content_filters = Fact::Absent;
        exchange.outbound_policies = Fact::Absent;
        exchange.remote_domains = Fact::Absent;
        exchange.outbound_connectors = Fact::Absent;
        exchange.allow_entries = Fact::Absent;
        exchange.quarantine = Fact::Absent;
        exchange.safe_links = Fact::Absent;
        exchange.traces = Fact::Absent;
        exchange.retention = Fact::Absent;
        landscape.partner.legal = Fact::Absent;
        landscape.billing.accounts = Fact::Present([].into());
        Self { landscape, declared: Declared::default() }
    }

    /// An enabled account without mail.
    pub(super) fn account(mut self, name: &str) -> Self {
        let mut person = testing::person(id(name), &at(name));
        person.display_name = name.into();
        person.synchronised = Fact::Present(false);
        person.exchange_plan = Fact::Present(false);
        if let Fact::Present(people) = &mut self.landscape.directory.people {
            people.insert(id(name), person);
        }
        self
    }

    /// An enabled, licensed account with a mailbox.
    pub(super) fn person(mut self, name: &str) -> Self {
        self = self.account(name).change(name, |person| {
            person.mail = Fact::Present(at(&person.display_name));
            person.exchange_plan = Fact::Present(true);
        });
        self.recipient(name, RecipientKind::Mailbox(mailbox(MailboxKind::User)))
    }

    /// A shared mailbox with the people who have full access to it.
    pub(super) fn shared(mut self, name: &str, readers: &[&str]) -> Self {
        self = self.account(name).change(name, |person| {
            person.mail = Fact::Present(at(&person.display_name));
            person.enabled = Fact::Present(false);
        });
        self.landscape
            .exchange
            .full_access
            .insert(name.into(), Fact::Present(readers.iter().map(|one| Trustee::from(&*at(one))).collect()));
        self.recipient(name, RecipientKind::Mailbox(mailbox(MailboxKind::Shared)))
    }

    /// Gives others full access to a mailbox.
    pub(super) fn delegates(self, name: &str, readers: &[&str]) -> Self {
        let readers = Fact::Present(readers.iter().map(|one| Trustee::from(&*at(one))).collect());
        self.but(|landscape| drop(landscape.exchange.full_access.insert(name.into(), readers)))
    }

    pub(super) fn list(mut self, name: &str, members: &[&str]) -> Self {
        self.landscape.exchange.members.insert(name.into(), Fact::Present(keys(members)));
        self.recipient(name, RecipientKind::List { dynamic: false })
    }

    pub(super) fn group(mut self, name: &str, subscribers: &[&str]) -> Self {
        let exchange = &mut self.landscape.exchange;
        exchange.subscribers.insert(name.into(), Fact::Present(keys(subscribers)));
        exchange.members.insert(name.into(), Fact::Present(keys(subscribers)));
        self.recipient(name, RecipientKind::Group)
    }

    pub(super) fn contact(self, name: &str, external: &str) -> Self {
        self.recipient(name, RecipientKind::Contact { external: Some(external.into()) })
    }

    pub(super) fn recipient(mut self, name: &str, kind: RecipientKind) -> Self {
        let mailbox = matches!(kind, RecipientKind::Mailbox(_));
        let recipient = Recipient {
            key: name.into(),
            directory_id: Some(id(name)),
            display_name: name.into(),
            primary: Some(at(name)),
            addresses: [format!("SMTP:{}", at(name)).into(), format!("SIP:{}", at(name)).into()].into(),
            kind,
            restrictions: Restrictions::default(),
            synchronised: Some(false),
        };
        let exchange = &mut self.landscape.exchange;
        if let Fact::Present(recipients) = &mut exchange.recipients {
            recipients.insert(name.into(), recipient);
        }
        if mailbox {
            let rules = InboxRules { rules: [].into(), hidden_read: true };
            exchange.inbox_rules.insert(name.into(), Fact::Present(rules));
            exchange.sizes.insert(name.into(), Fact::Present(1));
            exchange.full_access.entry(name.into()).or_insert_with(|| Fact::Present([].into()));
        }
        self
    }

    /// Changes an account.
    pub(super) fn change(mut self, name: &str, change: impl FnOnce(&mut Person)) -> Self {
        if let Fact::Present(people) = &mut self.landscape.directory.people {
            change(people.get_mut(&id(name)).unwrap());
        }
        self
    }

    /// Changes a recipient.
    pub(super) fn with(mut self, name: &str, change: impl FnOnce(&mut Recipient)) -> Self {
        if let Fact::Present(recipients) = &mut self.landscape.exchange.recipients {
            change(recipients.get_mut(name).unwrap());
        }
        self
    }

    pub(super) fn disabled(self, name: &str) -> Self {
        self.change(name, |person| person.enabled = Fact::Present(false))
    }

    pub(super) fn alternates(self, name: &str, addresses: &[&str]) -> Self {
        self.change(name, |person| {
            person.put(Field::AlternateEmails, values(addresses));
        })
    }

    /// Changes the landscape.
    pub(super) fn but(mut self, change: impl FnOnce(&mut Landscape)) -> Self {
        change(&mut self.landscape);
        self
    }

    /// Forwards a mailbox to a recipient inside.
    pub(super) fn forwards(self, name: &str, to: &str, keeps_copy: bool) -> Self {
        let forwarding = Forwarding { inside: Some(to.into()), outside: None, keeps_copy };
        self.mailbox(name, |mailbox| mailbox.forwarding = forwarding)
    }

    /// Forwards a mailbox to an address.
    pub(super) fn forwards_smtp(self, name: &str, to: &str, keeps_copy: bool) -> Self {
        let forwarding = Forwarding { inside: None, outside: Some(to.into()), keeps_copy };
        self.mailbox(name, |mailbox| mailbox.forwarding = forwarding)
    }

    /// Changes a mailbox.
    pub(super) fn mailbox(self, name: &str, change: impl FnOnce(&mut Mailbox)) -> Self {
        self.with(name, |recipient| {
            let RecipientKind::Mailbox(mailbox) = &mut recipient.kind else { panic!("no mailbox") };
            change(mailbox);
        })
    }

    /// Gives a mailbox an inbox rule.
    pub(super) fn rule(mut self, name: &str, change: impl FnOnce(&mut InboxRule)) -> Self {
        let mut rule = InboxRule {
            name: "R".into(),
            hidden: false,
            from: [].into(),
            except_from: [].into(),
            other_conditions: false,
            forward_to: [].into(),
            redirect_to: [].into(),
            deletes: false,
            moves_to: None,
            stops: false,
        };
        change(&mut rule);
        let rules = self.landscape.exchange.inbox_rules.get_mut(name).unwrap();
        let Fact::Present(known) = rules else { panic!("no rules") };
        known.rules = known.rules.iter().cloned().chain([rule]).collect();
        self
    }

    /// Adds a transport rule.
    pub(super) fn transport(self, verdict: TransportVerdict, change: impl FnOnce(&mut TransportRule)) -> Self {
        let mut rule = testing::transport_rule("T", verdict);
        change(&mut rule);
        self.but(|landscape| list(&mut landscape.exchange.transport_rules, rule))
    }

    /// Adds an anti-spam policy for everybody.
    pub(super) fn filter(self, change: impl FnOnce(&mut ContentFilter)) -> Self {
        let mut filter = ContentFilter {
            spam: SpamAction::Quarantine,
            high_confidence_spam: SpamAction::Quarantine,
            ..testing::content_filter("F")
        };
        change(&mut filter);
        self.but(|landscape| list(&mut landscape.exchange.content_filters, filter))
    }

    /// Adds an outbound spam policy for everybody.
    pub(super) fn outbound(self, auto_forwarding: AutoForwarding, change: impl FnOnce(&mut PolicyScope)) -> Self {
        let mut scope = PolicyScope::default();
        change(&mut scope);
        let policy = OutboundPolicy { name: "O".into(), scope, auto_forwarding };
        self.but(|landscape| list(&mut landscape.exchange.outbound_policies, policy))
    }

    /// Adds a remote domain.
    pub(super) fn remote(self, domain: &str, auto_forward: bool) -> Self {
        let remote = RemoteDomain { domain: domain.into(), auto_forward };
        self.but(|landscape| list(&mut landscape.exchange.remote_domains, remote))
    }

    /// Says whether a domain outside takes mail.
    pub(super) fn exchanger(self, domain: &str, takes_mail: bool) -> Self {
        self.but(|landscape| {
            let fact = if takes_mail { Fact::Present([].into()) } else { Fact::Absent };
            landscape.mail_exchangers.insert(domain.into(), fact);
        })
    }

    /// Says who takes a domain's mail.
    pub(super) fn hosts(self, domain: &str, hosts: &[&str]) -> Self {
        let hosts = hosts.iter().map(|host| (*host).into()).collect();
        self.but(|landscape| drop(landscape.mail_exchangers.insert(domain.into(), Fact::Present(hosts))))
    }

    /// Declares a gateway: for these domains, or all; attested on a day, or never.
    pub(super) fn gateway(mut self, name: &str, domains: &[&str], attested: Option<&str>) -> Self {
        self.declared.gateways.push(GatewayClaim {
            name: name.into(),
            domains: domains.iter().map(|domain| (*domain).into()).collect(),
            attestation: attested.map(|day| Attested { on: day.parse().ok(), by: "nadia".into(), evidence: None }),
        });
        self
    }

    /// Assigns a role in the whole tenant.
    pub(super) fn role(self, role: Uuid, name: &str) -> Self {
        self.assign(role, Principal::Person(id(name)), true)
    }

    pub(super) fn assign(self, role: Uuid, principal: Principal, whole_tenant: bool) -> Self {
        let assignment = Assignment { role, principal, whole_tenant };
        self.but(|landscape| list(&mut landscape.directory.active, assignment))
    }

    pub(super) fn technical(self, addresses: &[&str]) -> Self {
        self.but(|landscape| landscape.organization.technical = values(addresses))
    }

    pub(super) fn privacy(self, addresses: &[&str]) -> Self {
        self.but(|landscape| landscape.organization.privacy_contact = values(addresses))
    }

    pub(super) fn routed(&self) -> Routed {
        answer(&self.landscape, &self.declared)
    }

    pub(super) fn category(&self, category: Category) -> CategoryAnswer {
        self.routed().answer.category(category).unwrap().clone()
    }

    /// What becomes of mail to a name or address.
    pub(super) fn mail(&self, to: &str) -> Node {
        let to = if to.contains('@') { to.into() } else { at(to) };
        let routed = self.clone().technical(&[&to]).routed();
        let nodes = routed.answer.nodes;
        // What is no address has a place as it is written.
        let kinds = [fold(&to), to.to_lowercase().into()].map(NodeKind::Address);
        nodes.into_iter().find(|node| kinds.contains(&node.kind)).unwrap()
    }

    /// Asserts what becomes of mail to a name or address, and the decisive reason: a verdict as `Deliverable`, or an
    /// obstacle's name.
    #[track_caller]
    pub(super) fn expect(self, to: &str, expected: &str) -> Self {
        let node = self.mail(to);
        judged(&node, expected);
        self
    }

    /// The same of mail about passwords: its senders are documented, one in each of two domains.
    #[track_caller]
    pub(super) fn about_passwords(self, to: &str, expected: &str) -> Self {
        let probe = self.clone().account("probe").role(GLOBAL_ADMINISTRATOR, "probe");
        let probe = probe.change("probe", |probe| probe.mail = Fact::Present(at(to))).but(|landscape| {
            let Fact::Present(domains) = &mut landscape.domains else { panic!("no domains") };
            domains.insert("contoso.onmicrosoft.com".into(), Domain { verified: Fact::Present(true), initial: true });
        });
        let answer = probe.routed().answer;
        let chosen = &answer.category(Category::AdminPasswordChanged).unwrap().recipients;
        let ends = chosen.iter().filter_map(|one| answer.node(one.end()?));
        let node = ends.into_iter().find(|node| node.kind == NodeKind::Address(fold(&at(to)))).unwrap();
        judged(node, expected);
        self
    }
}

#[track_caller]
fn judged(node: &Node, expected: &str) {
    let found = match node.blockages.first() {
        Some(Blockage { obstacle, .. }) if node.arrival < Arrival::Deliverable => {
            assert_eq!(obstacle.leaves(), node.arrival, "{obstacle}");
            obstacle.as_str()
        }
        _ => node.arrival.as_str(),
    };
    assert_eq!(found, expected, "{:?}", node.blockages.iter().map(|one| &one.detail).collect::<Vec<_>>());
}

/// A mailbox that nothing is wrong with.
pub(super) fn mailbox(kind: MailboxKind) -> Mailbox {
    Mailbox {
        kind,
        forwarding: Forwarding::default(),
        quota: Fact::Present(100),
        retention_policy: None,
        licensed: if kind == MailboxKind::User { Fact::Present(true) } else { Fact::Present(false) },
        account_disabled: Fact::Present(kind != MailboxKind::User),
    }
}

/// Targets of a rule, by key.
pub(super) fn to(keys: &[&str]) -> Box<[Reference]> {
    keys.iter().map(|key| Reference::from(*key)).collect()
}
