//! Notices to a partner (contract §7, DOMAIN E1): a tenant that is none has no recipients for them.

use tenant_contacts_api::notice::{Category, Selected};

use super::{
    holders::Uses,
    picked::{Selection, assumed, documented},
};
use crate::{
    answer::Source,
    model::role,
    routing::{
        gaps::Reading,
        walk::{Walk, unread},
    },
};

const VERIFICATION: &[Source] = &[documented(
    "The primary contact of the legal profile, and the company approver.",
    "Verify your account information when you enroll in a new program (Partner Center)",
)];
const ACCOUNT: &[Source] = &[
    documented("Global Administrators of the partner tenant.", "Assign users roles and permissions (Partner Center)"),
    assumed("At their primary addresses."),
];
const BILLING: &[Source] = &[
    documented("Billing Administrators of the partner tenant.", "Assign users roles and permissions (Partner Center)"),
    assumed("At their primary addresses."),
];

impl Walk<'_> {
    pub(super) fn partner_verification(&mut self) -> Selection {
        let mut selection = Selection::of(Category::PartnerVerification, VERIFICATION);
        match self.listed(&self.landscape.partner.legal, Reading::PartnerProfile) {
            Err(why) => selection.unread(why),
            Ok(None) => selection.applicable = false,
            Ok(Some(legal)) => {
                for (name, fact) in
                    [("primaryContact", &legal.primary_contact), ("companyApproverEmail", &legal.company_approver)]
                {
                    match self.listed(fact, Reading::PartnerProfile) {
                        Err(why) => selection.unread(why),
                        Ok(address) => {
                            let addresses = address.map(std::slice::from_ref).unwrap_or_default();
                            let picked = self.field(name, addresses, Selected::Yes, None);
                            selection.picked.extend(picked);
                        }
                    }
                }
            }
        }
        selection
    }

    /// Notices that go by a role.
    pub(super) fn partner_role(&mut self, category: Category) -> Selection {
        let (sources, role) = if category == Category::PartnerBilling {
            (BILLING, role::BILLING_ADMINISTRATOR)
        } else {
            (ACCOUNT, role::GLOBAL_ADMINISTRATOR)
        };
        let mut selection = Selection::of(category, sources);
        let (at_most, why) = match self.listed(&self.landscape.partner.legal, Reading::PartnerProfile) {
            Ok(None) => {
                selection.applicable = false;
                return selection;
            }
            Ok(Some(_)) => (Selected::Yes, None),
            // It may be no partner at all: that nobody would get these notices is not to be said either.
            Err(why) => {
                selection.unread(why);
                (Selected::Unknown, Some(unread(Reading::PartnerProfile, why)))
            }
        };
        match self.holders(&[role]) {
            Ok(holders) => selection.picked = self.pick(&holders, Uses::Primary, at_most, why.as_ref()),
            Err(why) => selection.unread(why),
        }
        selection
    }
}
