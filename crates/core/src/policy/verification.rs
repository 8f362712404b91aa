//! Microsoft's verification mail and the mail filter (DOMAIN E4).

use std::collections::BTreeMap;

use tenant_contacts_api::notice::Category;

use super::{
    case::{Case, domain},
    filter::is_current,
    found::Found,
    partner_contact::primary_contact,
};
use crate::{
    answer::Subject,
    landscape::{AllowEntry, ContentFilter, PolicyScope, Reference, TransportRule, TransportVerdict, fold},
    routing::{NOTICE_SENDERS, NoticeSender, entry_names},
};

/// The domain that links in verification mail lead to, or lie below: Partner Center's. Which host exactly is not documented.
const LINK_DOMAIN: &str = "microsoft.com";

/// Senders of mail that a partner must answer. "Verify your account information when you enroll" (Microsoft) asks to let all of
/// microsoft.com through; a whole domain is let through only with an explicit yes (DOMAIN E4), so rules go by single addresses.
fn verification_senders() -> impl Iterator<Item = &'static NoticeSender> {
    NOTICE_SENDERS.iter().filter(|sender| sender.categories.contains(&Category::PartnerVerification))
}

/// E4: a verification sender does not pass the filter for certain. Of partners only, and silent unless filters, transport rules
/// and allow entries were all read.
pub(super) fn not_trusted(case: &Case<'_>, found: &mut Found) {
    let exchange = &case.landscape.exchange;
    let (Ok(filters), Ok(rules), Ok(entries)) =
        (exchange.content_filters.known(), exchange.transport_rules.known(), exchange.allow_entries.known())
    else {
        return;
    };
    if case.landscape.partner.legal.present().is_none() {
        return;
    }
    let filters = filters.map_or(&[][..], |filters| filters);
    let rules = rules.map_or(&[][..], |rules| rules);
    let entries: Vec<&AllowEntry> = entries.into_iter().flatten().filter(|entry| is_current(entry, case.now)).collect();
    for sender in verification_senders() {
        let names = |value: &str| entry_names(value, sender);
        let blocked = entries.iter().any(|entry| !entry.allowed && names(&entry.value))
            || filters
                .iter()
                .any(|filter| filter.blocked_senders.iter().chain(&filter.blocked_domains).any(|value| names(value)));
        let allowed = entries.iter().any(|entry| entry.allowed && names(&entry.value))
            || rules.iter().any(|rule| lets_past(rule, sender))
            || by_every_filter(filters, &names);
        let what = match (blocked, allowed) {
            (true, _) => "is blocked",
            (false, false) => "is not allowed by any allow entry, transport rule or filter policy",
            (false, true) => continue,
        };
        found.say(
            Subject::Policy { name: sender.address.into() },
            format!(
                "{} {what}: it sends the partner's verification mail, whose link holds for seven days",
                sender.address
            ),
        );
    }
}

/// Plain allowed senders work only where their policy applies: every policy must have it.
fn by_every_filter(filters: &[ContentFilter], names: &dyn Fn(&str) -> bool) -> bool {
    !filters.is_empty()
        && filters
            .iter()
            .all(|filter| filter.allowed_senders.iter().chain(&filter.allowed_domains).any(|value| names(value)))
}

/// Whether a transport rule lets this sender past the filter, whoever the recipient. That it has conditions beside the sender is
/// as it should be: it requires authentication to pass.
fn lets_past(rule: &TransportRule, sender: &NoticeSender) -> bool {
    let names = |from: &[Reference], domains: &[Box<str>]| {
        from.iter().any(|one| matches!(one, Reference::Address(entry) if entry_names(entry, sender)))
            || domains.iter().any(|entry| entry_names(entry, sender))
    };
    let takes = names(&rule.from, &rule.sender_domains);
    let everybody = rule.sent_to.is_empty()
        && rule.sent_to_members_of.is_empty()
        && rule.recipient_domains.is_empty()
        && rule.to_inside != Some(false);
    rule.enforced
        && takes
        && everybody
        && rule.except_sent_to.is_empty()
        && rule.except_sent_to_members_of.is_empty()
        && rule.except_recipient_domains.is_empty()
        && rule.from_outside != Some(false)
        && !names(&rule.except_from, &rule.except_sender_domains)
        && rule.verdicts.contains(&TransportVerdict::SetScl(-1))
}

/// E4: a message of a verification sender is in quarantine.
pub(super) fn quarantined(case: &Case<'_>, found: &mut Found) {
    let mut held: BTreeMap<&str, u32> = BTreeMap::new();
    let messages = case.landscape.exchange.quarantine.present().into_iter().flatten();
    for message in messages.filter(|message| !message.released) {
        if verification_senders().any(|sender| *sender.address == *message.sender) {
            message.recipients.iter().for_each(|recipient| *held.entry(recipient).or_default() += 1);
        }
    }
    for (recipient, count) in held {
        let messages = if count == 1 { "a message".to_owned() } else { format!("{count} messages") };
        found.say(
            Subject::Recipient { name: recipient.into() },
            format!("{messages} of Microsoft's verification sender to {recipient} in quarantine"),
        );
    }
}

