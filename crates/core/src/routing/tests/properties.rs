//! What must hold in any tenant, however odd.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use tenant_contacts_api::{
    field::Field,
    notice::{Arrival, Reach},
};

use crate::{
    answer::{Answer, NodeKind},
    landscape::{
        AutoForwarding, ContentFilter, InboxRule, InboxRules, Landscape, LegalProfile, MailboxKind, Principal,
        RecipientKind, Reference, SpamAction, TraceStatus, Traced, Traces, TransportRule, TransportVerdict,
    },
    model::{Fact, role},
    routing::{
        NOTICE_SENDERS, Routed, routed,
        testing::{DOMAIN, Scene, at, id, keys, mailbox, missing},
    },
};

const NAMES: [&str; 12] = ["ann", "bob", "eve", "kim", "desk", "shop", "ops", "staff", "inner", "team", "ext", "ms"];

const STATUSES: [TraceStatus; 6] = [
    TraceStatus::Other,
    TraceStatus::Delivered,
    TraceStatus::Expanded,
    TraceStatus::FilteredAsSpam,
    TraceStatus::Quarantined,
    TraceStatus::Failed,
];

/// Numbers that a tenant is made of. Where they end, nothing more is odd.
struct Dice(std::vec::IntoIter<u16>);

impl Dice {
    fn roll(&mut self, sides: u16) -> usize {
        usize::from(self.0.next().unwrap_or(0) % sides)
    }

    /// True now and then.
    fn rarely(&mut self) -> bool {
        self.roll(6) == 5
    }

    fn name(&mut self) -> &'static str {
        NAMES[self.roll(12)]
    }

    fn names(&mut self, most: u16) -> Vec<&'static str> {
        let count = self.roll(most + 1);
        (0..count).map(|_| self.name()).collect()
    }

    fn target(&mut self) -> Reference {
        match self.roll(8) {
            6 => Reference::Address("x@gmail.com".into()),
            7 => Reference::Unreadable,
            5 => Reference::Address(at(self.name())),
            _ => Reference::Recipient(self.name().into()),
        }
    }

    fn senders(&mut self) -> Box<[Reference]> {
        match self.roll(4) {
            0 => keys(&["boss@contoso.com"]),
            1 => keys(&["maccount@microsoft.com"]),
            _ => [].into(),
        }
    }
}

