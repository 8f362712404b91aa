//! Answers made by hand: Contoso with one of everything, a large tenant, and names that attack.

use jiff::civil::date;
use tenant_contacts_api::{
    notice::{Arrival, Category, Confidence, Reach, Selected},
    obstacle::Obstacle,
    rule::Rule,
};
use tenant_contacts_core::{
    answer::{
        Answer, Blockage, CategoryAnswer, Chosen, Exception, Finding, Gap, Hop, HopKind, Node, NodeId, NodeKind,
        Source, Subject,
    },
    landscape::{TraceStatus, Traced},
    model::Unknown,
};
use uuid::Uuid;

/// A text that every form has to make harmless: markup, a turned name, an escape sequence, a table cell, an entity.
pub const HOSTILE: &str = "<script>alert(1)</script>\u{202e}\u{1b}[31m \"'></text></svg><img src=x onerror=alert(2)> | `x` ](javascript:x) ]]>";

/// Grows an answer node by node.
pub struct Scene {
    pub answer: Answer,
}

impl Scene {
    /// An empty tenant, in which every category is answered by nobody yet.
    pub fn new(name: &str) -> Self {
        let answer = Answer {
            tenant: Uuid::from_u128(0x7e57),
            display_name: Some(name.into()),
            read_at: Some("2026-10-05T08:30:00Z".parse().unwrap()),
            ..Answer::default()
        };
        Self { answer }
    }

    /// Adds a place. Its arrival is given: nothing is computed here.
    pub fn node(&mut self, kind: NodeKind, label: &str, address: Option<&str>, arrival: Arrival) -> NodeId {
        let id = NodeId::of(self.answer.nodes.len()).unwrap();
        let (label, address) = (label.into(), address.map(Into::into));
        self.answer.nodes.push(Node {
            kind,
            label,
            address,
            hops: Vec::new(),
            arrival,
            blockages: Vec::new(),
            inherited: [].into(),
            unfollowed: [].into(),
            notices: [].into(),
        });
        id
    }

    pub fn hop(&mut self, from: NodeId, kind: HopKind, to: NodeId) {
        self.answer.nodes[from.index()].hops.push(Hop { to, kind, blockage: None });
    }

    pub fn blocked_hop(&mut self, from: NodeId, kind: HopKind, to: NodeId, blockage: Blockage) {
        self.answer.nodes[from.index()].hops.push(Hop { to, kind, blockage: Some(blockage) });
    }

    pub fn block(&mut self, node: NodeId, blockage: Blockage) {
        self.answer.nodes[node.index()].blockages.push(blockage);
    }

    pub fn role(&mut self, name: &str, arrival: Arrival) -> NodeId {
        let id = Uuid::from_u128(u128::from(u32::try_from(self.answer.nodes.len()).unwrap()) + 1000);
        self.node(NodeKind::Role(id), name, None, arrival)
    }

    pub fn field(&mut self, name: &'static str, arrival: Arrival) -> NodeId {
        self.node(NodeKind::Field(name), name, None, arrival)
    }

    /// An account with address, mailbox and a person who reads it. Gives account, address, mailbox, person.
    pub fn person(&mut self, name: &str, address: &str) -> [NodeId; 4] {
        let number = u128::try_from(self.answer.nodes.len()).unwrap();
        let (id, yes) = (Uuid::from_u128(number), Arrival::Deliverable);
        let account = self.node(NodeKind::Account(id), name, Some(address), yes);
        let to = self.node(NodeKind::Address(address.into()), address, None, yes);
        let mailbox = self.node(NodeKind::Mailbox(address.into()), name, Some(address), yes);
        let reader = self.node(NodeKind::Person(id), name, Some(address), yes);
        self.hop(account, HopKind::SentTo, to);
        self.hop(to, HopKind::Resolves, mailbox);
        self.hop(mailbox, HopKind::Reads, reader);
        [account, to, mailbox, reader]
    }

