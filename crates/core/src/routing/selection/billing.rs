//! Who is sent invoices and billing notices (contract §8).

use std::collections::BTreeMap;

use tenant_contacts_api::{
    notice::{Category, Selected},
    obstacle::Obstacle,
};

use super::{
    holders::Uses,
    organization::BUSINESS_EMAIL,
    picked::{Picked, Selection, assumed, documented},
};
use crate::{
    answer::{Blockage, HopKind, NodeKind, Source},
    landscape::{Agreement, BillingAccount, BillingProfile, BillingRole},
    model::{Fact, Unknown, role},
    permission,
    routing::{
        gaps::Reading,
        identity,
        walk::{Walk, unread},
    },
};

const PAGE: &str = "Manage billing notifications and invoice attachments";

const SOURCES: &[Source] = &[
    documented(
        "Customer Agreement: owners, contributors and invoice managers of billing profiles, at primary and alternate \
         addresses.",
        PAGE,
    ),
    assumed("Customer Agreement: the invoice recipients of each billing profile (`invoiceRecipients`)."),
    documented(
        "Older subscriptions: every Global and Billing Administrator, at primary and alternate addresses, and the \
         organization's technical contact.",
        PAGE,
    ),
    assumed(
        "Other agreements (Enterprise Agreement, Microsoft Partner Agreement): whom they notify is not documented.",
    ),
    BUSINESS_EMAIL,
];

impl<'a> Walk<'a> {
    /// Both kinds of agreement may be there at once. Where no billing account can be seen, the older rule may hold: every
    /// tenant began with it.
    pub(super) fn billing(&mut self) -> Selection {
        let mut selection = Selection::of(Category::Billing, SOURCES);
        let accounts = match self.listed(&self.landscape.billing.accounts, Reading::BillingAccounts) {
            Ok(Some(accounts)) if !accounts.is_empty() => accounts,
            Ok(_) => {
                let why = Unknown::PermissionMissing(permission::BILLING_ROLE.into());
                self.gaps.add(Reading::BillingAccounts, &why);
                self.older(&mut selection, Selected::Unknown, Some(&unread(Reading::BillingAccounts, &why)));
                selection.unread(&why);
                self.business_emails(&mut selection);
                return selection;
            }
            Err(why) => {
                self.older(&mut selection, Selected::Unknown, Some(&unread(Reading::BillingAccounts, why)));
                selection.unread(why);
                self.business_emails(&mut selection);
                return selection;
            }
        };
        let mut undocumented = None;
        for account in accounts {
            match &account.agreement {
                Agreement::Customer => self.customer_agreement(account, &mut selection),
                Agreement::Older => {}
                Agreement::Other(kind) => {
                    selection.complete = false;
                    let name = &account.display_name;
                    let words = format!("who receives notices of {name} (agreement {kind}) is not documented");
                    selection
                        .notes
                        .push(format!("Who receives notices of {name} (agreement {kind}) is not documented."));
                    undocumented.get_or_insert(Blockage::new(Obstacle::NotReadable, words));
                }
            }
        }
        if accounts.iter().any(|account| account.agreement == Agreement::Older) {
            self.older(&mut selection, Selected::Yes, None);
        } else {
            // Administrators may be notified, and no more can be said.
            if let Some(why) = undocumented {
                self.older(&mut selection, Selected::Unknown, Some(&why));
            }
            selection.others = true;
            selection.notes.push(
                "No older subscription is seen. One that no account shows, if there is one, notifies every Global and Billing \
                 Administrator."
                    .into(),
            );
        }
        self.business_emails(&mut selection);
        selection
    }

    fn older(&mut self, selection: &mut Selection, at_most: Selected, why: Option<&Blockage>) {
        match self.holders(&[role::GLOBAL_ADMINISTRATOR, role::BILLING_ADMINISTRATOR]) {
            Ok(holders) => selection.picked.extend(self.pick(&holders, Uses::PrimaryAndAlternates, at_most, why)),
            Err(why) => selection.unread(why),
        }
        match self.landscape.organization.technical.values() {
            Ok(values) => {
                let picked = self.field("technicalNotificationMails", values, at_most, why);
                selection.picked.extend(picked);
            }
            Err(why) => {
                self.gaps.add(Reading::TechnicalContacts, why);
                selection.unread(why);
            }
        }
    }