fn tenant(numbers: Vec<u16>) -> Scene {
    let mut dice = Dice(numbers.into_iter());
    let mut scene = Scene::new().exchanger("gmail.com", true).exchanger("microsoft.com", true);
    for name in ["ann", "bob", "eve", "kim"] {
        scene = scene.person(name);
        if dice.rarely() {
            scene = scene.disabled(name);
        }
        if dice.rarely() {
            scene = scene.mailbox(name, |one| one.licensed = Fact::Present(false));
        }
        if dice.rarely() {
            scene = scene.change(name, |one| one.exchange_plan = Fact::Present(false));
        }
        if dice.rarely() {
            scene = scene.alternates(name, &["x@gmail.com", "eve@contoso.com"]);
        }
        if dice.rarely() {
            scene = scene.change(name, |one| one.mail = Fact::Absent);
        }
    }
    for name in ["desk", "shop"] {
        let readers = dice.names(2);
        scene = scene.shared(name, &readers);
        if dice.rarely() {
            scene = scene.mailbox(name, |one| one.kind = MailboxKind::Resource);
        }
    }
    for name in ["ops", "staff", "inner"] {
        let members = dice.names(3);
        scene = scene.list(name, &members);
    }
    let members = dice.names(2);
    scene = scene.group("team", &members).contact("ext", "x@gmail.com").contact("ms", "maccount@microsoft.com");
    for name in NAMES {
        let (authenticated, moderated, accept, reject) = (dice.rarely(), dice.rarely(), dice.rarely(), dice.rarely());
        let (accept, reject) =
            (if accept { dice.names(2) } else { vec![] }, if reject { dice.names(2) } else { vec![] });
        scene = scene.with(name, |one| {
            one.restrictions.authenticated_only = authenticated;
            one.restrictions.moderated = moderated;
            one.restrictions.accept_only_from = keys(&accept);
            one.restrictions.reject_from = keys(&reject);
        });
    }
    for name in ["ann", "bob", "eve", "kim", "desk", "shop"] {
        match dice.roll(6) {
            5 => scene = scene.forwards(name, dice.name(), dice.rarely()),
            4 => scene = scene.forwards_smtp(name, ["x@gmail.com", "eve@contoso.com"][dice.roll(2)], dice.rarely()),
            _ => {}
        }
        if dice.rarely() {
            scene = scene.but(|l| {
                l.exchange.sizes.insert(name.into(), Fact::Present(200));
            });
        }
        while dice.rarely() {
            let rule = inbox_rule(&mut dice);
            scene = scene.rule(name, |one| *one = rule);
        }
    }
    while dice.roll(3) == 2 {
        let rule = transport_rule(&mut dice);
        scene = scene.transport(TransportVerdict::Delete, |one| *one = rule);
    }
    if dice.rarely() {
        let blocks = dice.rarely();
        scene = scene.filter(|one: &mut ContentFilter| {
            one.scope.recipients = keys(&["bob", "desk"]);
            one.scope.other_exceptions = blocks;
            one.spam = SpamAction::Junk;
            one.blocked_senders = keys(&["maccount@microsoft.com"]);
        });
        scene = scene.filter(|one| one.spam = if blocks { SpamAction::Deliver } else { SpamAction::Quarantine });
    }
    if dice.rarely() {
        let mode = [AutoForwarding::On, AutoForwarding::Off, AutoForwarding::Automatic][dice.roll(3)];
        let of = dice.name();
        scene = scene.outbound(mode, |scope| scope.members_of = keys(&[of])).outbound(AutoForwarding::Off, |_| {});
    }
    for role in [
        role::GLOBAL_ADMINISTRATOR,
        role::HELPDESK_ADMINISTRATOR,
        role::USER_ADMINISTRATOR,
        role::BILLING_ADMINISTRATOR,
    ] {
        for name in ["ann", "bob", "eve", "kim"] {
            match dice.roll(8) {
                7 => scene = scene.role(role, name),
                6 => scene = scene.assign(role, Principal::Person(id(name)), false),
                5 => {
                    let group = Principal::Group { id: id("roles"), display_name: "Roles".into() };
                    scene = scene.assign(role, group, true);
                }
                _ => {}
            }
        }
    }
    let members: std::collections::BTreeSet<_> = dice.names(3).into_iter().map(id).collect();
    scene = scene.but(|l| drop(l.directory.group_members.insert(id("roles"), Fact::Present(members))));
    if dice.rarely() {
        let legal = LegalProfile {
            primary_contact: Fact::Present(at(dice.name())),
            primary_contact_name: Fact::Absent,
            company_approver: Fact::Absent,
            vetting_status: Fact::Absent,
        };
        scene = scene.but(|l| l.partner.legal = Fact::Present(legal));
    }
    if dice.rarely() {
        scene = scene.privacy(&[&at(dice.name())]);
    }
    if dice.rarely() {
        let inside = "contoso-com.mail.protection.outlook.com";
        scene = scene.hosts(DOMAIN, &["mx.gateway.example", inside][..=dice.roll(2)]);
    }
    if dice.rarely() {
        scene = scene.gateway("Mailwall", &[], [None, Some("2026-11-01"), Some("2026-01-01")][dice.roll(3)]);
    }
    let all: Vec<_> = NAMES.iter().map(|name| at(name)).chain([at("none"), "x@gmail.com".into()]).collect();
    scene.technical(&all.iter().map(|one| &**one).collect::<Vec<_>>())
}

