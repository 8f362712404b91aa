//! Personal addresses in contact state (DOMAIN A3, F5).

use super::{case::Case, departed, found::Found};
use crate::lint::Place;

/// A3: contact state names a free-mail address, or one outside the domains the company controls.
pub(super) fn personal(case: &Case<'_>, found: &mut Found) {
    for stated in case.contact_state() {
        let what = match case.place(stated.address) {
            Place::FreeMail => "a free-mail address",
            Place::Outside => {
                "an address in a domain that is neither verified in the tenant nor declared in ownDomains"
            }
            Place::Inside | Place::Unknown(_) => continue,
        };
        if departed::owner(case, stated.address, false).is_none() {
            found.say(stated.subject(), format!("{} names {what}", stated.field));
        }
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