    /// An account whose mail does not arrive, with the mailbox that does not take it.
    pub fn lost(&mut self, name: &str, address: &str, obstacle: Obstacle, detail: &str) -> [NodeId; 2] {
        let (id, no) = (Uuid::from_u128(u128::try_from(self.answer.nodes.len()).unwrap()), obstacle.leaves());
        let account = self.node(NodeKind::Account(id), name, Some(address), no);
        let to = self.node(NodeKind::Address(address.into()), address, None, no);
        let mailbox = self.node(NodeKind::Mailbox(address.into()), name, Some(address), no);
        self.hop(account, HopKind::SentTo, to);
        self.hop(to, HopKind::Resolves, mailbox);
        self.block(mailbox, Blockage::new(obstacle, detail));
        [account, to]
    }

    pub fn category(&mut self, category: Category, reach: Reach, recipients: Vec<Chosen>, certain: &[NodeId]) {
        let source = Source {
            says: "the organization's addresses for this purpose, and administrators by role",
            by: "Manage contacts for service communication",
            confidence: Confidence::Documented,
        };
        self.answer.categories.push(CategoryAnswer {
            category,
            sources: vec![source],
            recipients,
            certain: certain.to_vec(),
            possible: Vec::new(),
            reach,
            notes: Vec::new(),
        });
    }

    pub fn chosen(&self, path: &[NodeId]) -> Chosen {
        let arrival = self.answer.node(*path.last().unwrap()).unwrap().arrival;
        Chosen { path: path.to_vec(), selected: Selected::Yes, unselected: None, arrival, verdict: arrival }
    }

    pub fn find(&mut self, rule: Rule, subject: Subject, message: &str, category: Option<Category>) {
        let (severity, message) = (rule.severity(), message.to_owned());
        self.answer.findings.push(Finding { rule, severity, subject, message, category, excepted: None });
        self.answer.findings.sort_by_key(|one| (std::cmp::Reverse(one.severity), one.rule));
    }
}

fn account(name: &str) -> Subject {
    Subject::Account { id: Uuid::from_u128(77), name: name.into() }
}

/// Contoso: something of everything.
pub fn contoso() -> Answer {
    named("Contoso Ltd", "Anna Adams")
}

/// The same with hostile names wherever a name can be.
pub fn hostile() -> Answer {
    let mut answer = named(HOSTILE, HOSTILE);
    for node in &mut answer.nodes {
        node.label = format!("{HOSTILE}{}", node.label).into();
        node.address = Some(HOSTILE.into());
        let words = node.blockages.iter_mut().chain(node.hops.iter_mut().filter_map(|hop| hop.blockage.as_mut()));
        words.for_each(|blockage| blockage.detail = HOSTILE.into());
    }
    for finding in &mut answer.findings {
        HOSTILE.clone_into(&mut finding.message);
        finding.subject = account(HOSTILE);
    }
    for category in &mut answer.categories {
        category.notes.push(HOSTILE.to_owned());
    }
    for gap in &mut answer.gaps {
        gap.what = HOSTILE.into();
    }
    answer
}