fn inbox_rule(dice: &mut Dice) -> InboxRule {
    InboxRule {
        name: "R".into(),
        hidden: dice.rarely(),
        from: dice.senders(),
        except_from: if dice.rarely() { dice.senders() } else { [].into() },
        other_conditions: dice.rarely(),
        forward_to: if dice.rarely() { [dice.target()].into() } else { [].into() },
        redirect_to: if dice.rarely() { [dice.target()].into() } else { [].into() },
        deletes: dice.rarely(),
        moves_to: dice.rarely().then(|| if dice.rarely() { "Junk Email".into() } else { "Other".into() }),
        stops: dice.rarely(),
    }
}

fn transport_rule(dice: &mut Dice) -> TransportRule {
    let targets = |dice: &mut Dice| (0..=dice.roll(2)).map(|_| dice.target()).collect();
    let verdict = match dice.roll(7) {
        0 => TransportVerdict::Redirect(targets(dice)),
        1 => TransportVerdict::AlsoTo(targets(dice)),
        2 => TransportVerdict::Delete,
        3 => TransportVerdict::Moderate,
        4 => TransportVerdict::SetScl(9),
        5 => TransportVerdict::SetScl(-1),
        _ => TransportVerdict::Quarantine,
    };
    TransportRule {
        name: "T".into(),
        enforced: !dice.rarely(),
        from_outside: None,
        from: dice.senders(),
        sender_domains: [].into(),
        sent_to: keys(&dice.names(2)),
        sent_to_members_of: if dice.rarely() { keys(&dice.names(1)) } else { [].into() },
        recipient_domains: [].into(),
        to_inside: None,
        from_members_of: [].into(),
        except_from: [].into(),
        except_from_members_of: [].into(),
        except_sender_domains: [].into(),
        except_sent_to_members_of: [].into(),
        except_recipient_domains: [].into(),
        except_sent_to: keys(&dice.names(1)),
        other_conditions: dice.rarely(),
        verdicts: [verdict].into(),
        stops: dice.rarely(),
    }
}

/// Makes one fact unknown.
type Mask = Box<dyn Fn(&mut Landscape)>;

