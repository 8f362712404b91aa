//! Whom a policy applies to: the rules that bind policies to people.

use std::collections::HashMap;

use tenant_contacts_core::landscape::{PolicyScope, fold};

use super::Names;
use crate::object::{Object, Unreadable, begins, optional};

/// How a kind of policy and its rules name things.
pub(super) struct Words {
    /// The rule's property that names the policy.
    pub(super) policy: &'static str,
    pub(super) people: &'static str,
    pub(super) members_of: &'static str,
    pub(super) domains: &'static str,
    /// Exceptions by people, by lists and by domains.
    pub(super) exceptions: [&'static str; 3],
}

/// How rules about recipients name their exceptions.
pub(super) const EXCEPT_RECIPIENTS: [&str; 3] =
    ["ExceptIfSentTo", "ExceptIfSentToMemberOf", "ExceptIfRecipientDomainIs"];

/// How rules about senders name their exceptions.
pub(super) const EXCEPT_SENDERS: [&str; 3] = ["ExceptIfFrom", "ExceptIfFromMemberOf", "ExceptIfSenderDomainIs"];

/// Policies with whom they apply to, in the order in which they are tried: those bound by enabled rules by priority, then
/// those that apply to everybody else. Policies that apply to nobody are left out.
pub(super) fn bound<'a>(
    policies: &'a [Object],
    rules: &[Object],
    words: &Words,
    names: &Names,
    for_everybody: impl Fn(&Object) -> Result<bool, Unreadable>,
) -> Result<Vec<(&'a Object, PolicyScope)>, Unreadable> {
    let mut by_name: HashMap<Box<str>, &Object> = HashMap::new();
    for policy in policies {
        let identity = optional(policy.text("Identity"), policy, "Identity")?;
        for name in [Some(policy.some_text("Name")?), identity].into_iter().flatten() {
            // A rule that names one of two policies binds neither for certain.
            if by_name.insert(fold(name), policy).is_some_and(|other| !std::ptr::eq(other, policy)) {
                return Err(Unreadable);
            }
        }
    }
    let mut ordered = Vec::new();
    for rule in rules {
        if !rule.some_text("State")?.eq_ignore_ascii_case("Enabled") {
            continue;
        }
        let Some(policy) = by_name.get(&fold(rule.some_text(words.policy)?)) else { return Err(Unreadable) };
        ordered.push((rule.number("Priority")?.ok_or(Unreadable)?, *policy, scope(rule, words, names)?));
    }
    ordered.sort_by_key(|(priority, ..)| *priority);
    let mut bound: Vec<_> = ordered.into_iter().map(|(_, policy, scope)| (policy, scope)).collect();
    for policy in policies {
        if for_everybody(policy)? {
            bound.push((policy, PolicyScope::default()));
        }
    }
    Ok(bound)
}

fn scope(rule: &Object, words: &Words, names: &Names) -> Result<PolicyScope, Unreadable> {
    let texts = |name: &'static str| optional(rule.texts(name), rule, name);
    let [except_people, except_members_of, except_domains] = words.exceptions;
    let domains = |name: &'static str| -> Result<Box<[Box<str>]>, Unreadable> {
        Ok(texts(name)?.into_iter().map(fold).collect())
    };
    Ok(PolicyScope {
        recipients: names.targets(&texts(words.people)?),
        members_of: names.targets(&texts(words.members_of)?),
        domains: domains(words.domains)?,
        except_recipients: names.targets(&texts(except_people)?),
        except_members_of: names.targets(&texts(except_members_of)?),
        except_domains: domains(except_domains)?,
        other_exceptions: rule
            .telling()
            .any(|name| begins(name, "ExceptIf") && !words.exceptions.iter().any(|one| one.eq_ignore_ascii_case(name))),
    })
}
