//! Every defect that is planted in `examples/contoso` is found by its rule, through everything that lies between: the
//! simulated tenant is read as any tenant is, and judged. Nothing else is found, nothing is left once all is mended, and the
//! example's README tells the same story.

mod defects;
mod mends;
mod reading;
mod readme;
mod world;

use std::collections::BTreeSet;

use defects::{DEFECTS, Defect, WRITTEN_DOWN};
use mends::{ALL, Mend};
use reading::{Finding, findings, read};
use tenant_contacts_api::{
    notice::{Category, Reach},
    obstacle::Obstacle,
    rule::Rule,
};
use tenant_contacts_core::{
    answer::{Answer, Declared},
    desired::{Attested, GatewayClaim},
};
use world::{World, defective, today};

/// The families of DOMAIN whose every rule has a plant. C3 is about the application that writes, and not about the tenant.
const FAMILIES: [&str; 8] = ["A", "B", "D6", "E", "F", "G3", "G5", "G4"];

/// Rules about what DNS and manifests say of the way to the tenant, and not about the tenant.
const ON_THE_WAY: [Rule; 2] = [Rule::GatewayUnattested, Rule::GatewayBypassed];

/// Contoso has a primary contact, and another rule speaks of who that is; a test of its own takes it away.
const OF_ANOTHER_TENANT: [Rule; 1] = [Rule::PrimaryContactMissing];

fn all() -> impl Iterator<Item = &'static Defect> {
    DEFECTS.iter().chain([&WRITTEN_DOWN])
}

/// What the table says is found once these mends are done.
fn expected(done: &[Mend]) -> BTreeSet<Finding> {
    let is_done = |mend: &Mend| done.iter().any(|one| one.name == mend.name);
    let left = DEFECTS.iter().filter(|defect| !defect.mended_by.iter().any(is_done));
    left.map(|defect| (defect.rule, defect.subject.to_owned())).collect()
}

fn mended(done: &[Mend]) -> World {
    let mut world = defective();
    for mend in done {
        (mend.change)(&mut world);
    }
    world
}

/// Fails with both sides of the difference.
#[track_caller]
fn same(found: &BTreeSet<Finding>, expected: &BTreeSet<Finding>, when: &str) {
    let lines = |of: &BTreeSet<Finding>, without: &BTreeSet<Finding>| -> Vec<String> {
        of.difference(without).map(|(rule, subject)| format!("{rule} {subject}")).collect()
    };
    let (missing, unexplained) = (lines(expected, found), lines(found, expected));
    assert!(
        missing.is_empty() && unexplained.is_empty(),
        "{when}:\nnot found {missing:#?}\nunexplained {unexplained:#?}"
    );
}

#[test]
fn every_rule_of_these_families_has_a_plant() {
    let planted: BTreeSet<Rule> = all().map(|defect| defect.rule).collect();
    let in_family = |rule: &&Rule| FAMILIES.iter().any(|family| rule.id().starts_with(family));
    let elsewhere = |rule: &Rule| ON_THE_WAY.contains(rule) || OF_ANOTHER_TENANT.contains(rule);
    for rule in Rule::ALL.iter().filter(in_family).filter(|rule| !elsewhere(rule)) {
        assert!(planted.contains(rule), "{rule} ({}) finds nothing in Contoso", rule.id());
    }
    let distinct: BTreeSet<_> = all().map(|defect| (defect.rule, defect.subject)).collect();
    assert_eq!(distinct.len(), all().count());
}

#[tokio::test]
async fn a_b_d6_e_every_planted_defect_is_found_and_nothing_else() {
    let answer = read(&defective()).await;
    same(&findings(&answer), &expected(&[]), "before anything is mended");
    assert!(answer.gaps.is_empty(), "the observer may read everything: {:#?}", answer.gaps);
    let loops = answer.nodes.iter().filter(|node| node.blockages.iter().any(|one| one.obstacle == Obstacle::Loop));
    assert_eq!(loops.count(), 0, "no mail goes in circles in Contoso");
}

#[tokio::test]
async fn without_any_manifest_the_same_is_found_and_the_break_glass_accounts_beside_it() {
    let answer = read(&World { declared: Declared::default(), ..defective() }).await;
    let mut wanted = expected(&[]);
    for account in ["breakglass-1@contoso.onmicrosoft.com", "breakglass-2@contoso.onmicrosoft.com"] {
        // Only the Tenant object says that they are meant to be so.
        for rule in [
            Rule::AdministratorWithoutMailbox,
            Rule::GlobalAdministratorWithoutAlternate,
            Rule::BusinessEmailUnattested,
        ] {
            wanted.insert((rule, account.to_owned()));
        }
    }
    same(&findings(&answer), &wanted, "with nothing declared");
}

#[tokio::test]
async fn each_finding_is_of_its_rules_severity_and_the_graver_come_first() {
    let answer = read(&defective()).await;
    for finding in &answer.findings {
        assert_eq!(finding.severity, finding.rule.severity(), "{}: {}", finding.rule, finding.message);
    }
    assert!(answer.findings.is_sorted_by(|one, next| one.severity >= next.severity));
}

