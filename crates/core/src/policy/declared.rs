//! What policies say of rules, taken together.
//!
//! Several policies of one tenant may speak of one rule: the stricter word holds. A rule is off only where all that speak of
//! it turn it off; the graver severity and the fewer days hold; exceptions are taken together, since each has somebody who
//! answers for it. Nobody can quiet another team's rule by a policy of one's own, only except a subject, by name.

use std::collections::BTreeMap;

use tenant_contacts_api::{
    rule::Rule,
    v1alpha1::{ContactPolicy, RulePolicy},
};

use crate::answer::{Exception, RuleSetting};

/// What the policies of one tenant say, by rule. A rule that is missing is on, as it is built in. The order of policies does
/// not matter.
pub fn rules<'a>(policies: impl IntoIterator<Item = &'a ContactPolicy>) -> BTreeMap<Rule, RuleSetting> {
    let mut settings: BTreeMap<Rule, RuleSetting> = BTreeMap::new();
    for policy in policies.into_iter().flat_map(|policy| &policy.spec.rules) {
        let said = setting(policy);
        match settings.get_mut(&policy.name) {
            None => drop(settings.insert(policy.name, said)),
            Some(setting) => stricter(setting, said, policy.name),
        }
    }
    for setting in settings.values_mut() {
        setting.exceptions.sort();
        setting.exceptions.dedup();
    }
    settings
}

fn setting(policy: &RulePolicy) -> RuleSetting {
    RuleSetting {
        enabled: policy.enabled.unwrap_or(true),
        severity: policy.severity,
        days: policy.days,
        // The schema refuses a day that the calendar does not have.
        exceptions: policy
            .exceptions
            .iter()
            .filter_map(|exception| {
                Some(Exception {
                    subject: exception.subject.trim().into(),
                    owner: exception.owner.as_str().into(),
                    reason: exception.reason.as_str().into(),
                    until: exception.until.parse().ok()?,
                })
            })
            .collect(),
    }
}

/// The stricter of two words. A policy that leaves severity or days out means the rule's own.
fn stricter(setting: &mut RuleSetting, said: RuleSetting, rule: Rule) {
    setting.severity = match (setting.severity, said.severity) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or(rule.severity()).max(other.unwrap_or(rule.severity()))),
    };
    setting.enabled |= said.enabled;
    setting.days = match (setting.days, said.days) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    setting.exceptions.extend(said.exceptions);
}

#[cfg(test)]
mod tests {
    use tenant_contacts_api::{
        notice::Severity,
        v1alpha1::{ContactPolicySpec, RuleException, TenantRef},
    };

    use super::*;

    fn policy(rules: Vec<RulePolicy>) -> ContactPolicy {
        ContactPolicy::new("p", ContactPolicySpec { tenant_ref: TenantRef { name: "contoso".into() }, rules })
    }

    fn says(enabled: Option<bool>, severity: Option<Severity>, days: Option<u16>, subjects: &[&str]) -> ContactPolicy {
        let exceptions = subjects
            .iter()
            .map(|subject| RuleException {
                subject: (*subject).into(),
                owner: "helena.marsh".into(),
                reason: "moving to the new list".into(),
                until: "2026-12-31".into(),
            })
            .collect();
        policy(vec![RulePolicy { name: Rule::UnreadMail, enabled, severity, days, exceptions }])
    }

    #[test]
    fn without_a_policy_nothing_is_said_and_every_rule_is_on() {
        assert!(rules([]).is_empty());
        assert!(RuleSetting::default().enabled);
    }

    #[test]
    fn of_several_policies_the_stricter_word_holds_in_any_order() {
        let off = says(Some(false), Some(Severity::Info), Some(30), &["a@contoso.com"]);
        let on = says(None, Some(Severity::Error), Some(3), &["b@contoso.com", "a@contoso.com"]);
        let both = rules([&off, &on]);
        assert_eq!(both, rules([&on, &off]));
        let setting = &both[&Rule::UnreadMail];
        assert!(setting.enabled);
        assert_eq!((setting.severity, setting.days), (Some(Severity::Error), Some(3)));
        let subjects: Vec<&str> = setting.exceptions.iter().map(|exception| &*exception.subject).collect();
        assert_eq!(subjects, ["a@contoso.com", "b@contoso.com"]);
        assert!(!rules([&off])[&Rule::UnreadMail].enabled, "alone it turns the rule off");
    }

    #[test]
    fn a_policy_that_leaves_the_severity_out_means_the_rules_own() {
        let info = says(None, Some(Severity::Info), None, &[]);
        let plain = says(None, None, None, &[]);
        assert_eq!(rules([&info, &plain])[&Rule::UnreadMail].severity, Some(Rule::UnreadMail.severity()));
        assert_eq!(rules([&info])[&Rule::UnreadMail].severity, Some(Severity::Info));
    }
}