/// E4: links in mail to the partner's primary contact are rewritten, those of verification mail among them.
pub(super) fn links_rewritten(case: &Case<'_>, found: &mut Found) {
    let Some(address) = primary_contact(case) else { return };
    for policy in case.landscape.exchange.safe_links.present().into_iter().flatten() {
        match applies(case, &policy.scope, address) {
            Some(false) => {}
            // A policy of a higher priority may apply: what the others do is not known to matter.
            None => return,
            Some(true) => {
                if policy.rewrites && !policy.leaves_alone.iter().any(|pattern| covers(pattern)) {
                    found.say(
                        Subject::Policy { name: policy.name.clone() },
                        format!(
                            "the Safe Links policy \"{}\" rewrites links in mail to the partner's primary contact: a verification link may be used up before a person clicks it",
                            policy.name
                        ),
                    );
                }
                return;
            }
        }
    }
}

/// Whether a policy applies to a recipient; `None` where that depends on a list's members or on whom a name means. Conditions of different kinds must
/// all hold, and one exception suffices.
fn applies(case: &Case<'_>, scope: &PolicyScope, address: &str) -> Option<bool> {
    let recipient = case.recipient(address).ok().flatten();
    let folded = fold(address);
    let is = |named: &[Reference]| {
        named.iter().any(|one| match one {
            Reference::Address(address) => *address == folded,
            Reference::Recipient(key) => recipient.is_some_and(|recipient| *key == recipient.key),
            Reference::Gone | Reference::Ambiguous(_) | Reference::Unreadable => false,
        })
    };
    let untold =
        |named: &[Reference]| named.iter().any(|one| matches!(one, Reference::Ambiguous(_) | Reference::Unreadable));
    let within = |domains: &[Box<str>]| domains.iter().any(|one| **one == *domain(address));
    if (!scope.recipients.is_empty() && !is(&scope.recipients) && !untold(&scope.recipients))
        || (!scope.domains.is_empty() && !within(&scope.domains))
        || is(&scope.except_recipients)
        || within(&scope.except_domains)
    {
        return Some(false);
    }
    let told = (is(&scope.recipients) || !untold(&scope.recipients)) && !untold(&scope.except_recipients);
    let certain = told && scope.members_of.is_empty() && scope.except_members_of.is_empty() && !scope.other_exceptions;
    certain.then_some(true)
}

