//! Whom Microsoft chooses for each kind of notice (DOMAIN F): rules as data, each with its source and how well it is known.
//!
//! Invariant: what Microsoft does not document is `Unknown`. Who is taken to get nothing (a role that is only eligible) is
//! named and not followed.

mod billing;
mod business_email;
mod holders;
mod message_center;
mod organization;
mod partner;
mod passwords;
mod picked;

use tenant_contacts_api::notice::{Category, Selected};

pub(super) use picked::{Picked, Selection};

use super::walk::Walk;
use crate::{
    answer::{Blockage, NodeKind},
    landscape::written::{self, Flaw},
    model::role,
};

impl Walk<'_> {
    /// Every category's recipients, in the order of [`Category::ALL`].
    pub(super) fn select(&mut self) -> Vec<Selection> {
        let found = Category::ALL.iter().map(|category| {
            self.of_category(*category);
            match category {
                Category::PasswordResetRequest => self.password_reset_request(),
                Category::UserPasswordReset => self.user_password_reset(),
                Category::AdminPasswordChanged => self.admin_password_changed(),
                Category::ServiceAndTechnical | Category::SecurityAndCompliance | Category::Marketing => {
                    self.organization_contacts(*category)
                }
                Category::Privacy => self.privacy(),
                Category::Billing => self.billing(),
                Category::PartnerVerification => self.partner_verification(),
                Category::PartnerAccount | Category::PartnerBilling => self.partner_role(*category),
            }
        });
        let found = found.collect();
        self.of_category(Category::ServiceAndTechnical);
        self.administrators_can_receive();
        found
    }

    /// DOMAIN E2 asks of each Global and Billing Administrator whether mail arrives.
    fn administrators_can_receive(&mut self) {
        for role in [role::GLOBAL_ADMINISTRATOR, role::BILLING_ADMINISTRATOR] {
            let Ok(holders) = self.holders(&[role]) else { continue };
            for holder in holders.people.values().filter(|holder| holder.own > Selected::No) {
                let account = self.account(holder.id);
                self.send_to_account(account, holder.person, holders::Uses::Primary);
            }
        }
    }

    /// A field of contact state that names addresses, with a recipient for each.
    fn field(
        &mut self,
        name: &'static str,
        addresses: &[Box<str>],
        selected: Selected,
        why: Option<&Blockage>,
    ) -> Vec<Picked> {
        if addresses.iter().all(|entry| written::flaw(entry) == Some(Flaw::Empty)) {
            return Vec::new();
        }
        let field = self.graph.place(NodeKind::Field(name), || (name.into(), None));
        let mut found = Vec::new();
        for address in addresses {
            let Some(to) = self.address(address) else { continue };
            self.graph.hop(field, to, crate::answer::HopKind::SentTo, None);
            found.push(Picked { path: vec![field, to], selected, unselected: why.cloned() });
        }
        found
    }
}