/// Every fact of a tenant that may be unknown, as what makes it so.
fn masks(landscape: &Landscape) -> Vec<(String, Mask)> {
    let mut found: Vec<(String, Mask)> = Vec::new();
    macro_rules! mask {
        ($($field:ident).+) => {
            found.push((stringify!($($field).+).into(), Box::new(|l: &mut Landscape| l.$($field).+ = missing())))
        };
        (each $($field:ident).+) => {
            for key in landscape.$($field).+.keys().cloned() {
                let name = format!("{} of {key}", stringify!($($field).+));
                found.push((name, Box::new(move |l: &mut Landscape| { l.$($field).+.insert(key.clone(), missing()); })));
            }
        };
        (person $($field:ident),+) => {
            $(for key in [id("ann"), id("bob"), id("eve"), id("kim"), id("desk")] {
                let name = format!("{} of {key}", stringify!($field));
                found.push((name, Box::new(move |l: &mut Landscape| {
                    let Fact::Present(people) = &mut l.directory.people else { panic!() };
                    people.get_mut(&key).unwrap().$field = missing();
                })));
            })+
        };
        (mailbox $($field:ident),+) => {
            $(for key in ["ann", "bob", "eve", "kim", "desk"] {
                let name = format!("{} of {key}", stringify!($field));
                found.push((name, Box::new(move |l: &mut Landscape| {
                    let Fact::Present(recipients) = &mut l.exchange.recipients else { panic!() };
                    let RecipientKind::Mailbox(mailbox) = &mut recipients.get_mut(key).unwrap().kind else { panic!() };
                    mailbox.$field = missing();
                })));
            })+
        };
    }
    mask!(created);
    mask!(domains);
    mask!(organization.technical);
    mask!(organization.privacy_contact);
    mask!(directory.people);
    mask!(directory.deleted);
    mask!(directory.active);
    mask!(directory.eligible);
    mask!(exchange.recipients);
    mask!(exchange.soft_deleted);
    mask!(exchange.accepted_domains);
    mask!(exchange.transport_rules);
    mask!(exchange.content_filters);
    mask!(exchange.outbound_policies);
    mask!(exchange.remote_domains);
    mask!(exchange.outbound_connectors);
    mask!(exchange.allow_entries);
    mask!(exchange.traces);
    mask!(exchange.safe_links);
    mask!(exchange.retention);
    mask!(partner.legal);
    mask!(billing.accounts);
    mask!(each directory.group_members);
    mask!(each exchange.members);
    mask!(each exchange.subscribers);
    mask!(each exchange.full_access);
    mask!(each exchange.inbox_rules);
    mask!(each exchange.sizes);
    mask!(each mail_exchangers);
    // What DNS does not say of the organization's own domains counts as not asked: the module's one exception, see below.
    found.retain(|(name, _)| *name != format!("mail_exchangers of {DOMAIN}"));
    mask!(person mail, enabled, guest, exchange_plan, synchronised);
    for key in [id("ann"), id("bob"), id("eve"), id("kim"), id("desk")] {
        let name = format!("alternate emails of {key}");
        found.push((
            name,
            Box::new(move |l: &mut Landscape| {
                let Fact::Present(people) = &mut l.directory.people else { panic!() };
                people.get_mut(&key).unwrap().put(Field::AlternateEmails, missing());
            }),
        ));
    }
    mask!(mailbox quota, licensed, account_disabled);
    found.push((
        "hidden rules of ann".into(),
        Box::new(|l: &mut Landscape| {
            let rules = InboxRules { rules: [].into(), hidden_read: false };
            let known = l.exchange.inbox_rules.entry("ann".into()).or_insert(Fact::Present(rules));
            if let Fact::Present(known) = known {
                known.hidden_read = false;
            }
        }),
    ));
    found
}

fn addresses(answer: &Answer) -> BTreeMap<Box<str>, Arrival> {
    let address = |node: &crate::answer::Node| match &node.kind {
        NodeKind::Address(address) => Some((address.clone(), node.arrival)),
        _ => None,
    };
    answer.nodes.iter().filter_map(address).collect()
}

