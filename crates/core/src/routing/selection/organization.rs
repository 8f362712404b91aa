//! The organization's own contact fields, and the privacy contact (contract §5).

use std::collections::BTreeSet;

use tenant_contacts_api::notice::{Category, Selected};

use super::{
    holders::Uses,
    message_center::{DIGEST, PRIVACY_POSTS},
    picked::{Picked, Selection, assumed, documented, observed},
};
use crate::{
    answer::Source,
    model::{Fact, Unknown, role},
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

const FIRST_ONLY: Source = observed(
    "Microsoft may notify only the first address; this answer assumes that all are notified.",
    "the author of a Terraform provider",
);

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
            Ok(picked) => selection.picked = picked,
            Err(why) => selection.unread(why),
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

    /// Recipients that a field of the organization names, or why it could not be read.
    pub(super) fn addresses_of<'f>(
        &mut self,
        name: &'static str,
        values: &'f Fact<Box<[Box<str>]>>,
        reading: Reading,
    ) -> Result<Vec<Picked>, &'f Unknown> {
        match values.values() {
            Ok(values) => Ok(self.field(name, values, Selected::Yes, None)),
            Err(why) => {
                self.gaps.add(reading, why);
                Err(why)
            }
        }
    }

    /// Two ways beside each other: the older one by the organization's privacy profile, and posts that two roles see.
    pub(super) fn privacy(&mut self) -> Selection {
        let mut told = BTreeSet::new();
        let mut selection = Selection::of(Category::Privacy, PRIVACY);
        let contact = &self.landscape.organization.privacy_contact;
        let picked = self.addresses_of("privacyProfile.contactEmail", contact, Reading::PrivacyContact);
        let (at_most, why) = match picked {
            Ok(picked) => {
                let at_most = if picked.is_empty() { Selected::Yes } else { Selected::No };
                selection.picked = picked;
                (at_most, None)
            }
            Err(why) => {
                selection.unread(why);
                (Selected::Unknown, Some(unread(Reading::PrivacyContact, why)))
            }
        };
        if at_most > Selected::No {
            match self.holders(&[role::GLOBAL_ADMINISTRATOR]) {
                Ok(holders) => {
                    // Who would have to activate the role may see the posts by another one.
                    let active = holders.people.iter().filter(|(_, holder)| holder.own > Selected::No);
                    told.extend(active.map(|(id, _)| *id));
                    let picked = self.pick(&holders, Uses::PrimaryAndAlternates, at_most, why.as_ref());
                    selection.picked.extend(picked);
                }
                Err(why) => selection.unread(why),
            }
        }
        self.privacy_posts(&told, &mut selection);
        selection
    }
}