fn named(tenant: &str, first: &str) -> Answer {
    let (yes, no, unknown) = (Arrival::Deliverable, Arrival::Undeliverable, Arrival::Unknown);
    let mut scene = Scene::new(tenant);
    let [anna, anna_mail, _, anna_reads] = scene.person(first, "anna.adams@contoso.com");
    let [_, bob_mail, bob_box, bob_reads] = scene.person("Bob Brown", "bob.brown@contoso.com");
    let [_, carol_mail, _, carol_reads] = scene.person("Carol Cole", "carol.cole@contoso.com");
    let admins = scene.role("Global Administrator", yes);
    scene.hop(admins, HopKind::Holds, anna);

    // What Bob was sent of late: one notice arrived, and one did not.
    let traced = |sender, status, at: &str| Traced { sender, status, received: at.parse().unwrap() };
    let seen = vec![
        traced("maccount@microsoft.com", TraceStatus::Delivered, "2026-10-04T07:00:00Z"),
        traced("microsoft-noreply@microsoft.com", TraceStatus::Quarantined, "2026-10-01T07:00:00Z"),
    ];
    scene.answer.evidence = [(bob_mail, seen.clone()), (bob_box, seen)].into();

    // Anna's private alternate address.
    let alternate = scene.node(NodeKind::Address("anna.a@gmail.com".into()), "anna.a@gmail.com", None, unknown);
    let outside = scene.node(NodeKind::Outside("anna.a@gmail.com".into()), "anna.a@gmail.com", None, unknown);
    scene.hop(anna, HopKind::SentTo, alternate);
    scene.hop(alternate, HopKind::Resolves, outside);
    scene.block(alternate, Blockage::new(Obstacle::PersonalAddress, "anna.a@gmail.com is at a free-mail service"));

    // Requests to reset a password: eligible only, and nobody else.
    let helpdesk = scene.role("Helpdesk Administrator", no);
    let [dora, dora_mail] =
        scene.lost("Dora Dean", "dora.dean@contoso.com", Obstacle::NoLicence, "licence removed on 2026-09-30");
    let [emil, emil_mail] =
        scene.lost("Emil Ernst", "emil.ernst@contoso.com", Obstacle::DisabledOwner, "the account is disabled");
    scene.hop(helpdesk, HopKind::Holds, dora);
    scene.hop(helpdesk, HopKind::Holds, emil);
    let resets = vec![scene.chosen(&[helpdesk, dora, dora_mail]), scene.chosen(&[helpdesk, emil, emil_mail])];
    scene.category(Category::PasswordResetRequest, Reach::Nobody, resets, &[]);
    scene.answer.categories[0]
        .notes
        .push("Two holders of Helpdesk Administrator take 3 others out of the loop.".into());

    scene.category(Category::UserPasswordReset, Reach::NotApplicable, Vec::new(), &[]);
    scene.answer.categories[1].notes.push("goes to each user".into());

    let own = scene.chosen(&[admins, anna, anna_mail]);
    scene.category(Category::AdminPasswordChanged, Reach::OnePerson, vec![own.clone()], &[anna_reads]);

    // Technical notices: a list with a list in it, and one of its members forwards outside.
    let technical = scene.field("technicalNotificationMails", yes);
    let noc = scene.node(NodeKind::Address("noc@contoso.com".into()), "noc@contoso.com", None, yes);
    let list = scene.node(NodeKind::List("noc".into()), "Network Operations", Some("noc@contoso.com"), yes);
    let night = scene.node(NodeKind::List("night".into()), "Night Shift", Some("night@contoso.com"), no);
    scene.hop(technical, HopKind::SentTo, noc);
    scene.hop(noc, HopKind::Resolves, list);
    scene.hop(list, HopKind::Expands, bob_box);
    scene.hop(list, HopKind::Expands, night);
    let carol_box = NodeId::of(carol_mail.index() + 1).unwrap();
    scene.hop(list, HopKind::Expands, carol_box);
    scene.block(night, Blockage::new(Obstacle::EmptyList, "the list has no members"));
    let old = scene.node(NodeKind::Address("it@contoso.example".into()), "it@contoso.example", None, no);
    scene.hop(technical, HopKind::SentTo, old);
    scene.block(old, Blockage::new(Obstacle::UnverifiedDomain, "contoso.example is not verified"));
    let recipients = vec![scene.chosen(&[technical, old]), scene.chosen(&[technical, noc])];
    scene.category(Category::ServiceAndTechnical, Reach::SeveralPeople, recipients, &[bob_reads, carol_reads]);

    // Security: a list that refuses mail from outside.
    let security = scene.field("securityComplianceNotificationMails", no);
    let secops = scene.node(NodeKind::Address("secops@contoso.com".into()), "secops@contoso.com", None, no);
    let sec_list = scene.node(NodeKind::List("secops".into()), "Security Operations", Some("secops@contoso.com"), no);
    scene.hop(security, HopKind::SentTo, secops);
    scene.hop(secops, HopKind::Resolves, sec_list);
    scene.hop(sec_list, HopKind::Expands, bob_box);
    scene
        .block(sec_list, Blockage::new(Obstacle::RefusesExternalSenders, "RequireSenderAuthenticationEnabled is true"));
    let recipients = vec![scene.chosen(&[security, secops])];
    scene.category(Category::SecurityAndCompliance, Reach::Nobody, recipients, &[]);

    // Privacy: an address outside.
    let privacy = scene.field("privacyProfile.contactEmail", unknown);
    let dpo = scene.node(NodeKind::Address("dpo@lawfirm.example".into()), "dpo@lawfirm.example", None, unknown);
    let firm = scene.node(NodeKind::Outside("dpo@lawfirm.example".into()), "dpo@lawfirm.example", None, unknown);
    scene.hop(privacy, HopKind::SentTo, dpo);
    scene.hop(dpo, HopKind::Resolves, firm);
    scene.block(dpo, Blockage::new(Obstacle::OutsideAddress, "lawfirm.example is another organization's"));
    let recipients = vec![scene.chosen(&[privacy, dpo])];
    scene.category(Category::Privacy, Reach::Unknown, recipients, &[]);

    // Marketing: a mailbox that forwards outside, where the policy stops it.
    let marketing = scene.field("marketingNotificationEmails", no);
    let news = scene.node(NodeKind::Address("news@contoso.com".into()), "news@contoso.com", None, no);
    let news_box = scene.node(NodeKind::Mailbox("news".into()), "Newsletter", Some("news@contoso.com"), no);
    let agency = scene.node(NodeKind::Outside("inbox@agency.example".into()), "inbox@agency.example", None, unknown);
    scene.hop(marketing, HopKind::SentTo, news);
    scene.hop(news, HopKind::Resolves, news_box);
    let bounced =
        Blockage::new(Obstacle::ForwardBouncedByOutboundPolicy, "policy Default has automatic forwarding off");
    scene.blocked_hop(news_box, HopKind::Forwards, agency, bounced);
    scene
        .block(news_box, Blockage::new(Obstacle::DrainedByForwarding, "all mail is forwarded to inbox@agency.example"));
    let recipients = vec![scene.chosen(&[marketing, news])];
    scene.category(Category::Marketing, Reach::Nobody, recipients, &[]);

    // Billing: one by role, two more of whom it is not known.
    let billing = scene.role("Billing Administrator", yes);
    let carol = NodeId::of(carol_mail.index() - 1).unwrap();
    scene.hop(billing, HopKind::Holds, carol);
    let mut eligible = scene.chosen(&[billing, carol, carol_mail]);
    eligible.selected = Selected::No;
    eligible.unselected = Some(Blockage::new(Obstacle::EligibleOnly, "eligible through PIM, not activated"));
    eligible.verdict = no;
    let recipients = vec![eligible, scene.chosen(&[admins, anna, alternate]), own.clone()];
    scene.category(Category::Billing, Reach::OnePerson, recipients, &[anna_reads]);

    let gap = Unknown::PermissionMissing("PartnerCenter".into());
    let profile = scene.field("primaryContact", unknown);
    scene.block(profile, Blockage::unread("the legal profile", &gap));
    let recipients = vec![scene.chosen(&[profile])];
    scene.category(Category::PartnerVerification, Reach::Unknown, recipients, &[]);
    let both = vec![own, scene.chosen(&[technical, bob_mail])];
    scene.category(Category::PartnerAccount, Reach::SeveralPeople, both, &[anna_reads, bob_reads]);
    scene.category(Category::PartnerBilling, Reach::NotApplicable, Vec::new(), &[]);

    findings(&mut scene);
    scene.answer.gaps = vec![
        Gap { what: "the partner's legal profile".into(), why: gap, tells: "Who is asked to verify the partner." },
        Gap {
            what: "inbox rules of 2 mailboxes".into(),
            why: Unknown::ReadFailed("Get-InboxRule".into()),
            tells: "Whether a rule takes notices away.",
        },
    ];
    scene.answer
}

