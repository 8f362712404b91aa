//! Azure billing, reading: accounts, profiles and who holds roles in them (contract §8; resource provider Microsoft.Billing,
//! version 2024-04-01).
//!
//! Invariant: never writes. An application sees the accounts in which it holds a billing role; none says nothing about there
//! being none.

mod left;
mod list;
mod role;

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use futures::{StreamExt, stream};
use tenant_contacts_core::{
    landscape::{Agreement, BillingAccount, BillingHolder, BillingProfile, BillingRole},
    model::{Fact, Unknown},
};

use self::left::Left;
use crate::{
    graph::odata::Path,
    object::{Object, Unreadable, optional},
    send::{Error, Sender},
};

#[cfg(test)]
mod tests;

/// Requests under way together. Azure Resource Manager lets a principal read hundreds of times a minute; few tenants have
/// more than a handful of accounts and profiles.
const AT_ONCE: usize = 4;

/// Why a part is unknown: by the error, and what it was about.
type Why<'a> = dyn Fn(&Error, &'static str) -> Unknown + Sync + 'a;

/// One tenant's billing.
pub struct Billing {
    sender: Arc<Sender>,
    left: Left,
}

impl Billing {
    /// `sender` goes to `https://management.azure.com/providers/Microsoft.Billing/`.
    pub fn new(sender: Arc<Sender>) -> Self {
        Self { sender, left: Left::default() }
    }

    /// How many of its calls have failed in a way that passes by itself.
    pub(crate) fn troubles(&self) -> u64 {
        self.sender.troubles()
    }

    /// The accounts that the application sees, with everything in them.
    pub async fn accounts(&self, why: &Why<'_>) -> Fact<Box<[BillingAccount]>> {
        let what = "the billing accounts";
        self.left.begin();
        let listed = match self.list(Path::new("billingAccounts")).await {
            Ok(listed) => listed,
            Err(error) => return Fact::Unknown(why(&error, what)),
        };
        if listed.is_empty() {
            return Fact::Absent;
        }
        let accounts: Vec<_> = listed.iter().map(|account| self.account(account, why)).collect();
        let accounts: Vec<_> = stream::iter(accounts).buffered(AT_ONCE).collect().await;
        let accounts: Result<Box<[BillingAccount]>, Unreadable> = accounts.into_iter().collect();
        accounts.map_or_else(|Unreadable| Fact::Unknown(Unknown::ReadFailed(what.into())), Fact::Present)
    }

    async fn account(&self, account: &Object, why: &Why<'_>) -> Result<BillingAccount, Unreadable> {
        let name = account.some_text("name")?;
        let properties = account.object("properties")?.ok_or(Unreadable)?;
        let display_name = optional(properties.text("displayName"), &properties, "displayName")?.unwrap_or(name).into();
        let agreement = properties.some_text("agreementType")?;
        let agreement = match agreement {
            "MicrosoftCustomerAgreement" => Agreement::Customer,
            "MicrosoftOnlineServicesProgram" => Agreement::Older,
            // `EnterpriseAgreement`, `MicrosoftPartnerAgreement`, `Other`, or one that this version has never heard of.
            other => Agreement::Other(other.into()),
        };
        // Roles and profiles of the others are not known to be what is mailed by.
        if agreement != Agreement::Customer {
            let (holders, profiles) = (Fact::Absent, Fact::Absent);
            return Ok(BillingAccount { display_name, agreement, holders, profiles });
        }
        let path = Path::new("billingAccounts").key(name).map_err(|_| Unreadable)?;
        let profiles = match self.list(path.clone().then("billingProfiles")).await {
            Ok(profiles) => profiles,
            Err(error) => {
                let profiles = Fact::Unknown(why(&error, "the billing profiles"));
                let holders = self.holders(&[path], why).await;
                return Ok(BillingAccount { display_name, agreement, holders, profiles });
            }
        };
        let mut places = vec![path.clone()];
        for profile in &profiles {
            places.push(path.clone().then("billingProfiles").key(profile.some_text("name")?).map_err(|_| Unreadable)?);
        }
        let read: Result<Box<[BillingProfile]>, Unreadable> = profiles.iter().map(billing_profile).collect();
        let unreadable = |Unreadable| Fact::Unknown(Unknown::ReadFailed("the billing profiles".into()));
        Ok(BillingAccount {
            display_name,
            agreement,
            holders: self.holders(&places, why).await,
            profiles: read.map_or_else(unreadable, Fact::Present),
        })
    }

    /// Who holds a role at any of the places. Of a place where that cannot be read, nobody can say who holds none.
    async fn holders(&self, places: &[Path], why: &Why<'_>) -> Fact<Box<[BillingHolder]>> {
        let what = "the billing roles";
        let (mut holders, mut known) = (Vec::new(), HashSet::new());
        // A custom role is held by many, and asked about once.
        let mut roles = BTreeMap::new();
        for place in places {
            let assignments = match self.list(place.clone().then("billingRoleAssignments")).await {
                Ok(assignments) => assignments,
                Err(error) => return Fact::Unknown(why(&error, what)),
            };
            for assignment in &assignments {
                match self.holder(place, assignment, &mut roles).await {
                    Ok(Some(holder)) if known.insert((holder.principal, holder.role)) => holders.push(holder),
                    Ok(_) => {}
                    Err(Some(error)) => return Fact::Unknown(why(&error, what)),
                    Err(None) => return Fact::Unknown(Unknown::ReadFailed(what.into())),
                }
            }
        }
        Fact::Present(holders.into())
    }

    /// Who holds an assignment; nobody who is in a directory where it has no principal (a user of a personal account).
    async fn holder(
        &self,
        place: &Path,
        assignment: &Object,
        roles: &mut BTreeMap<String, BillingRole>,
    ) -> Result<Option<BillingHolder>, Option<Error>> {
        let read = || {
            let properties = assignment.object("properties")?.ok_or(Unreadable)?;
            let principal = optional(properties.uuid("principalId"), &properties, "principalId")?;
            let role = properties.some_text("roleDefinitionId")?.rsplit('/').next().ok_or(Unreadable)?.to_owned();
            Ok((principal, role))
        };
        let (Some(principal), id) = read().map_err(|Unreadable| None)? else { return Ok(None) };
        if let Some(role) = role::of_id(&id).or_else(|| roles.get(&id).copied()) {
            return Ok(Some(BillingHolder { principal, role }));
        }
        // Not one of the built-in ones that are known: its name tells.
        let path = place.clone().then("billingRoleDefinitions").key(&id).map_err(|_| None)?;
        let definition = self.one(path).await.map_err(Some)?;
        let role = role::of_definition(&definition).map_err(|Unreadable| None)?;
        roles.insert(id, role);
        Ok(Some(BillingHolder { principal, role }))
    }
}

fn billing_profile(profile: &Object) -> Result<BillingProfile, Unreadable> {
    let properties = profile.object("properties")?.ok_or(Unreadable)?;
    let name = profile.some_text("name")?;
    let recipients = optional(properties.texts("invoiceRecipients"), &properties, "invoiceRecipients")?;
    Ok(BillingProfile {
        display_name: optional(properties.text("displayName"), &properties, "displayName")?.unwrap_or(name).into(),
        invoice_recipients: recipients.into_iter().map(Into::into).collect(),
        invoices_by_mail: match optional(properties.flag("invoiceEmailOptIn"), &properties, "invoiceEmailOptIn") {
            Ok(Some(opted)) => Fact::Present(opted),
            Ok(None) => Fact::Absent,
            Err(Unreadable) => Fact::Unknown(Unknown::ReadFailed("whether invoices are mailed".into())),
        },
    })
}
