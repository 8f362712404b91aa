//! Whole domains that are let past the mail filter (DOMAIN E4).

use jiff::{SignedDuration, Timestamp};

use super::{
    case::Case,
    found::{Found, listed},
};
use crate::{
    answer::Subject,
    landscape::{AllowEntry, TransportVerdict},
};

/// E4: a whole domain is let past the filter: anybody who can forge its name is.
pub(super) fn domain_allowed(case: &Case<'_>, found: &mut Found) {
    let exchange = &case.landscape.exchange;
    for filter in exchange.content_filters.present().into_iter().flatten() {
        if !filter.allowed_domains.is_empty() {
            let domains = listed(filter.allowed_domains.iter().map(|one| &**one));
            found.say(
                Subject::Policy { name: filter.name.clone() },
                format!("the anti-spam policy \"{}\" allows whole domains: {domains}", filter.name),
            );
        }
    }
    for entry in exchange.allow_entries.present().into_iter().flatten() {
        if entry.allowed && is_current(entry, case.now) && !entry.value.contains('@') {
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
                format!("the transport rule \"{}\" allows whole domains: {domains}", rule.name),
            );
        }
    }
}

/// Whether an entry of the allow list holds: it ends on a day, or so many days after its last use (contract §6).
pub(super) fn is_current(entry: &AllowEntry, now: Timestamp) -> bool {
    let unused = match (entry.last_used, entry.remove_after) {
        (Some(used), Some(days)) => now.duration_since(used) > SignedDuration::from_hours(24 * i64::from(days)),
        (None, _) | (_, None) => false,
    };
    !unused && entry.expires.is_none_or(|end| end > now)
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::rule::Rule;

    use super::*;
    use crate::{
        landscape::testing::{content_filter, transport_rule},
        model::Fact,
        policy::testing::{Scene, now, read_failed},
    };

    #[test]
    fn e4_an_entry_ends_on_its_day_or_so_long_after_its_last_use() {
        let entry = |expires: Option<i64>, last_used: Option<i64>, remove_after| AllowEntry {
            value: "a@microsoft.com".into(),
            allowed: true,
            expires: expires.map(|hours| now() + SignedDuration::from_hours(hours)),
            remove_after,
            last_used: last_used.map(|days| now() - SignedDuration::from_hours(24 * days)),
        };
        for (entry, current) in [
            (entry(None, None, None), true),
            (entry(Some(1), None, None), true),
            (entry(Some(-1), None, None), false),
            (entry(None, Some(44), Some(45)), true),
            (entry(None, Some(46), Some(45)), false),
            (entry(None, None, Some(45)), true),
        ] {
            assert_eq!(is_current(&entry, now()), current);
        }
    }

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