    fn customer_agreement(&mut self, account: &'a BillingAccount, selection: &mut Selection) {
        match self.listed(&account.holders, Reading::BillingRoles) {
            Err(why) => selection.unread(why),
            Ok(holders) => {
                // Each once, by the best of its roles.
                let mut told = BTreeMap::new();
                for holder in holders.into_iter().flatten() {
                    let by_role = match holder.role {
                        BillingRole::Owner | BillingRole::Contributor | BillingRole::InvoiceManager => Selected::Yes,
                        BillingRole::Account => Selected::Unknown,
                        BillingRole::Other => continue,
                    };
                    let known = told.entry(holder.principal).or_insert(by_role);
                    *known = by_role.max(*known);
                }
                for (id, by_role) in told {
                    self.billing_holder(account, id, by_role, selection);
                }
            }
        }
        match self.listed(&account.profiles, Reading::BillingProfiles) {
            Err(why) => selection.unread(why),
            Ok(profiles) => {
                for profile in profiles.into_iter().flatten() {
                    let picked = self.invoices(profile);
                    selection.picked.extend(picked);
                }
            }
        }
    }

    fn billing_holder(
        &mut self,
        account: &BillingAccount,
        id: uuid::Uuid,
        by_role: Selected,
        selection: &mut Selection,
    ) {
        let name = &account.display_name;
        let label = || (format!("Owner, contributor or invoice manager of {name}").into(), None);
        let role = self.graph.place(NodeKind::BillingRole(name.clone()), label);
        let (person, selected, unselected) = match self.person(id) {
            // No account: a group or an application. What becomes of its mail is not documented.
            Ok(None) => {
                let words = "the holder of the billing role is no account";
                (None, Selected::Unknown, Some(Blockage::new(Obstacle::NotReadable, words)))
            }
            Err(why) => (None, Selected::Unknown, Some(unread(Reading::Accounts, why))),
            Ok(Some(person)) => match &person.enabled {
                Fact::Present(true) if person.guest == Fact::Present(true) => {
                    let words = format!("{} is a guest", person.user_principal_name);
                    (Some(person), Selected::Unknown, Some(Blockage::new(Obstacle::Guest, words)))
                }
                Fact::Present(true) if by_role < Selected::Yes => {
                    let words = "whether a role of the billing account itself is enough is not documented: roles of its profiles are";
                    (Some(person), by_role, Some(Blockage::new(Obstacle::NotReadable, words)))
                }
                Fact::Present(true) => (Some(person), Selected::Yes, None),
                Fact::Present(false) | Fact::Absent => {
                    let words = format!("the account {} is disabled", person.user_principal_name);
                    (Some(person), Selected::Unknown, Some(Blockage::new(Obstacle::AccountDisabled, words)))
                }
                Fact::Unknown(why) => {
                    self.gaps.add(Reading::Accounts, why);
                    (Some(person), Selected::Unknown, Some(unread(Reading::Accounts, why)))
                }
            },
        };
        let holder = match identity::principal(self.landscape, id).filter(|_| person.is_none()) {
            Some((kind, name)) => self.graph.place(kind, || (name, None)),
            None => self.account(id),
        };
        self.graph.hop(role, holder, HopKind::Holds, None);
        if person.is_none()
            && let Some(why) = &unselected
        {
            self.graph.unknown(holder, why.clone());
        }
        let picked = Picked { path: vec![role, holder], selected, unselected };
        self.pick_addresses(holder, person, Uses::PrimaryAndAlternates, &picked, &mut selection.picked);
    }

    fn invoices(&mut self, profile: &BillingProfile) -> Vec<Picked> {
        let (selected, why) = match &profile.invoices_by_mail {
            Fact::Present(true) => (Selected::Yes, None),
            Fact::Present(false) => (Selected::No, None),
            Fact::Absent => {
                let words = "whether invoices are mailed is not said";
                (Selected::Unknown, Some(Blockage::new(Obstacle::NotReadable, words)))
            }
            Fact::Unknown(why) => {
                self.gaps.add(Reading::BillingProfiles, why);
                (Selected::Unknown, Some(unread(Reading::BillingProfiles, why)))
            }
        };
        if selected == Selected::No {
            return Vec::new();
        }
        self.field("invoiceRecipients", &profile.invoice_recipients, selected, why.as_ref())
    }
}