#[tokio::test]
async fn a2_a_private_business_email_is_found_once_somebody_has_written_it_down() {
    let marcus = "marcus.oyelaran@contoso.com";
    let mut world = defective();
    let (_, copied) = WRITTEN_DOWN.subject.split_once(": ").unwrap();
    world.contact(marcus).business_email = Some(copied.into());
    let mut wanted = expected(&[]);
    wanted.insert((WRITTEN_DOWN.rule, WRITTEN_DOWN.subject.to_owned()));
    // Nobody has attested that Microsoft uses it, so that it is not certain any more that nobody known is told of outages.
    wanted.remove(&(Rule::NobodyKnownBehindCategory, Category::ServiceAndTechnical.to_string()));
    same(&findings(&read(&world).await), &wanted, "with what the portal shows");
    for mend in WRITTEN_DOWN.mended_by {
        (mend.change)(&mut world);
        same(&findings(&read(&world).await), &expected(&[*mend]), mend.name);
    }
}

/// Microsoft's verification mail would be sent to nobody, and the tenant is a partner. How Partner Center writes that there is no
/// address is not documented: an empty one says so, and one that is left out says nothing (G2).
#[tokio::test]
async fn a14_a_partner_whose_primary_contact_has_no_address_is_found_through_the_service() {
    for (email, is_found) in [(Some(""), true), (Some("  "), true), (None, false)] {
        let mut world = mended(ALL);
        let partner = world.seed.partner.as_mut().unwrap();
        partner.legal_business.primary_contact.email = email.map(str::to_owned);
        let answer = read(&world).await;
        let found = findings(&answer).contains(&(Rule::PrimaryContactMissing, "tenant".to_owned()));
        assert_eq!(found, is_found, "{email:?}: {:#?}", answer.findings);
        assert_eq!(answer.gaps.is_empty(), is_found, "{email:?}: {:#?}", answer.gaps);
    }
}

#[tokio::test]
async fn e4_what_stands_before_the_mended_tenant_is_found_until_somebody_vouches_for_it() {
    let mut world = World { hosts: vec!["mx1.mailwall.example"], ..mended(ALL) };
    let of = |rule: Rule, subjects: &[&str]| subjects.iter().map(|one| (rule, (*one).to_owned())).collect();
    let answer = read(&world).await;
    let domains = ["contoso.com", "fabrikam-partners.example"];
    same(&findings(&answer), &of(Rule::GatewayUnattested, &domains), "before anybody vouches for it");
    assert!(answer.categories.iter().all(|one| matches!(one.reach, Reach::Unknown | Reach::NotApplicable)));

    let attestation = Some(Attested { on: Some(today()), by: "nadia.ferrari".into(), evidence: None });
    world.declared.gateways.push(GatewayClaim { name: "Mailwall".into(), domains: [].into(), attestation });
    let (vouched, without) = (read(&world).await, read(&mended(ALL)).await);
    same(&findings(&vouched), &BTreeSet::new(), "with somebody's word");
    let reach = |answer: &Answer| answer.categories.iter().map(|one| one.reach).collect::<Vec<_>>();
    assert_eq!(reach(&vouched), reach(&without), "as if nothing stood there");

    world.hosts = vec!["contoso-com.mail.protection.outlook.com"];
    same(&findings(&read(&world).await), &of(Rule::GatewayBypassed, &["Mailwall"]), "where mail goes around it");
}

#[tokio::test]
async fn the_mended_tenant_has_no_finding_and_two_people_behind_every_category() {
    let answer = read(&mended(ALL)).await;
    same(&findings(&answer), &BTreeSet::new(), "with everything mended");
    assert!(answer.gaps.is_empty(), "{:#?}", answer.gaps);
    for category in &answer.categories {
        let reach = match category.category {
            // It goes to each user: no category of the organization's.
            Category::UserPasswordReset => Reach::NotApplicable,
            // Only if a switch is on that no API shows (DOMAIN F).
            Category::AdminPasswordChanged => Reach::Unknown,
            _ => Reach::SeveralPeople,
        };
        assert_eq!(category.reach, reach, "{}", category.category);
    }
    assert_eq!(answer.categories.len(), Category::ALL.len());
}

#[tokio::test]
async fn each_mend_alone_removes_exactly_what_it_mends() {
    for mend in ALL {
        let answer = read(&mended(&[*mend])).await;
        same(&findings(&answer), &expected(&[*mend]), mend.name);
    }
}

#[test]
fn every_mend_mends_something() {
    for mend in ALL {
        let used = DEFECTS.iter().flat_map(|defect| defect.mended_by).any(|one| one.name == mend.name);
        assert!(used, "{}", mend.name);
    }
}

#[test]
fn the_readme_names_the_same_defects() {
    let table: BTreeSet<_> =
        all().map(|defect| (defect.rule.id().to_owned(), defect.rule, readme::short(defect.subject))).collect();
    let told = readme::defects();
    let missing: Vec<_> = table.difference(&told).collect();
    let invented: Vec<_> = told.difference(&table).collect();
    assert!(missing.is_empty() && invented.is_empty(), "not told {missing:#?}\nnot planted {invented:#?}");
}
