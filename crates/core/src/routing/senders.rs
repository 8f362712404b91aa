//! Addresses that Microsoft's notices come from.
//!
//! They matter where a rule, a filter or an acceptance list of the tenant names senders. No page of Microsoft's lists them
//! all, so each says how well it is known; rules are judged for the set of them, since which of them a given notice comes
//! from is not documented.

use tenant_contacts_api::notice::{Category, Confidence};

/// An address that notices come from.
#[derive(Clone, Copy, Debug)]
pub struct NoticeSender {
    /// The address, in lower case.
    pub address: &'static str,
    /// The notices that come from it.
    pub categories: &'static [Category],
    /// Who says so.
    pub by: &'static str,
    /// How well it is known.
    pub confidence: Confidence,
}

impl NoticeSender {
    /// The address's domain.
    pub fn domain(&self) -> &'static str {
        self.address.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// The senders that are known.
pub const NOTICE_SENDERS: &[NoticeSender] = &[
    NoticeSender {
        address: "msonlineservicesteam@microsoftonline.com",
        categories: &[Category::PasswordResetRequest, Category::UserPasswordReset, Category::AdminPasswordChanged],
        by: "seen in mail about passwords",
        confidence: Confidence::Observed,
    },
    NoticeSender {
        address: "microsoft-noreply@microsoft.com",
        categories: &[
            Category::ServiceAndTechnical,
            Category::SecurityAndCompliance,
            Category::Privacy,
            Category::Marketing,
            Category::Billing,
            Category::PartnerAccount,
            Category::PartnerBilling,
        ],
        by: "seen in mail about subscriptions and invoices",
        confidence: Confidence::Observed,
    },
    NoticeSender {
        address: "o365mc@microsoft.com",
        categories: &[Category::ServiceAndTechnical],
        by: "seen in mail of the message centre",
        confidence: Confidence::Observed,
    },
    NoticeSender {
        address: "azure-noreply@microsoft.com",
        categories: &[Category::ServiceAndTechnical, Category::Billing],
        by: "seen in mail of Azure",
        confidence: Confidence::Observed,
    },
    NoticeSender {
        address: "mssecurity-noreply@microsoft.com",
        categories: &[Category::SecurityAndCompliance],
        by: "seen in mail about security alerts (MicrosoftDocs/entra-docs, issue 824)",
        confidence: Confidence::Observed,
    },
    NoticeSender {
        address: "maccount@microsoft.com",
        categories: &[Category::PartnerVerification],
        by: "Prepare your Microsoft Teams store submission (Microsoft), on account verification",
        confidence: Confidence::Documented,
    },
];

/// How many of the senders a condition names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// None of them.
    None,
    /// Some.
    Some,
    /// Every one.
    All,
}

/// How many of the senders satisfy `named`.
pub(super) fn count(named: impl Fn(&NoticeSender) -> bool) -> Named {
    match NOTICE_SENDERS.iter().filter(|sender| named(sender)).count() {
        0 => Named::None,
        count if count == NOTICE_SENDERS.len() => Named::All,
        _ => Named::Some,
    }
}

/// Whether an entry of a list of senders, folded, stands for a sender: an address, a domain, or `*.` and a domain for that
/// domain's subdomains.
pub(crate) fn entry_names(entry: &str, sender: &NoticeSender) -> bool {
    let entry = entry.strip_prefix('@').unwrap_or(entry);
    if entry.contains('@') {
        return entry == sender.address;
    }
    match entry.strip_prefix("*.") {
        Some(parent) => sender.domain().strip_suffix(parent).is_some_and(|front| front.ends_with('.')),
        None => entry == sender.domain(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_has_a_sender_that_is_written_in_lower_case() {
        for category in Category::ALL {
            assert!(NOTICE_SENDERS.iter().any(|sender| sender.categories.contains(category)), "{category}");
        }
        for sender in NOTICE_SENDERS {
            assert_eq!(sender.address, sender.address.to_lowercase());
            assert!(!sender.domain().is_empty());
        }
    }

    #[test]
    fn e4_an_entry_names_an_address_a_domain_or_its_subdomains() {
        let named = |entry: &str| count(|sender| entry_names(entry, sender));
        assert_eq!(named("maccount@microsoft.com"), Named::Some);
        assert_eq!(named("microsoft.com"), Named::Some);
        assert_eq!(named("@microsoft.com"), Named::Some);
        assert_eq!(named("*.microsoft.com"), Named::None, "its subdomains only");
        assert_eq!(named("soft.com"), Named::None);
        assert_eq!(named("*.com"), Named::All);
    }
}
