//! Systems before the mailboxes that notices go to (DOMAIN E4). Nothing shows what they do with Microsoft's senders: somebody has
//! to look, and say so.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::rule::Rule;

use super::{
    case::{Case, domain},
    found::{Found, listed},
};
use crate::{
    answer::{NodeKind, Subject},
    attestation::ATTESTATION_DAYS,
    desired::GatewayClaim,
    routing::{Before, before, unattested as no_word},
};

/// E4: nobody has said what a gateway before an address that notices go to does with them, or not for long any more.
pub(super) fn unattested(case: &Case<'_>, found: &mut Found) {
    let mut declared: BTreeMap<&str, (&GatewayClaim, BTreeSet<&str>)> = BTreeMap::new();
    let domains = domains(case);
    for domain in &domains {
        match before(case.landscape, case.declared, domain) {
            Before::Nothing | Before::Bypassed(_) => {}
            // A verified domain's mail may go elsewhere on purpose.
            Before::Undeclared(_) if case.landscape.exchange.accepted_domains.present().is_none() => {}
            Before::Undeclared(hosts) => found.say(
                Subject::Gateway { name: domain.as_str().into() },
                format!(
                    "mail from outside to {domain} goes to {} first, and no TrustedSenders declares that gateway",
                    listed(hosts)
                ),
            ),
            Before::Declared(gateways) => {
                for gateway in gateways.into_iter().filter(|gateway| is_due(case, gateway)) {
                    // Of one name in two objects, the first that is due: its word is the one to renew.
                    declared.entry(&gateway.name).or_insert((gateway, BTreeSet::new())).1.insert(domain);
                }
            }
        }
    }
    for (name, (gateway, domains)) in declared {
        let of = listed(domains);
        let message = match no_word(gateway, Some(case.today)) {
            Some(why) => format!("gateway {name} handles mail for {of}: {why}"),
            None => {
                format!("gateway {name} handles mail for {of}; its attestation expires in {}", left(case, gateway))
            }
        };
        found.say(Subject::Gateway { name: name.into() }, message);
    }
}

/// E4: a gateway is declared for a domain whose mail comes to Exchange Online without it: what somebody attested protects
/// nothing, and the declaration says what is not so.
pub(super) fn bypassed(case: &Case<'_>, found: &mut Found) {
    let mut bypassed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let domains = domains(case);
    for domain in &domains {
        if let Before::Bypassed(gateways) = before(case.landscape, case.declared, domain) {
            for gateway in gateways {
                bypassed.entry(&gateway.name).or_default().insert(domain);
            }
        }
    }
    for (name, domains) in bypassed {
        let domains = listed(domains);
        found.say(
            Subject::Gateway { name: name.into() },
            format!("gateway {name} is declared for {domains}, whose MX record points to Exchange Online: mail from outside does not pass the gateway"),
        );
    }
}

/// The organization's domains that notices go to, lower case: those that Exchange takes mail for or, where that could not be
/// read, may take mail for.
fn domains(case: &Case<'_>) -> BTreeSet<String> {
    let accepted = case.landscape.exchange.accepted_domains.known();
    let verified = case.landscape.domains.present();
    let is_ours = |domain: &str| match accepted {
        Ok(accepted) => accepted.is_some_and(|accepted| accepted.contains_key(domain)),
        Err(_) => verified.and_then(|verified| verified.get(domain)).is_some_and(crate::model::Domain::is_verified),
    };
    let addresses = case.answer.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Address(address) => Some(domain(address)),
        _ => None,
    });
    addresses.filter(|domain| is_ours(domain)).collect()
}

/// Whether somebody has to look again: never, not lately, or soon too long ago.
fn is_due(case: &Case<'_>, gateway: &GatewayClaim) -> bool {
    let day = gateway.attestation.as_ref().and_then(|attestation| attestation.on);
    no_word(gateway, Some(case.today)).is_some()
        || day.is_some_and(|day| i64::from((case.today - day).get_days()) > case.days(Rule::GatewayUnattested))
}

