//! What the built-in rules find in a tenant: each rule a small pure function, in the file of its family.
//!
//! Precedence, so that one defect has one finding where a more specific rule exists:
//!
//! - `ContactUndeliverable` is silent where the cause has a rule of its own (`ListWithoutMembers`,
//!   `ListRefusesExternalSenders`, `MailTakenByRule`, `DepartedAddress`) and for the partner's primary contact
//!   (`PrimaryContactUndeliverable`).
//! - `NoticeNotDelivered` is silent where the answer says already that nothing arrives, since other rules say why, and of a
//!   message that `VerificationMailQuarantined` speaks of.
//! - `PersonalAddress` gives way to `DepartedAddress`, and both to `EntryIsNoAddress`: what is no address is in no domain.
//! - `AddressWithoutMailbox` gives way to the rules about administrators (`AdministratorWithoutMailbox`,
//!   `AdministratorUndeliverable`); of these two, the one about a missing mailbox speaks where nothing is declared.
//! - A disabled holder of a role is `DisabledRoleHolder`, a guest `GuestRoleHolder`: the other rules about administrators
//!   speak of enabled members of the organization only.
//! - `NobodyAnswersResets` and `SoleResetTier` speak for `PasswordResetRequest`, and the rules about categories for the others.
//! - `PrimaryContactUndeliverable` and `AdministratorUndeliverable` say whom it hurts and stand beside the rule that says why:
//!   an exception for a list does not hide that the partner's verification is lost.
//!
//! Invariant: a fact that is not known makes no rule fire (DOMAIN G2). Equal arguments give equal findings in equal order.

mod administrators;
mod alternate_email;
mod behind;
mod business_email;
mod case;
mod category;
mod contacts;
mod declared;
mod delivery;
mod departed;
mod directory;
mod entries;
mod exception;
mod filter;
mod found;
mod gateways;
mod graph;
mod lists;
mod lookalike;
mod mailboxes;
mod ownership;
mod partner_contact;
mod personal;
mod primary_address;
mod privileged;
mod reset_tier;
mod role_holders;
mod table;
#[cfg(test)]
mod testing;
mod verification;

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use tenant_contacts_api::{notice::Category, rule::Rule};

use self::{case::Case, found::Found};
pub use self::{case::own_domains, declared::rules};
use crate::{
    answer::{Answer, Declared, Finding, Subject},
    landscape::{Landscape, Wanted, fold},
};

/// What the rules found, and what they would have to know to find more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The graver first, then in the order of [`tenant_contacts_api::rule::Rule::ALL`], then by subject.
    pub findings: Vec<Finding>,
    /// What has to be asked one by one.
    pub wanted: BTreeSet<Wanted>,
}

/// Judges a tenant. `answer` is what `routing` made of the same landscape; its findings are not looked at. `today` is the day
/// that attestations and exceptions are compared with, `now` the moment for entries that expire.
pub fn judge(landscape: &Landscape, declared: &Declared, answer: &Answer, today: Date, now: Timestamp) -> Judged {
    let case = Case::of(landscape, declared, answer, today, now);
    let mut findings = Vec::new();
    let mut wanted = BTreeSet::new();
    for (rule, check) in table::RULES {
        let setting = declared.rules.get(rule);
        if setting.is_some_and(|setting| !setting.enabled) {
            continue;
        }
        let mut found = Found::default();
        check(&case, &mut found);
        wanted.append(&mut found.wanted);
        findings.append(&mut exception::apply(*rule, setting, found, today));
    }
    let place = |finding: &Finding| table::RULES.iter().position(|(rule, _)| *rule == finding.rule);
    findings.sort_by(|a, b| {
        (b.severity.cmp(&a.severity))
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| a.subject.cmp(&b.subject))
            .then_with(|| a.message.cmp(&b.message))
    });
    let mut known = BTreeSet::new();
    findings.retain(|finding| known.insert(same(finding)));
    Judged { findings, wanted }
}

