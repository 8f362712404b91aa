//! Personal addresses in contact state (DOMAIN A3, F5).

use super::{
    behind::{self, End},
    case::{Case, domain, own_domains},
    departed,
    found::Found,
    lookalike,
};
use crate::lint::Place;

/// A3: contact state names a free-mail address, or one outside the domains the company controls, or what is sent there goes on
/// to one.
pub(super) fn personal(case: &Case<'_>, found: &mut Found) {
    let own = own_domains(case.landscape, case.declared);
    for stated in case.contact_state() {
        let Some(what) = what(case, stated.address) else { continue };
        if departed::owner(case, stated.address, false).is_none() {
            let note = lookalike::note(&domain(stated.address), &own);
            found.say(stated.subject(), format!("{} names {what}{note}", stated.field));
        }
    }
    for given in behind::given(case) {
        let End::Outside(address) = given.to else { continue };
        let Some(what) = what(case, address) else { continue };
        if departed::owner(case, address, false).is_none() {
            let note = lookalike::note(&domain(address), &own);
            found.say(given.subject(), given.sentence(address, what) + &note);
        }
    }
}

fn what(case: &Case<'_>, address: &str) -> Option<&'static str> {
    match case.place(address) {
        Place::FreeMail => Some("a free-mail address"),
        Place::Outside => {
            Some("an address in a domain that is neither verified in the tenant nor declared in ownDomains")
        }
        Place::Inside | Place::Unknown(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::rule::Rule;

    use crate::{
        landscape::LegalProfile,
        model::Fact,
        policy::testing::{Scene, read_failed},
    };

    #[test]
    fn c10_a_domain_that_looks_like_the_own_one_is_noted() {
        let mut scene = Scene::new();
        scene.landscape.organization.technical =
            Fact::of_values(vec!["noc@contosso.com".into(), "noc@other.example".into()]);
        let findings = scene.findings(Rule::PersonalAddress);
        let noted: Vec<bool> = findings.iter().map(|one| one.message.contains("looks like contoso.com")).collect();
        assert_eq!(noted, [true, false]);
    }

    #[test]
    fn a3_a_personal_address_in_any_contact_field_is_found() {
        let mut scene = Scene::new();
        let list = |address: &str| Fact::of_values(vec![address.into()]);
        scene.landscape.organization.technical = list("noc@gmail.com");
        scene.landscape.organization.security_mails = list("soc@contoso.com");
        scene.landscape.organization.marketing = list("pr@fabrikam.example");
        scene.landscape.partner.legal = Fact::Present(LegalProfile {
            primary_contact: Fact::Present("owner@web.de".into()),
            primary_contact_name: Fact::Absent,
            company_approver: Fact::Absent,
            vetting_status: Fact::Absent,
        });
        assert_eq!(scene.subjects(Rule::PersonalAddress), ["pr@fabrikam.example", "owner@web.de", "noc@gmail.com"]);

        scene.declared.own_domains.insert("fabrikam.example".into());
        assert_eq!(scene.subjects(Rule::PersonalAddress), ["owner@web.de", "noc@gmail.com"]);
        scene.declared.own_domains.clear();
        scene.landscape.domains = read_failed();
        assert_eq!(scene.subjects(Rule::PersonalAddress), ["owner@web.de", "noc@gmail.com"], "G2");
    }
}