/// What the answer promises of itself.
fn is_sound(answer: &Answer) {
    for node in &answer.nodes {
        let kind = node.kind.as_str();
        if node.arrival < Arrival::Deliverable {
            assert_eq!(
                node.blockages.first().map(|one| one.obstacle.leaves()),
                Some(node.arrival),
                "{kind} {}",
                node.label
            );
        }
        assert!(node.blockages.iter().all(|one| one.obstacle.leaves() >= node.arrival), "{kind} {}", node.label);
    }
    for category in &answer.categories {
        let delivered = category.recipients.iter().any(|one| one.verdict == Arrival::Deliverable);
        assert_eq!(delivered, !category.certain.is_empty(), "{}: what is delivered somebody reads", category.category);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_is_sound_and_equal_inputs_give_equal_answers(numbers in prop::collection::vec(any::<u16>(), 0..400)) {
        let scene = tenant(numbers);
        let (Routed { answer, wanted }, work) = routed(&scene.landscape, &scene.declared);
        is_sound(&answer);
        prop_assert!(wanted.is_empty(), "{:?}", wanted);
        prop_assert!(work < 20_000, "{}", work);
        let again = Routed { answer, wanted };
        prop_assert!(scene.routed() == again);
    }

    /// DOMAIN G2: unknown is never a defect, and never a green light.
    #[test]
    fn g2_a_fact_that_becomes_unknown_makes_an_answer_unknown_or_leaves_it(
        numbers in prop::collection::vec(any::<u16>(), 0..400),
        seed in any::<prop::sample::Index>(),
    ) {
        let scene = tenant(numbers);
        let masks = masks(&scene.landscape);
        let (name, mask) = &masks[seed.index(masks.len())];
        let known = scene.routed().answer;
        let less = scene.clone().but(mask).routed().answer;
        is_sound(&less);
        let before = addresses(&known);
        for (address, arrival) in addresses(&less) {
            let Some(was) = before.get(&address) else { continue };
            prop_assert!(arrival == *was || arrival == Arrival::Unknown, "{}: {} was {:?}, is {:?}", name, address, was, arrival);
        }
        for (was, is) in known.categories.iter().zip(&less.categories) {
            prop_assert!(is.certain.len() <= was.certain.len(), "{}: {}", name, was.category);
            prop_assert!(is.reach != Reach::Nobody || was.reach == Reach::Nobody, "{}: {}", name, was.category);
            prop_assert!(!is.reach.is_nobody_known() || was.reach.is_nobody_known(), "{}: {}", name, was.category);
            prop_assert!(!was.reach.is_nobody_known() || is.reach.is_nobody_known() || is.reach == Reach::Unknown, "{}: {}", name, was.category);
        }
    }

    /// DOMAIN E4: what became of mail in the past stands beside a verdict and changes none.
    #[test]
    fn e4_no_trace_changes_a_verdict(numbers in prop::collection::vec(any::<u16>(), 0..400), statuses in prop::collection::vec(0..6_usize, 1..40)) {
        let scene = tenant(numbers);
        let known = scene.routed().answer;
        let mut traces = Traces::default();
        for (address, status) in addresses(&known).into_keys().zip(statuses.iter().cycle()) {
            let sender = NOTICE_SENDERS[address.len() % NOTICE_SENDERS.len()].address;
            traces.add(address, Traced { sender, status: STATUSES[*status], received: Timestamp::UNIX_EPOCH });
        }
        let traced = scene.clone().but(|l| l.exchange.traces = Fact::Present(traces)).routed().answer;
        prop_assert!(known.nodes == traced.nodes && known.categories == traced.categories && known.gaps == traced.gaps);
        let places = traced.nodes.len();
        prop_assert!(traced.evidence.keys().all(|id| id.index() < places));
    }

    /// DOMAIN E4: what nobody has looked at is no green light, and stops nothing.
    #[test]
    fn e4_what_stands_before_the_mailboxes_takes_certainty_and_nothing_else(numbers in prop::collection::vec(any::<u16>(), 0..400)) {
        let scene = tenant(numbers);
        let mut without = scene.clone().but(|l| drop(l.mail_exchangers.insert(DOMAIN.into(), missing())));
        without.declared.gateways.clear();
        let (before, after) = (without.routed().answer, scene.routed().answer);
        is_sound(&after);
        let with = addresses(&after);
        prop_assert_eq!(with.len(), addresses(&before).len());
        for (address, was) in addresses(&before) {
            let is = with[&address];
            let taken = was == Arrival::Deliverable && is == Arrival::Unknown;
            prop_assert!(is == was || taken, "{}: {:?} before, {:?} behind the gateway", address, was, is);
        }
        for (was, is) in before.categories.iter().zip(&after.categories) {
            prop_assert!(is.certain.len() <= was.certain.len(), "{}", was.category);
            prop_assert!(was.reach == is.reach || !(was.reach.is_nobody_known() || is.reach.is_nobody_known()), "{}", was.category);
        }
    }

    #[test]
    fn a_mailbox_that_no_notice_leads_to_changes_nothing(numbers in prop::collection::vec(any::<u16>(), 0..400)) {
        let scene = tenant(numbers);
        let mut more = scene.clone().recipient("zoe", RecipientKind::Mailbox(mailbox(MailboxKind::User)));
        more.landscape.exchange.inbox_rules.remove("zoe");
        prop_assert!(more.routed() == scene.routed());
    }
}
