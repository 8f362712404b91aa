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

use std::collections::BTreeSet;

use tenant_contacts_api::notice::{Category, Confidence, Selected};

use super::walk::Walk;
use crate::{
    answer::{Blockage, NodeId, NodeKind, Source},
    landscape::written::{self, Flaw},
    model::{Unknown, role},
};

/// One recipient, before it is known what arrives.
pub(super) struct Picked {
    pub(super) path: Vec<NodeId>,
    pub(super) selected: Selected,
    pub(super) unselected: Option<Blockage>,
}

/// Whom Microsoft chooses for one category.
pub(super) struct Selection {
    pub(super) category: Category,
    pub(super) sources: &'static [Source],
    pub(super) picked: Vec<Picked>,
    /// Whether everything that chooses could be read: otherwise there may be others.
    pub(super) complete: bool,
    /// Permissions for want of which it is not.
    pub(super) lacks: BTreeSet<&'static str>,
    /// Whether others may be chosen that no interface tells, or that nobody declared. They make no answer unknown that there is
    /// somebody for, and none certain that there is nobody for.
    pub(super) others: bool,
    /// Whether the notice has recipients in a tenant like this at all.
    pub(super) applicable: bool,
    pub(super) notes: Vec<String>,
}

impl Selection {
    fn of(category: Category, sources: &'static [Source]) -> Self {
        Self {
            category,
            sources,
            picked: Vec::new(),
            complete: true,
            lacks: BTreeSet::new(),
            others: false,
            applicable: true,
            notes: Vec::new(),
        }
    }

    /// Something that chooses could not be read: there may be others.
    fn unread(&mut self, why: &Unknown) {
        self.complete = false;
        self.lacks.extend(why.permission());
    }
}

/// What is known by documentation.
const fn documented(says: &'static str, by: &'static str) -> Source {
    Source { says, by, confidence: Confidence::Documented }
}

/// What others have seen.
const fn observed(says: &'static str, by: &'static str) -> Source {
    Source { says, by, confidence: Confidence::Observed }
}

/// What this product takes to be so.
const fn assumed(says: &'static str) -> Source {
    Source { says, by: "assumed: no page documents it", confidence: Confidence::Assumed }
}

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
