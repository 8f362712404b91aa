//! A small tenant for the tests of rules: `contoso.com`, to which each test adds what its rule looks at.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use tenant_contacts_api::{
    field::Field,
    notice::{Arrival, Category, Reach, Selected},
    obstacle::Obstacle,
    rule::Rule,
    v1alpha1::{AccountRef, MailIntent, MailUse},
};
use uuid::Uuid;

use super::{Judged, judge};
use crate::{
    answer::{Answer, Blockage, CategoryAnswer, Chosen, Declared, Finding, Hop, HopKind, Node, NodeId, NodeKind},
    landscape::{
        Assignment, DomainType, Forwarding, Landscape, LegalProfile, Mailbox, MailboxKind, Person, Principal,
        Recipient, RecipientKey, RecipientKind, Restrictions, fold, testing,
    },
    model::{Domain, Fact, Shared, Unknown},
};

/// The day of the tests.
pub const TODAY: Date = jiff::civil::date(2026, 7, 1);

/// The moment of the tests.
pub const NOW: &str = "2026-07-01T08:00:00Z";

/// The moment of the tests.
pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// A fact that could not be read.
pub fn read_failed<T>() -> Fact<T> {
    Fact::Unknown(Unknown::ReadFailed("the test".into()))
}

/// A tenant, what is declared of it, and the answer about it.
pub struct Scene {
    pub landscape: Landscape,
    pub declared: Declared,
    pub answer: Answer,
}

impl Scene {
    pub fn new() -> Self {
        let mut scene = Self {
            landscape: Landscape::default(),
            declared: Declared { minimum_recipients: 2, ..Declared::default() },
            answer: Answer::default(),
        };
        let domain = |initial| Domain { verified: Fact::Present(true), initial };
        scene.landscape.domains = Fact::Present(BTreeMap::from([
            ("contoso.com".into(), domain(false)),
            ("contoso.onmicrosoft.com".into(), domain(true)),
        ]));
        let directory = &mut scene.landscape.directory;
        directory.people = Fact::Present(Shared::default());
        directory.deleted = Fact::Present(Shared::default());
        directory.active = Fact::Present([].into());
        directory.eligible = Fact::Present([].into());
        let exchange = &mut scene.landscape.exchange;
        exchange.recipients = Fact::Present(Shared::default());
        exchange.accepted_domains = Fact::Present([("contoso.com".into(), DomainType::Authoritative)].into());
        scene
    }