/// Whether an entry of `DoNotRewriteUrls` covers links of verification mail: `*.microsoft.com/*`, `partner.microsoft.com`, …
fn covers(pattern: &str) -> bool {
    let host = pattern.trim_start_matches("https://").trim_start_matches("http://");
    let host = host.split('/').next().unwrap_or_default();
    host == LINK_DOMAIN || host.strip_suffix(LINK_DOMAIN).is_some_and(|below| below.ends_with(['.', '*']))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use tenant_contacts_api::{notice::Confidence, rule::Rule};

    use super::*;
    use crate::{
        landscape::{
            Quarantined, SafeLinks,
            testing::{content_filter, transport_rule},
        },
        model::Fact,
        policy::testing::{Scene, now, read_failed},
    };

    const SENDER: &str = "maccount@microsoft.com";

    fn partner() -> Scene {
        let mut scene = Scene::new();
        scene.partner("partner@contoso.com");
        scene.landscape.exchange.content_filters = Fact::Present([content_filter("Default")].into());
        scene.landscape.exchange.transport_rules = Fact::Absent;
        scene.landscape.exchange.allow_entries = Fact::Absent;
        scene
    }

    fn entry(value: &str, allowed: bool, hours: i64) -> AllowEntry {
        AllowEntry {
            value: value.into(),
            allowed,
            expires: Some(now() + SignedDuration::from_hours(hours)),
            remove_after: None,
            last_used: None,
        }
    }

    fn not_trusted(scene: &Scene) -> usize {
        scene.findings(Rule::VerificationSenderNotTrusted).len()
    }

    #[test]
    fn e4_verification_senders_are_microsofts_word() {
        let senders: Vec<&str> = verification_senders().map(|sender| sender.address).collect();
        assert_eq!(senders, [SENDER]);
        assert!(verification_senders().all(|sender| sender.confidence == Confidence::Documented));
    }

    #[test]
    fn e4_a_sender_that_nothing_lets_through_is_found_once_everything_was_read() {
        let mut scene = partner();
        assert_eq!(scene.subjects(Rule::VerificationSenderNotTrusted), [SENDER]);
        let exchange = |scene: &mut Scene, what: usize| match what {
            0 => scene.landscape.exchange.content_filters = read_failed(),
            1 => scene.landscape.exchange.transport_rules = read_failed(),
            2 => scene.landscape.exchange.allow_entries = read_failed(),
            _ => scene.landscape.partner.legal = read_failed(),
        };
        for what in 0..4 {
            let mut unread = partner();
            exchange(&mut unread, what);
            assert_eq!(not_trusted(&unread), 0, "G2: {what}");
        }
        scene.landscape.partner.legal = Fact::Absent;
        assert_eq!(not_trusted(&scene), 0, "no partner gets no verification mail");
    }

    #[test]
    fn e4_an_allow_entry_counts_until_it_expires_and_a_block_beats_it() {
        let with = |entries: Vec<AllowEntry>| {
            let mut scene = partner();
            scene.landscape.exchange.allow_entries = Fact::Present(entries.into());
            not_trusted(&scene)
        };
        assert_eq!(with(vec![entry(SENDER, true, 1)]), 0);
        assert_eq!(with(vec![entry(SENDER, true, -1)]), 1);
        assert_eq!(with(vec![entry("other@microsoft.com", true, 1)]), 1);
        assert_eq!(with(vec![entry(SENDER, true, 1), entry(SENDER, false, 1)]), 1);
    }

    #[test]
    fn e4_a_transport_rule_counts_where_it_is_enforced_and_takes_everybodys_mail() {
        let with = |change: &dyn Fn(&mut TransportRule)| {
            let mut scene = partner();
            let mut rule = transport_rule("Let Microsoft in", TransportVerdict::SetScl(-1));
            rule.from = [SENDER.into()].into();
            rule.other_conditions = true; // authentication passes
            change(&mut rule);
            scene.landscape.exchange.transport_rules = Fact::Present([rule].into());
            not_trusted(&scene)
        };
        assert_eq!(with(&|_| {}), 0);
        assert_eq!(with(&|rule| rule.enforced = false), 1);
        assert_eq!(with(&|rule| rule.sent_to = ["noc@contoso.com".into()].into()), 1);
        assert_eq!(with(&|rule| rule.verdicts = [TransportVerdict::SetScl(5)].into()), 1);
    }

    #[test]
    fn e4_plain_allowed_senders_count_where_every_policy_has_them() {
        let with = |filters: Vec<ContentFilter>| {
            let mut scene = partner();
            scene.landscape.exchange.content_filters = Fact::Present(filters.into());
            not_trusted(&scene)
        };
        let mut allows = content_filter("Default");
        allows.allowed_senders = [SENDER.into()].into();
        assert_eq!(with(vec![allows.clone()]), 0);
        assert_eq!(with(vec![content_filter("Sales"), allows]), 1);
    }

    #[test]
    fn e4_a_verification_message_in_quarantine_is_found() {
        let message = |sender: &str, released| Quarantined {
            sender: sender.into(),
            recipients: ["partner@contoso.com".into()].into(),
            received: now(),
            released,
        };
        let mut scene = Scene::new();
        scene.landscape.exchange.quarantine = Fact::Present([message(SENDER, false), message(SENDER, false)].into());
        let findings = scene.findings(Rule::VerificationMailQuarantined);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].message.starts_with("2 messages"), "{}", findings[0].message);
        for near in [message(SENDER, true), message("sales@microsoft.com", false)] {
            scene.landscape.exchange.quarantine = Fact::Present([near].into());
            assert_eq!(scene.subjects(Rule::VerificationMailQuarantined), [""; 0]);
        }
        scene.landscape.exchange.quarantine = read_failed();
        assert_eq!(scene.subjects(Rule::VerificationMailQuarantined), [""; 0], "G2");
    }

    #[test]
    fn e4_rewritten_verification_links_are_found() {
        let policy = |leaves_alone: &[&str]| SafeLinks {
            name: "Standard".into(),
            scope: PolicyScope::default(),
            rewrites: true,
            leaves_alone: leaves_alone.iter().map(|one| (*one).into()).collect(),
        };
        let with = |policies: Vec<SafeLinks>| {
            let mut scene = partner();
            scene.landscape.exchange.safe_links = Fact::Present(policies.into());
            scene.findings(Rule::VerificationLinksRewritten).len()
        };
        assert_eq!(with(vec![policy(&[])]), 1);
        assert_eq!(with(vec![policy(&["*.microsoft.com/*"])]), 0);
        assert_eq!(with(vec![policy(&["https://partner.microsoft.com/*"])]), 0);
        assert_eq!(with(vec![policy(&["notmicrosoft.com"])]), 1);
        assert_eq!(with(vec![SafeLinks { rewrites: false, ..policy(&[]) }]), 0);
        let of = |scope| SafeLinks { scope, ..policy(&[]) };
        let elsewhere = PolicyScope { domains: ["fabrikam.example".into()].into(), ..PolicyScope::default() };
        assert_eq!(with(vec![of(elsewhere)]), 0);
        let members = PolicyScope { members_of: ["everybody".into()].into(), ..PolicyScope::default() };
        assert_eq!(with(vec![of(members), policy(&[])]), 0, "G2: a policy that may apply comes first");
        assert_eq!(partner().findings(Rule::VerificationLinksRewritten).len(), 0, "G2: not read");
    }
}
