//! Remote domains, the allow/block list, the quarantine and retention.

use std::collections::{BTreeMap, HashMap};

use jiff::SignedDuration;
use tenant_contacts_core::landscape::{AllowEntry, OutboundConnector, Quarantined, RemoteDomain, RetentionTag, fold};

use super::names::strip_prefix;
use crate::object::{Object, Unreadable, optional};

/// Settings by domain of the other side.
pub(super) fn remote_domains(domains: &[Object]) -> Result<Box<[RemoteDomain]>, Unreadable> {
    let one = |domain: &Object| {
        let auto_forward = domain.flag("AutoForwardEnabled")?.ok_or(Unreadable)?;
        Ok(RemoteDomain { domain: fold(domain.some_text("DomainName")?), auto_forward })
    };
    domains.iter().map(one).collect()
}

/// Outbound connectors that are enabled. Domains may carry the type before them: `smtp:*.contoso.com;1`, as older clients print
/// an address space.
pub(super) fn outbound_connectors(connectors: &[Object]) -> Result<Box<[OutboundConnector]>, Unreadable> {
    let mut enabled = Vec::new();
    for connector in connectors {
        let domain = |text: &str| fold(strip_prefix(text).split(';').next().unwrap_or_default());
        let one = OutboundConnector {
            name: connector.some_text("Name")?.into(),
            on_premises: connector.some_text("ConnectorType")?.eq_ignore_ascii_case("OnPremises"),
            domains: connector.texts("RecipientDomains")?.into_iter().map(domain).collect(),
        };
        if connector.flag("Enabled")?.ok_or(Unreadable)? {
            enabled.push(one);
        }
    }
    Ok(enabled.into())
}

/// Entries of the tenant allow/block list.
pub(super) fn allow_entries(entries: &[Object]) -> Result<Box<[AllowEntry]>, Unreadable> {
    let one = |entry: &Object| {
        let remove_after = optional(entry.number("RemoveAfter"), entry, "RemoveAfter")?;
        Ok(AllowEntry {
            value: fold(entry.some_text("Value")?),
            allowed: match entry.some_text("Action")? {
                "Allow" => true,
                "Block" => false,
                _ => return Err(Unreadable),
            },
            expires: entry.time("ExpirationDate")?,
            // 0 is how no number of days is printed.
            remove_after: remove_after
                .filter(|days| *days != 0)
                .map(|days| u16::try_from(days).map_err(|_| Unreadable))
                .transpose()?,
            last_used: optional(entry.time("LastUsedDate"), entry, "LastUsedDate")?,
        })
    };
    entries.iter().map(one).collect()
}

/// Messages in quarantine.
pub(super) fn quarantine(messages: &[Object]) -> Result<Box<[Quarantined]>, Unreadable> {
    let one = |message: &Object| {
        let status = optional(message.text("ReleaseStatus"), message, "ReleaseStatus")?.unwrap_or_default();
        Ok(Quarantined {
            sender: fold(strip_prefix(message.some_text("SenderAddress")?)),
            recipients: message.texts("RecipientAddress")?.into_iter().map(|to| fold(strip_prefix(to))).collect(),
            received: message.time("ReceivedTime")?.ok_or(Unreadable)?,
            released: status.eq_ignore_ascii_case("Released"),
        })
    };
    messages.iter().map(one).collect()
}

/// Tags that delete, by the policy that links them.
pub(super) fn retention(
    policies: &[Object],
    tags: &[Object],
) -> Result<BTreeMap<Box<str>, Box<[RetentionTag]>>, Unreadable> {
    let mut deleting: HashMap<Box<str>, RetentionTag> = HashMap::new();
    for tag in tags {
        let name = tag.some_text("Name")?;
        let deletes = match tag.some_text("RetentionAction")? {
            "DeleteAndAllowRecovery" | "PermanentlyDelete" | "SoftDelete" => true,
            "MoveToArchive" | "MoveToDeletedItems" | "MoveToFolder" | "MarkAsPastRetentionLimit" => false,
            _ => return Err(Unreadable),
        };
        let age = optional(tag.text("AgeLimitForRetention"), tag, "AgeLimitForRetention")?;
        let (Some(age), true, true) = (age, deletes, tag.is("RetentionEnabled")?) else { continue };
        let kind = tag.some_text("Type")?;
        let applies_to_inbox = ["Inbox", "All"].iter().any(|one| kind.eq_ignore_ascii_case(one));
        let tag = RetentionTag { name: name.into(), applies_to_inbox, after: span(age)? };
        deleting.insert(fold(name), tag);
    }
    let mut linked = BTreeMap::new();
    for policy in policies {
        let links = policy.texts("RetentionPolicyTagLinks")?;
        let tags = links.iter().filter_map(|link| deleting.get(&fold(link))).cloned().collect();
        linked.insert(policy.some_text("Name")?.into(), tags);
    }
    Ok(linked)
}

/// A span of time as .NET prints it, `730.00:00:00`, or a bare number of days.
fn span(text: &str) -> Result<SignedDuration, Unreadable> {
    let number = |text: &str| text.trim().parse::<u32>().map(i64::from).map_err(|_| Unreadable);
    let (days, clock) = match text.split_once('.') {
        Some((days, clock)) => (number(days)?, clock),
        None if text.contains(':') => (0, text),
        None => (number(text)?, "0:0:0"),
    };
    // A fraction of a second does not matter at ages of days.
    let mut parts = clock.split('.').next().unwrap_or_default().split(':').map(number);
    let (Some(hours), Some(minutes), Some(seconds), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Unreadable);
    };
    Ok(SignedDuration::from_secs(days * 86_400 + hours? * 3_600 + minutes? * 60 + seconds?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_dotnet_prints_them() {
        assert_eq!(span("730.00:00:00"), Ok(SignedDuration::from_hours(730 * 24)));
        assert_eq!(span("30"), Ok(SignedDuration::from_hours(30 * 24)));
        assert_eq!(span("12:30:00"), Ok(SignedDuration::from_mins(750)));
        for text in ["", "soon", "1.2", "1.2:3", "-1.00:00:00", "1.00:00:00:00", "99999999999.00:00:00"] {
            assert_eq!(span(text), Err(Unreadable), "{text}");
        }
    }
}