    /// An enabled cloud-only member without mail, named `name@contoso.com`.
    pub fn person(&mut self, name: &str) -> Account<'_> {
        let Fact::Present(people) = &mut self.landscape.directory.people else { unreachable!() };
        let id = Uuid::from_u128(u128::try_from(people.len()).unwrap() + 1);
        let person = Person { display_name: name.into(), ..testing::person(id, &format!("{name}@contoso.com")) };
        people.insert(id, person);
        Account { scene: self, id, name: name.into() }
    }

    pub fn edit(&mut self, id: Uuid, change: impl FnOnce(&mut Person)) {
        let Fact::Present(people) = &mut self.landscape.directory.people else { unreachable!() };
        change(people.get_mut(&id).unwrap());
    }

    pub fn edit_mailbox(&mut self, id: Uuid, change: impl FnOnce(&mut Mailbox)) {
        let Fact::Present(recipients) = &mut self.landscape.exchange.recipients else { unreachable!() };
        let recipient = recipients.values_mut().find(|one| one.directory_id == Some(id)).unwrap();
        let RecipientKind::Mailbox(mailbox) = &mut recipient.kind else { unreachable!() };
        change(mailbox);
    }

    pub fn protect(&mut self, name: &str) {
        self.declared
            .protected
            .push(AccountRef { user_principal_name: format!("{name}@contoso.com"), object_id: None });
    }

    pub fn declare_mail(&mut self, name: &str, intent: MailIntent) {
        let contact = self.declared.contacts.entry(format!("{name}@contoso.com").into()).or_default();
        let alternate_path = (intent == MailIntent::NotMailEnabled).then(|| "the on-call mailbox".into());
        contact.mail = Some(MailUse { intent, alternate_path });
    }

    pub fn assign(&mut self, assignment: Assignment) {
        let Fact::Present(active) = &mut self.landscape.directory.active else { unreachable!() };
        *active = active.iter().cloned().chain([assignment]).collect();
    }

    /// A group that holds a role, and whose members were not read.
    pub fn group_role(&mut self, role: Uuid) -> Uuid {
        let id = Uuid::from_u128(0xffff);
        self.assign(Assignment {
            role,
            principal: Principal::Group { id, display_name: "Operators".into() },
            whole_tenant: true,
        });
        id
    }

    fn recipient(&mut self, name: &str, directory_id: Option<Uuid>, kind: RecipientKind) {
        let Fact::Present(recipients) = &mut self.landscape.exchange.recipients else { unreachable!() };
        let address: Box<str> = format!("{name}@contoso.com").into();
        let key: RecipientKey = name.into();
        recipients.insert(
            key.clone(),
            Recipient {
                key,
                directory_id,
                display_name: name.into(),
                addresses: [format!("SMTP:{address}").into()].into(),
                primary: Some(address),
                kind,
                restrictions: Restrictions::default(),
                synchronised: Some(false),
            },
        );
    }

    pub fn list(&mut self, name: &str, members: &[&str]) {
        self.recipient(name, None, RecipientKind::List { dynamic: false });
        let members = members.iter().map(|member| (*member).into()).collect();
        self.landscape.exchange.members.insert(name.into(), Fact::Present(members));
    }

    pub fn partner(&mut self, primary_contact: &str) {
        self.landscape.partner.legal = Fact::Present(LegalProfile {
            primary_contact: Fact::Present(primary_contact.into()),
            primary_contact_name: Fact::Absent,
            company_approver: Fact::Absent,
            vetting_status: Fact::Absent,
        });
    }

    /// The node of a kind, which is added where it is new.
    pub fn node_of(&mut self, kind: NodeKind) -> NodeId {
        if let Some(place) = self.answer.nodes.iter().position(|node| node.kind == kind) {
            return NodeId::of(place).unwrap();
        }
        let label: Box<str> = match &kind {
            NodeKind::Field(name) => (*name).into(),
            NodeKind::Address(text)
            | NodeKind::Gateway(text)
            | NodeKind::Outside(text)
            | NodeKind::BillingRole(text) => text.clone(),
            NodeKind::Mailbox(key) | NodeKind::List(key) | NodeKind::UnifiedGroup(key) | NodeKind::Forwarder(key) => {
                key.clone()
            }
            NodeKind::Role(id)
            | NodeKind::Group(id)
            | NodeKind::ServicePrincipal(id)
            | NodeKind::Account(id)
            | NodeKind::NoAddress(id)
            | NodeKind::Person(id) => id.to_string().into(),
        };
        self.answer.nodes.push(Node {
            kind,
            label,
            address: None,
            hops: Vec::new(),
            arrival: Arrival::Deliverable,
            blockages: Vec::new(),
            inherited: [].into(),
            unfollowed: [].into(),
            notices: [].into(),
        });
        NodeId::of(self.answer.nodes.len() - 1).unwrap()
    }

    pub fn address_node(&mut self, address: &str) -> NodeId {
        self.node_of(NodeKind::Address(fold(address)))
    }

    pub fn field(&mut self, name: &'static str) -> NodeId {
        self.node_of(NodeKind::Field(name))
    }

    /// The node of the account of this name, or of one that the landscape does not have.
    pub fn account_node(&mut self, name: &str) -> NodeId {
        let upn = format!("{name}@contoso.com");
        let people = self.landscape.directory.people.present().unwrap();
        let id = people.values().find(|person| *person.user_principal_name == *upn).map(|person| person.id);
        self.node_of(NodeKind::Account(id.unwrap_or_else(|| Uuid::from_u128(name.bytes().map(u128::from).sum()))))
    }

    pub fn blocked(&mut self, at: NodeId, arrival: Arrival, obstacle: Obstacle) {
        let node = &mut self.answer.nodes[at.index()];
        node.arrival = arrival;
        node.blockages.push(Blockage::new(obstacle, "as the test says"));
    }

    pub fn hop(&mut self, from: NodeId, to: NodeId, kind: HopKind) {
        self.answer.nodes[from.index()].hops.push(Hop { to, kind, blockage: None });
    }

    fn category(&mut self, category: Category) -> &mut CategoryAnswer {
        if self.answer.category(category).is_none() {
            self.answer.categories.push(CategoryAnswer {
                category,
                sources: Vec::new(),
                recipients: Vec::new(),
                certain: Vec::new(),
                possible: Vec::new(),
                reach: Reach::SeveralPeople,
                notes: Vec::new(),
            });
        }
        let place = self.answer.categories.iter().position(|answer| answer.category == category).unwrap();
        let answer = &mut self.answer.categories[place];
        if answer.certain.is_empty() {
            // Enough people that only tests about them find too few.
            answer.certain = (1000..1005).map(|place| NodeId::of(place).unwrap()).collect();
        }
        answer
    }

    pub fn chosen(&mut self, category: Category, path: Vec<NodeId>, selected: Selected) {
        let arrival = self.answer.node(*path.last().unwrap()).unwrap().arrival;
        let chosen = Chosen { path, selected, unselected: None, arrival, verdict: Chosen::joined(selected, arrival) };
        self.category(category).recipients.push(chosen);
    }

    pub fn reach(&mut self, category: Category, reach: Reach) {
        self.category(category).reach = reach;
    }

    pub fn people(&mut self, category: Category, certain: &[NodeId], possible: &[NodeId]) {
        let answer = self.category(category);
        (answer.certain, answer.possible) = (certain.into(), possible.into());
    }

    pub fn judge(&self) -> Judged {
        judge(&self.landscape, &self.declared, &self.answer, TODAY, now())
    }

    pub fn findings(&self, rule: Rule) -> Vec<Finding> {
        self.judge().findings.into_iter().filter(|finding| finding.rule == rule).collect()
    }

    /// Names of the subjects that a rule finds something about, in the order of findings.
    pub fn subjects(&self, rule: Rule) -> Vec<String> {
        self.findings(rule).iter().map(|finding| finding.subject.name().to_owned()).collect()
    }
}

