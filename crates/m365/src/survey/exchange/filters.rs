//! Policies of the mail filter.

use tenant_contacts_core::landscape::{AutoForwarding, ContentFilter, OutboundPolicy, SafeLinks, SpamAction, fold};

use super::{
    Names,
    scope::{EXCEPT_RECIPIENTS, EXCEPT_SENDERS, Words, bound},
};
use crate::object::{Object, Unreadable, optional};

/// Anti-spam policies, the default one last.
pub(super) fn content(
    policies: &[Object],
    rules: &[Object],
    names: &Names,
) -> Result<Box<[ContentFilter]>, Unreadable> {
    let words = Words {
        policy: "HostedContentFilterPolicy",
        people: "SentTo",
        members_of: "SentToMemberOf",
        domains: "RecipientDomainIs",
        exceptions: EXCEPT_RECIPIENTS,
    };
    let bound = bound(policies, rules, &words, names, |policy| policy.is("IsDefault"))?;
    let filter = |(policy, scope): (&Object, _)| {
        let folded = |name: &str| -> Result<Box<[Box<str>]>, Unreadable> {
            Ok(policy.texts(name)?.into_iter().map(fold).collect())
        };
        let threshold = optional(policy.number("BulkThreshold"), policy, "BulkThreshold")?;
        Ok(ContentFilter {
            name: policy.some_text("Name")?.into(),
            scope,
            allowed_senders: folded("AllowedSenders")?,
            allowed_domains: folded("AllowedSenderDomains")?,
            blocked_senders: folded("BlockedSenders")?,
            blocked_domains: folded("BlockedSenderDomains")?,
            spam: action(policy.some_text("SpamAction")?)?,
            high_confidence_spam: action(policy.some_text("HighConfidenceSpamAction")?)?,
            redirect_to: optional(policy.texts("RedirectToRecipients"), policy, "RedirectToRecipients")?
                .into_iter()
                .map(|text| names.target(text))
                .collect(),
            bulk: action(policy.some_text("BulkSpamAction")?)?,
            bulk_threshold: threshold.map(|level| u8::try_from(level).map_err(|_| Unreadable)).transpose()?,
        })
    };
    bound.into_iter().map(filter).collect()
}

/// `SpamAction` of Set-HostedContentFilterPolicy.
fn action(text: &str) -> Result<SpamAction, Unreadable> {
    Ok(match text {
        "MoveToJmf" => SpamAction::Junk,
        "Quarantine" => SpamAction::Quarantine,
        "Delete" => SpamAction::Delete,
        "Redirect" => SpamAction::Redirect,
        "AddXHeader" | "ModifySubject" | "NoAction" => SpamAction::Deliver,
        _ => return Err(Unreadable),
    })
}

/// Outbound spam policies, the default one last.
pub(super) fn outbound(
    policies: &[Object],
    rules: &[Object],
    names: &Names,
) -> Result<Box<[OutboundPolicy]>, Unreadable> {
    let words = Words {
        policy: "HostedOutboundSpamFilterPolicy",
        people: "From",
        members_of: "FromMemberOf",
        domains: "SenderDomainIs",
        exceptions: EXCEPT_SENDERS,
    };
    let bound = bound(policies, rules, &words, names, |policy| policy.is("IsDefault"))?;
    let outbound = |(policy, scope): (&Object, _)| {
        let auto_forwarding = match policy.some_text("AutoForwardingMode")? {
            "Automatic" => AutoForwarding::Automatic,
            "On" => AutoForwarding::On,
            "Off" => AutoForwarding::Off,
            _ => return Err(Unreadable),
        };
        Ok(OutboundPolicy { name: policy.some_text("Name")?.into(), scope, auto_forwarding })
    };
    bound.into_iter().map(outbound).collect()
}

/// Safe Links policies.
pub(super) fn safe_links(policies: &[Object], rules: &[Object], names: &Names) -> Result<Box<[SafeLinks]>, Unreadable> {
    let words = Words {
        policy: "SafeLinksPolicy",
        people: "SentTo",
        members_of: "SentToMemberOf",
        domains: "RecipientDomainIs",
        exceptions: EXCEPT_RECIPIENTS,
    };
    // The built-in protection needs no rule (Safe Links in Microsoft Defender for Office 365).
    let built_in = |policy: &Object| optional(policy.is("IsBuiltInProtection"), policy, "IsBuiltInProtection");
    let mut links = Vec::new();
    for (policy, scope) in bound(policies, rules, &words, names, built_in)? {
        links.push(SafeLinks {
            name: policy.some_text("Name")?.into(),
            scope,
            // One that is off for mail still keeps those after it from its recipients.
            rewrites: policy.is("EnableSafeLinksForEmail")?
                && !optional(policy.is("DisableUrlRewrite"), policy, "DisableUrlRewrite")?,
            leaves_alone: policy.texts("DoNotRewriteUrls")?.into_iter().map(fold).collect(),
        });
    }
    Ok(links.into())
}