fn findings(scene: &mut Scene) {
    let resets = Some(Category::PasswordResetRequest);
    scene.find(
        Rule::NobodyAnswersResets,
        Subject::Category(Category::PasswordResetRequest),
        "Nobody would receive a request to reset a password.",
        resets,
    );
    scene.find(
        Rule::NobodyBehindCategory,
        Subject::Category(Category::SecurityAndCompliance),
        "Nobody would really receive security and compliance notices.",
        Some(Category::SecurityAndCompliance),
    );
    scene.find(
        Rule::ListRefusesExternalSenders,
        Subject::Recipient { name: "secops@contoso.com".into() },
        "secops@contoso.com takes mail from inside only, and security notices go to it.",
        Some(Category::SecurityAndCompliance),
    );
    let address = Subject::Address { field: "otherMails".into(), address: "anna.a@gmail.com".into() };
    scene.find(
        Rule::PrivateAlternateGetsInvoices,
        address,
        "Anna Adams gets billing notices at anna.a@gmail.com, which is private.",
        Some(Category::Billing),
    );
    scene.find(
        Rule::DisabledRoleHolder,
        account("emil.ernst@contoso.com"),
        "emil.ernst@contoso.com is disabled and holds Helpdesk Administrator.",
        None,
    );
    scene.find(
        Rule::EligibleOnlyHolder,
        account("carol.cole@contoso.com"),
        "carol.cole@contoso.com is only eligible for Billing Administrator.",
        None,
    );
    scene.find(
        Rule::GlobalAdministratorWithoutAlternate,
        account("breakglass@contoso.onmicrosoft.com"),
        "breakglass@contoso.onmicrosoft.com has no alternate email.",
        None,
    );
    let excepted = Exception {
        subject: "breakglass@contoso.onmicrosoft.com".into(),
        owner: "Dora Dean".into(),
        reason: "break-glass account, kept in a safe".into(),
        until: date(2027, 3, 31),
    };
    let last = scene.answer.findings.iter_mut().find(|one| one.rule == Rule::GlobalAdministratorWithoutAlternate);
    last.unwrap().excepted = Some(excepted);
}

/// A tenant with so many administrators, every tenth of them without a licence, all of them told of billing.
pub fn large(administrators: usize) -> Answer {
    let mut scene = Scene::new("Fabrikam Worldwide");
    let role = scene.role("Billing Administrator", Arrival::Deliverable);
    let (mut recipients, mut certain) = (Vec::new(), Vec::new());
    for number in 0..administrators {
        let (name, address) = (format!("Administrator {number:04}"), format!("admin{number:04}@fabrikam.example"));
        if number % 10 == 0 {
            let [account, to] = scene.lost(&name, &address, Obstacle::NoLicence, "no licence");
            scene.hop(role, HopKind::Holds, account);
            recipients.push(scene.chosen(&[role, account, to]));
        } else {
            let [account, to, _, reader] = scene.person(&name, &address);
            scene.hop(role, HopKind::Holds, account);
            recipients.push(scene.chosen(&[role, account, to]));
            certain.push(reader);
        }
    }
    for category in Category::ALL {
        match category {
            Category::Billing | Category::PartnerBilling => {
                scene.category(*category, Reach::SeveralPeople, recipients.clone(), &certain);
            }
            _ => scene.category(*category, Reach::NotApplicable, Vec::new(), &[]),
        }
    }
    scene.answer
}