/// An account that is being described.
pub struct Account<'s> {
    scene: &'s mut Scene,
    id: Uuid,
    name: String,
}

impl Account<'_> {
    pub fn id(&self) -> Uuid {
        self.id
    }

    fn edited(self, change: impl FnOnce(&mut Person)) -> Self {
        self.scene.edit(self.id, change);
        self
    }

    /// With the address `name@contoso.com`.
    pub fn mail(self) -> Self {
        let address: Box<str> = format!("{}@contoso.com", self.name).into();
        self.edited(|person| person.mail = Fact::Present(address))
    }

    pub fn alternates(self, addresses: &[&str]) -> Self {
        let addresses = addresses.iter().map(|address| Box::<str>::from(*address)).collect();
        self.edited(|person| {
            person.put(Field::AlternateEmails, Fact::of_values(addresses));
        })
    }

    pub fn disabled(self) -> Self {
        self.edited(|person| person.enabled = Fact::Present(false))
    }

    pub fn synchronised(self) -> Self {
        self.edited(|person| person.synchronised = Fact::Present(true))
    }

    pub fn deleted(self) {
        let directory = &mut self.scene.landscape.directory;
        let (Fact::Present(people), Fact::Present(deleted)) = (&mut directory.people, &mut directory.deleted) else {
            unreachable!()
        };
        deleted.extend(people.remove(&self.id).map(|person| (self.id, person)));
    }

    pub fn role(self, role: Uuid) -> Self {
        let principal = Principal::Person(self.id);
        self.scene.assign(Assignment { role, principal, whole_tenant: true });
        self
    }

    pub fn eligible(self, role: Uuid) -> Self {
        let assignment = Assignment { role, principal: Principal::Person(self.id), whole_tenant: true };
        let Fact::Present(eligible) = &mut self.scene.landscape.directory.eligible else { unreachable!() };
        *eligible = eligible.iter().cloned().chain([assignment]).collect();
        self
    }

    pub fn mailbox(self, kind: MailboxKind) -> Self {
        let (name, id) = (self.name.clone(), self.id);
        self.scene.mailbox_of(&name, id, kind);
        self
    }
}

impl Scene {
    /// The mailbox `name@contoso.com` of an account.
    pub fn mailbox_of(&mut self, name: &str, id: Uuid, kind: MailboxKind) {
        let mailbox = Mailbox {
            kind,
            forwarding: Forwarding::default(),
            quota: Fact::Absent,
            retention_policy: None,
            licensed: Fact::Absent,
            account_disabled: Fact::Absent,
        };
        self.recipient(name, Some(id), RecipientKind::Mailbox(mailbox));
    }
}
