//! Addresses that Microsoft's notices come from.
//!
//! They matter where a rule, a filter or an acceptance list of the tenant names senders. No page of Microsoft's lists them
//! all, so each says how well it is known. A rule is judged for the senders of the notice: those that are known to send its
//! category. Where a page names them all, what takes all of them takes the notice; where none does, it may still come from
//! another address, and what takes all that are known leaves it unknown, and is found by a rule of its own.

use std::collections::BTreeSet;

use tenant_contacts_api::notice::{Category, Confidence};

/// An address that notices come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

const PASSWORDS: &[Category] =
    &[Category::PasswordResetRequest, Category::UserPasswordReset, Category::AdminPasswordChanged];

const PASSWORDS_PAGE: &str = "How it works: Microsoft Entra self-service password reset";

/// The senders that are known.
pub const NOTICE_SENDERS: &[NoticeSender] = &[
    NoticeSender {
        address: "msonlineservicesteam@microsoftonline.com",
        categories: PASSWORDS,
        by: PASSWORDS_PAGE,
        confidence: Confidence::Documented,
    },
    NoticeSender {
        address: "msonlineservicesteam@microsoft.com",
        categories: PASSWORDS,
        by: PASSWORDS_PAGE,
        confidence: Confidence::Documented,
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

/// How many of a notice's senders a condition names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// None of them.
    None,
    /// Some.
    Some,
    /// Every one that is known; whether there are others is not documented.
    Known,
    /// Every one.
    All,
}

/// Whom notices of a kind come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Senders {
    /// Those that are known.
    pub(super) known: Vec<&'static NoticeSender>,
    /// Whether a page names them all.
    pub(super) all: bool,
}

impl Senders {
    /// Whom a category comes from. `public` is whether the tenant is in the public cloud: the page about mail about passwords
    /// has other addresses for each of the other clouds.
    fn of(category: Category, public: bool) -> Self {
        let known = NOTICE_SENDERS.iter().filter(|sender| sender.categories.contains(&category)).collect();
        let all = match category {
            Category::PartnerVerification => true,
            Category::PasswordResetRequest | Category::UserPasswordReset | Category::AdminPasswordChanged => public,
            Category::ServiceAndTechnical
            | Category::SecurityAndCompliance
            | Category::Privacy
            | Category::Marketing
            | Category::Billing
            | Category::PartnerAccount
            | Category::PartnerBilling => false,
        };
        Self { known, all }
    }

    /// How many of them satisfy `named`.
    pub(super) fn count(&self, named: impl Fn(&NoticeSender) -> bool) -> Named {
        match self.known.iter().filter(|sender| named(sender)).count() {
            0 => Named::None,
            count if count < self.known.len() => Named::Some,
            _ if self.all => Named::All,
            _ => Named::Known,
        }
    }
}

/// Categories whose mail nothing in a tenant tells apart by its sender are followed together. Most tenants name no sender of
/// Microsoft's anywhere, and have one class: the work then is what it would be if senders were nobody's concern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Classes {
    /// Whom mail of each class comes from.
    pub(super) senders: Vec<Senders>,
    /// Each category's class.
    of: Vec<(Category, usize)>,
}

impl Classes {
    /// The classes of a tenant in which each of these sets of senders is named somewhere.
    pub(super) fn of(named: &BTreeSet<BTreeSet<&'static str>>, public: bool) -> Self {
        let mut found = Self { senders: Vec::new(), of: Vec::new() };
        let mut known: Vec<(BTreeSet<Vec<bool>>, bool)> = Vec::new();
        // What is asked of administrators whatever the notice is asked of service notices: theirs is the first class.
        let first = [Category::ServiceAndTechnical];
        for category in first.iter().chain(Category::ALL.iter().filter(|one| !first.contains(one))) {
            let senders = Senders::of(*category, public);
            let of_sender = |one: &&NoticeSender| named.iter().map(|set| set.contains(one.address)).collect();
            let told_apart: BTreeSet<Vec<bool>> = senders.known.iter().map(of_sender).collect();
            // Whether these are all matters only where one of them is named.
            let all = senders.all && told_apart.iter().flatten().any(|is_named| *is_named);
            let class = known.iter().position(|one| *one == (told_apart.clone(), all)).unwrap_or_else(|| {
                known.push((told_apart, all));
                found.senders.push(senders);
                known.len() - 1
            });
            found.of.push((*category, class));
        }
        found
    }

    /// The class of a category.
    pub(super) fn class(&self, category: Category) -> usize {
        self.of.iter().find(|(one, _)| *one == category).map_or(0, |(_, class)| *class)
    }

    /// The categories of a class.
    pub(super) fn categories(&self, class: usize) -> Vec<Category> {
        Category::ALL.iter().copied().filter(|category| self.class(*category) == class).collect()
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
        let named = |entry: &str| NOTICE_SENDERS.iter().filter(|sender| entry_names(entry, sender)).count();
        assert_eq!(named("maccount@microsoft.com"), 1);
        assert_eq!(named("microsoft.com"), NOTICE_SENDERS.len() - 1);
        assert_eq!(named("@microsoft.com"), NOTICE_SENDERS.len() - 1);
        assert_eq!(named("*.microsoft.com"), 0, "its subdomains only");
        assert_eq!(named("soft.com"), 0);
        assert_eq!(named("*.com"), NOTICE_SENDERS.len());
    }

    const VERIFICATION: &str = "maccount@microsoft.com";

    fn classes(named: &[&[&'static str]]) -> Classes {
        let named = named.iter().map(|set| set.iter().copied().collect()).collect();
        Classes::of(&named, true)
    }

    #[test]
    fn a12_a_tenant_that_names_no_sender_has_one_class_and_one_that_names_one_has_two() {
        assert_eq!(classes(&[]).senders.len(), 1);
        let two = classes(&[&[VERIFICATION]]);
        assert_eq!(two.senders.len(), 2);
        let others = Category::ALL.iter().filter(|one| **one != Category::PartnerVerification);
        assert!(others.clone().all(|one| two.class(*one) == 0), "the first class is that of service notices");
        assert_eq!(two.categories(1), [Category::PartnerVerification]);
        let everything: Vec<&str> = NOTICE_SENDERS.iter().map(|sender| sender.address).collect();
        assert_eq!(classes(&[&everything]).senders.len(), 2, "documented senders, and those that may not be all");
        let each: Vec<&[&str]> = everything.iter().map(std::slice::from_ref).collect();
        assert!(classes(&each).senders.len() <= Category::ALL.len());
    }

    #[test]
    fn a12_all_that_are_known_are_all_where_a_page_says_so() {
        let count = |category, public| Senders::of(category, public).count(|_| true);
        assert_eq!(count(Category::PartnerVerification, false), Named::All);
        assert_eq!(count(Category::PasswordResetRequest, true), Named::All);
        assert_eq!(count(Category::PasswordResetRequest, false), Named::Known, "each cloud has its own");
        assert_eq!(count(Category::ServiceAndTechnical, true), Named::Known);
        let service = Senders::of(Category::ServiceAndTechnical, true);
        assert_eq!(service.count(|sender| sender.address == VERIFICATION), Named::None);
        assert_eq!(service.count(|sender| sender.address.starts_with("o365mc")), Named::Some);
    }
}
