//! Whole domains that are let past the mail filter (DOMAIN E4).

use super::{
    case::Case,
    found::{Found, listed},
};
use crate::{answer::Subject, landscape::TransportVerdict};

/// E4: a whole domain is let past the filter: anybody who can forge its name is.
pub(super) fn domain_allowed(case: &Case<'_>, found: &mut Found) {
    let exchange = &case.landscape.exchange;
    for filter in exchange.content_filters.present().into_iter().flatten() {
        if !filter.allowed_domains.is_empty() {
            let domains = listed(filter.allowed_domains.iter().map(|one| &**one));
            found.say(
                Subject::Policy { name: filter.name.clone() },
                format!("the anti-spam policy {} lets whole domains past the filter: {domains}", filter.name),
            );
        }
    }
    for entry in exchange.allow_entries.present().into_iter().flatten() {
        let current = entry.expires.is_none_or(|end| end > case.now);
        if entry.allowed && current && !entry.value.contains('@') {
            found.say(
                Subject::Policy { name: entry.value.clone() },
                format!("the tenant allow list lets the whole domain {} past the filter", entry.value),
            );
        }
    }
    for rule in exchange.transport_rules.present().into_iter().flatten() {
        // With other conditions it may be authentication that it requires.
        let past = rule.verdicts.contains(&TransportVerdict::SetScl(-1));
        if rule.enforced && past && !rule.other_conditions && rule.from.is_empty() && !rule.sender_domains.is_empty() {
            let domains = listed(rule.sender_domains.iter().map(|one| &**one));
            found.say(
                Subject::Policy { name: rule.name.clone() },
                format!("the transport rule {} lets whole domains past the filter: {domains}", rule.name),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::rule::Rule;

    use super::*;
    use crate::{
        landscape::AllowEntry,
        model::Fact,
        policy::testing::{Scene, content_filter, read_failed, transport_rule},
    };

    #[test]
    fn e4_a_domain_that_is_let_past_the_filter_is_found_wherever_it_stands() {
        let mut scene = Scene::new();
        let mut filter = content_filter("Default");
        filter.allowed_senders = ["a@microsoft.com".into()].into();
        let mut open = content_filter("Sales");
        open.allowed_domains = ["fabrikam.example".into()].into();
        scene.landscape.exchange.content_filters = Fact::Present([open, filter].into());
        let entry = |value: &str, allowed| AllowEntry {
            value: value.into(),
            allowed,
            expires: None,
            remove_after: None,
            last_used: None,
        };
        scene.landscape.exchange.allow_entries = Fact::Present(
            [entry("microsoft.com", true), entry("a@microsoft.com", true), entry("evil.example", false)].into(),
        );
        let mut careful = transport_rule("careful", TransportVerdict::SetScl(-1));
        careful.sender_domains = ["microsoft.com".into()].into();
        careful.other_conditions = true;
        let mut careless = careful.clone();
        (careless.name, careless.other_conditions) = ("careless".into(), false);
        scene.landscape.exchange.transport_rules = Fact::Present([careful, careless].into());
        assert_eq!(scene.subjects(Rule::DomainAllowed), ["Sales", "careless", "microsoft.com"]);

        scene.landscape.exchange.content_filters = read_failed();
        scene.landscape.exchange.allow_entries = read_failed();
        scene.landscape.exchange.transport_rules = read_failed();
        assert_eq!(scene.subjects(Rule::DomainAllowed), [""; 0], "G2");
    }
}