/// How long a word still holds.
fn left(case: &Case<'_>, gateway: &GatewayClaim) -> String {
    let day = gateway.attestation.as_ref().and_then(|attestation| attestation.on);
    let left = day.map_or(0, |day| ATTESTATION_DAYS - (case.today - day).get_days());
    if left == 1 { "one day".to_owned() } else { format!("{left} days") }
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::Date};

    use super::*;
    use crate::{
        answer::RuleSetting,
        desired::Attested,
        model::Fact,
        policy::testing::{Scene, TODAY, read_failed},
    };

    const OUTSIDE: &str = "mx1.gateway.example";
    const INSIDE: &str = "contoso-com.mail.protection.outlook.com";

    /// Notices go to `contoso.com`, whose mail these hosts take.
    fn scene(hosts: &[&str]) -> Scene {
        let mut scene = Scene::new();
        scene.address_node("noc@contoso.com");
        scene.address_node("somebody@fabrikam.example");
        let hosts = Fact::Present(hosts.iter().map(|host| (*host).into()).collect());
        scene.landscape.mail_exchangers.insert("contoso.com".into(), hosts.clone());
        scene.landscape.mail_exchangers.insert("fabrikam.example".into(), hosts);
        scene
    }

    fn gateway(name: &str, domains: &[&str], day: Option<Date>) -> GatewayClaim {
        GatewayClaim {
            name: name.into(),
            domains: domains.iter().map(|domain| (*domain).into()).collect(),
            attestation: day.map(|day| Attested { on: Some(day), by: "nadia".into(), evidence: None }),
        }
    }

    fn said(scene: &Scene, rule: Rule) -> Vec<(String, String)> {
        let findings = scene.findings(rule).into_iter();
        findings.map(|finding| (finding.subject.name().to_owned(), finding.message)).collect()
    }

    #[test]
    fn e4_a_gateway_that_dns_shows_and_nobody_declares_is_found_by_its_domain() {
        let found = said(&scene(&[OUTSIDE, INSIDE]), Rule::GatewayUnattested);
        assert_eq!(found.len(), 1, "addresses outside are nobody's to declare: {found:?}");
        assert_eq!(found[0].0, "contoso.com");
        assert!(found[0].1.contains(OUTSIDE) && !found[0].1.contains(INSIDE), "{}", found[0].1);
        assert_eq!(said(&scene(&[INSIDE]), Rule::GatewayUnattested), []);
        let mut hidden = scene(&[OUTSIDE]);
        hidden.landscape.exchange.accepted_domains = read_failed();
        assert_eq!(said(&hidden, Rule::GatewayUnattested), [], "G2: its mail may go elsewhere on purpose");
        hidden.declared.gateways.push(gateway("Mailwall", &[], None));
        assert_eq!(hidden.subjects(Rule::GatewayUnattested), ["Mailwall"], "what is declared is known");
        for unknown in [read_failed(), Fact::Absent, Fact::Present([].into())] {
            let mut scene = scene(&[]);
            scene.landscape.mail_exchangers.insert("contoso.com".into(), unknown);
            assert_eq!(said(&scene, Rule::GatewayUnattested), [], "G2");
        }
    }

    #[test]
    fn e4_a_word_for_a_gateway_is_asked_for_a_month_before_it_ends() {
        let with = |age: Option<i32>| {
            let mut scene = scene(&[OUTSIDE]);
            scene.declared.gateways.push(gateway("Mailwall", &[], age.map(|age| TODAY - age.days())));
            said(&scene, Rule::GatewayUnattested)
        };
        assert_eq!(with(Some(0)), []);
        assert_eq!(with(Some(150)), []);
        for (age, words) in [
            (Some(151), "expires in 29 days"),
            (Some(179), "expires in one day"),
            (Some(180), "expires in 0 days"),
            (Some(181), "an attestation expires after 180 days"),
            (Some(-1), "an attestation expires after 180 days"),
            (None, "nobody has attested"),
        ] {
            let found = with(age);
            assert_eq!(found.len(), 1, "{age:?}");
            assert_eq!(found[0].0, "Mailwall");
            assert!(found[0].1.contains(words) && found[0].1.contains("contoso.com"), "{age:?}: {}", found[0].1);
        }

        let mut scene = scene(&[OUTSIDE]);
        scene.declared.gateways.push(gateway("Mailwall", &[], Some(TODAY - 11.days())));
        let setting = RuleSetting { days: Some(10), ..RuleSetting::default() };
        scene.declared.rules.insert(Rule::GatewayUnattested, setting);
        assert_eq!(said(&scene, Rule::GatewayUnattested).len(), 1, "the policy's days hold");
    }

    #[test]
    fn e4_a_declaration_counts_where_dns_was_not_asked_and_for_its_own_domains() {
        let mut scene = scene(&[]);
        scene.landscape.mail_exchangers.clear();
        scene.declared.gateways.push(gateway("Elsewhere", &["fabrikam.example"], None));
        assert_eq!(said(&scene, Rule::GatewayUnattested), [], "no notice to an address inside passes it");
        scene.declared.gateways.push(gateway("Mailwall", &["contoso.com"], None));
        scene.declared.gateways.push(gateway("Everywhere", &[], Some(TODAY)));
        assert_eq!(scene.subjects(Rule::GatewayUnattested), ["Mailwall"]);
        assert_eq!(scene.subjects(Rule::GatewayBypassed), [""; 0], "G2: where its mail goes is not known");
    }

    #[test]
    fn e4_a_gateway_that_mail_goes_around_is_found() {
        let mut scene = scene(&[INSIDE]);
        scene.declared.gateways.push(gateway("Mailwall", &["contoso.com"], None));
        scene.declared.gateways.push(gateway("Elsewhere", &["fabrikam.example"], None));
        let found = said(&scene, Rule::GatewayBypassed);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "Mailwall");
        assert_eq!(said(&scene, Rule::GatewayUnattested), [], "what no notice passes need not be attested");
        let one_of_two = Fact::Present([INSIDE.into(), OUTSIDE.into()].into());
        scene.landscape.mail_exchangers.insert("contoso.com".into(), one_of_two);
        assert_eq!(said(&scene, Rule::GatewayBypassed), []);
    }

    #[test]
    fn e4_nothing_stands_before_the_domain_that_the_tenant_began_with() {
        let mut scene = scene(&[INSIDE]);
        scene.address_node("noc@contoso.onmicrosoft.com");
        let domains = [("contoso.onmicrosoft.com".into(), crate::landscape::DomainType::Authoritative)];
        scene.landscape.exchange.accepted_domains = Fact::Present(domains.into());
        scene.declared.gateways.push(gateway("Mailwall", &[], None));
        assert_eq!(scene.judge().findings.len(), 0);
    }
}