/// What makes two findings one: addresses that differ in case only are one address.
fn same(finding: &Finding) -> (Rule, Subject, String, Option<Category>) {
    let subject = match &finding.subject {
        Subject::Address { field, address } => Subject::Address { field: field.clone(), address: fold(address) },
        other => other.clone(),
    };
    (finding.rule, subject, finding.message.to_lowercase(), finding.category)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use tenant_contacts_api::{
        field::Field,
        notice::{Category, Reach, Selected, Severity},
        obstacle::Obstacle,
        rule::Rule,
        v1alpha1::MailIntent,
    };

    use super::*;
    use crate::{
        answer::{Exception, NodeKind, RuleSetting},
        landscape::{LegalProfile, MailboxKind, testing::content_filter},
        model::{Fact, role},
        policy::testing::{NOW, Scene, TODAY, read_failed},
    };

    /// A tenant with something wrong of every sort that does not need the answer's graph, and of some that do.
    fn everything_wrong() -> Scene {
        let mut scene = Scene::new();
        scene.partner("ada@contoso.com");
        scene
            .person("ada")
            .mail()
            .alternates(&["ada@contoso.com"])
            .role(role::GLOBAL_ADMINISTRATOR)
            .mailbox(MailboxKind::User);
        scene.person("bare").role(role::GLOBAL_ADMINISTRATOR);
        scene.person("declared").role(role::USER_ADMINISTRATOR);
        scene.declare_mail("declared", MailIntent::Receives);
        scene.person("gone").mail().disabled().role(role::USER_ADMINISTRATOR).mailbox(MailboxKind::User);
        scene.person("left").mail().alternates(&["left@gmail.com"]).deleted();
        scene.person("only").eligible(role::GLOBAL_ADMINISTRATOR);
        scene.person("helper").role(role::HELPDESK_ADMINISTRATOR);
        scene.person("ghost").mail();
        scene.person("synced").synchronised();
        let guest = scene.person("guest").role(role::USER_ADMINISTRATOR).id();
        scene.edit(guest, |person| person.guest = Fact::Present(true));
        let initial = scene.person("initial").synchronised().id();
        scene.edit(initial, |person| {
            person.mail = Fact::Present("initial@contoso.onmicrosoft.com".into());
            person.proxy_addresses = Fact::of_values(vec!["SMTP:a@contoso.com".into(), "SMTP:b@contoso.com".into()]);
        });
        let list = |address: &str| Fact::of_values(vec![address.into()]);
        scene.landscape.organization.technical = list("gone@contoso.com");
        scene.landscape.organization.marketing = list("left@gmail.com");
        scene.landscape.organization.security_mails = list("soc@fabrikam.example");
        scene.landscape.writer_roles = Fact::Absent;
        let mut filter = content_filter("Default");
        filter.allowed_domains = ["fabrikam.example".into()].into();
        let exchange = &mut scene.landscape.exchange;
        exchange.content_filters = Fact::Present([filter].into());
        exchange.transport_rules = Fact::Absent;
        exchange.allow_entries = Fact::Absent;
        let path = vec![scene.field("technicalNotificationMails"), scene.address_node("noc@contoso.com")];
        scene.blocked(path[1], tenant_contacts_api::notice::Arrival::Undeliverable, Obstacle::NoRecipient);
        scene.chosen(Category::ServiceAndTechnical, path, Selected::Yes);
        scene.reach(Category::ServiceAndTechnical, Reach::Nobody);
        let list = scene.node_of(NodeKind::List("empty".into()));
        scene.blocked(list, tenant_contacts_api::notice::Arrival::Undeliverable, Obstacle::EmptyList);
        scene
    }

    fn found(scene: &Scene) -> BTreeSet<(Rule, String)> {
        let findings = scene.judge().findings;
        findings.into_iter().map(|finding| (finding.rule, finding.subject.name().to_owned())).collect()
    }

    #[test]
    fn g2_nothing_is_found_where_nothing_is_known() {
        let judged =
            judge(&Landscape::default(), &Declared::default(), &Answer::default(), TODAY, NOW.parse().unwrap());
        assert_eq!(judged, Judged::default());
    }

    /// DOMAIN G2: what is not known may hide a finding, and never makes one. A rule that gives way to a more specific one may
    /// speak when that one cannot: then what it says is known.
    #[test]
    fn g2_a_fact_that_cannot_be_read_makes_no_rule_fire() {
        type Blank = (&'static str, fn(&mut Landscape));
        let blanks: [Blank; 20] = [
            ("domains", |landscape| landscape.domains = read_failed()),
            ("people", |landscape| landscape.directory.people = read_failed()),
            ("deleted", |landscape| landscape.directory.deleted = read_failed()),
            ("active", |landscape| landscape.directory.active = read_failed()),
            ("eligible", |landscape| landscape.directory.eligible = read_failed()),
            ("recipients", |landscape| landscape.exchange.recipients = read_failed()),
            ("accepted domains", |landscape| landscape.exchange.accepted_domains = read_failed()),
            ("filters", |landscape| landscape.exchange.content_filters = read_failed()),
            ("transport rules", |landscape| landscape.exchange.transport_rules = read_failed()),
            ("allow entries", |landscape| landscape.exchange.allow_entries = read_failed()),
            ("traces", |landscape| landscape.exchange.traces = read_failed()),
            ("technical", |landscape| landscape.organization.technical = read_failed()),
            ("legal", |landscape| landscape.partner.legal = read_failed()),
            ("writer", |landscape| landscape.writer_roles = read_failed()),
            ("mail", |landscape| each(landscape, |person| person.mail = read_failed())),
            ("proxies", |landscape| each(landscape, |person| person.proxy_addresses = read_failed())),
            ("alternates", |landscape| {
                each(landscape, |person| {
                    person.put(Field::AlternateEmails, read_failed());
                });
            }),
            ("enabled", |landscape| each(landscape, |person| person.enabled = read_failed())),
            ("guest", |landscape| each(landscape, |person| person.guest = read_failed())),
            ("synchronised", |landscape| each(landscape, |person| person.synchronised = read_failed())),
        ];
        let gives_way = [
            Rule::PersonalAddress,
            Rule::ContactUndeliverable,
            Rule::AddressWithoutMailbox,
            Rule::OnePersonBehindCategory,
            Rule::GuestRoleHolder,
        ];
        let all = found(&everything_wrong());
        let rules: BTreeSet<Rule> = all.iter().map(|(rule, _)| *rule).collect();
        assert!(rules.len() >= 20, "the scene is worth something: {rules:?}");
        for (what, blank) in blanks {
            let mut scene = everything_wrong();
            blank(&mut scene.landscape);
            let new: Vec<(Rule, String)> =
                found(&scene).difference(&all).filter(|(rule, _)| !gives_way.contains(rule)).cloned().collect();
            assert!(new.is_empty(), "without {what}: {new:?}");
        }
    }

    fn each(landscape: &mut Landscape, change: impl Fn(&mut crate::landscape::Person)) {
        let Fact::Present(people) = &mut landscape.directory.people else { unreachable!() };
        people.values_mut().for_each(change);
    }

    #[test]
    fn graver_findings_come_first_and_equal_arguments_give_equal_findings() {
        let scene = everything_wrong();
        let findings = scene.judge().findings;
        assert!(findings.is_sorted_by_key(|finding| std::cmp::Reverse(finding.severity)));
        assert_eq!(findings, scene.judge().findings);
        assert_eq!(findings.first().map(|finding| finding.severity), Some(Severity::Error));
    }

    #[test]
    fn exceptions_severity_and_days_of_a_policy_reach_every_rule() {
        let mut scene = everything_wrong();
        let exception = Exception {
            subject: "Bare@Contoso.com".into(),
            owner: "helena.marsh".into(),
            reason: "until the new key is there".into(),
            until: date(2026, 12, 31),
        };
        let setting =
            RuleSetting { severity: Some(Severity::Error), exceptions: vec![exception], ..RuleSetting::default() };
        scene.declared.rules.insert(Rule::GlobalAdministratorWithoutAlternate, setting);
        let findings = scene.findings(Rule::GlobalAdministratorWithoutAlternate);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].severity, Severity::Error);
        assert!(findings[0].excepted.is_some());
    }

    /// DOMAIN E1: what else the partner's profile does not say is nobody's defect.
    #[test]
    fn of_a_partner_without_a_primary_contact_only_that_is_found() {
        let mut scene = Scene::new();
        scene.landscape.partner.legal = Fact::Present(LegalProfile {
            primary_contact: Fact::Absent,
            primary_contact_name: Fact::Absent,
            company_approver: Fact::Absent,
            vetting_status: Fact::Absent,
        });
        assert_eq!(found(&scene), BTreeSet::from([(Rule::PrimaryContactMissing, "tenant".to_owned())]));
    }
}
