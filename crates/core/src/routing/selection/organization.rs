//! The organization's own contact fields, and the privacy contact (contract §5).

use std::collections::BTreeSet;

use tenant_contacts_api::{
    notice::{Category, Selected},
    obstacle::Obstacle,
};

use super::{
    Picked, Selection, assumed, documented,
    holders::Uses,
    message_center::{DIGEST, PRIVACY_POSTS},
    observed,
};
use crate::{
    answer::{Blockage, Source},
    model::{Fact, role},
    routing::{
        gaps::Reading,
        walk::{Walk, unread},
    },
};

const CONTACTS: &str = "Change your organization's address, technical contact, and more";
const ORGANIZATION: &str = "Update organization (Microsoft Graph)";

/// Who sees business emails used; no page says so any more.
pub(super) const BUSINESS_EMAIL: Source = observed(
    "Administrators at their business email, which the commerce platform keeps; at the alternate email where none was set.",
    "an old blog of Microsoft's support, \"Service request emails: incorrect recipients\"",
);

const FIRST_ONLY: Source =
    observed("Only the first address may take effect: all are taken to be told.", "the author of a Terraform provider");

const SERVICE: &[Source] =
    &[documented("The organization's technical contacts.", CONTACTS), FIRST_ONLY, BUSINESS_EMAIL, DIGEST];
const SECURITY: &[Source] =
    &[documented("The organization's security and compliance contacts.", ORGANIZATION), FIRST_ONLY, BUSINESS_EMAIL];
const MARKETING: &[Source] = &[documented("The organization's marketing contacts.", ORGANIZATION), BUSINESS_EMAIL];
const PRIVACY: &[Source] = &[
    PRIVACY_POSTS,
    documented(
        "The older way: the privacy contact, else Global Administrators.",
        "Add your organization's privacy info (Microsoft Entra)",
    ),
    assumed("Global Administrators at their primary and alternate addresses."),
];

impl Walk<'_> {
    pub(super) fn organization_contacts(&mut self, category: Category) -> Selection {
        let organization = &self.landscape.organization;
        let (sources, name, values, reading) = match category {
            Category::SecurityAndCompliance => (
                SECURITY,
                "securityComplianceNotificationMails",
                &organization.security_mails,
                Reading::SecurityContacts,
            ),
            Category::Marketing => {
                (MARKETING, "marketingNotificationEmails", &organization.marketing, Reading::MarketingContacts)
            }
            _ => (SERVICE, "technicalNotificationMails", &organization.technical, Reading::TechnicalContacts),
        };
        let mut selection = Selection::of(category, sources);
        match self.addresses_of(name, values, reading) {
            Some(picked) => selection.picked = picked,
            None => selection.complete = false,
        }
        self.business_emails(&mut selection);
        if category == Category::ServiceAndTechnical {
            selection.others = true;
            self.weekly_digest(&mut selection);
        }
        let phones = organization.security_phones.values().unwrap_or_default();
        if category == Category::SecurityAndCompliance && !phones.is_empty() {
            let numbers = if phones.len() == 1 { "phone number is" } else { "phone numbers are" };
            selection.notes.push(format!("{} {numbers} named beside the addresses.", phones.len()));
        }
        selection
    }

    /// Recipients that a field of the organization names. `None`: it could not be read.
    pub(super) fn addresses_of(
        &mut self,
        name: &'static str,
        values: &Fact<Box<[Box<str>]>>,
        reading: Reading,
    ) -> Option<Vec<Picked>> {
        match values.values() {
            Ok(values) => Some(self.field(name, values, Selected::Yes, None)),
            Err(why) => {
                self.gaps.add(reading, why);
                None
            }
        }
    }

    /// Two ways beside each other: the older one by the organization's privacy profile, and posts that two roles see.
    pub(super) fn privacy(&mut self) -> Selection {
        let mut told = BTreeSet::new();
        let mut selection = Selection::of(Category::Privacy, PRIVACY);
        let contact = &self.landscape.organization.privacy_contact;
        let picked = self.addresses_of("privacyProfile.contactEmail", contact, Reading::PrivacyContact);
        let (at_most, why) = match (&picked, contact) {
            (Some(picked), _) if !picked.is_empty() => (Selected::No, None),
            (Some(_), _) => (Selected::Yes, None),
            (None, Fact::Unknown(why)) => (Selected::Unknown, Some(unread(Reading::PrivacyContact, why))),
            (None, Fact::Present(_) | Fact::Absent) => {
                (Selected::Unknown, Some(Blockage::new(Obstacle::NotReadable, "the privacy contact is not known")))
            }
        };
        selection.complete = picked.is_some();
        selection.picked = picked.unwrap_or_default();
        if at_most > Selected::No {
            match self.holders(&[role::GLOBAL_ADMINISTRATOR]) {
                Ok(holders) => {
                    // Who would have to activate the role may see the posts by another one.
                    let active = holders.people.iter().filter(|(_, holder)| holder.own > Selected::No);
                    told.extend(active.map(|(id, _)| *id));
                    let picked = self.pick(&holders, Uses::PrimaryAndAlternates, at_most, why.as_ref());
                    selection.picked.extend(picked);
                }
                Err(_) => selection.complete = false,
            }
        }
        self.privacy_posts(&told, &mut selection);
        selection
    }
}
