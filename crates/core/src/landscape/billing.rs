//! What was read of billing.

use uuid::Uuid;

use crate::model::Fact;

/// Billing accounts.
#[derive(Clone, Debug, Default)]
pub struct BillingFacts {
    /// Those the application can see. Absent: it sees none, which does not say that there is none.
    pub accounts: Fact<Box<[BillingAccount]>>,
}

/// A billing account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingAccount {
    /// Name for people.
    pub display_name: Box<str>,
    /// By which rule its notices are sent.
    pub agreement: Agreement,
    /// Who holds a role in it or in one of its profiles.
    pub holders: Fact<Box<[BillingHolder]>>,
    /// Its profiles.
    pub profiles: Fact<Box<[BillingProfile]>>,
}

/// What kind of agreement a billing account is of: who is notified goes by it (contract §8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// A Microsoft Customer Agreement: holders of roles of its profiles, and invoice recipients.
    Customer,
    /// Older subscriptions (`MicrosoftOnlineServicesProgram`): every global and billing administrator.
    Older,
    /// Another one, by its `agreementType`: whom its notices go to is not documented.
    Other(Box<str>),
}

/// Who holds a billing role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillingHolder {
    /// The principal's object id.
    pub principal: Uuid,
    /// Which role.
    pub role: BillingRole,
}

/// A billing role, as far as notices go by it (contract §8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BillingRole {
    /// Owner or contributor of the account itself: whether those are told is not documented.
    Account,
    /// Owner of a profile.
    Owner,
    /// Contributor of a profile.
    Contributor,
    /// Invoice manager of a profile.
    InvoiceManager,
    /// A reader, or another role: not told.
    Other,
}

/// A billing profile.
#[derive(Clone, PartialEq, Eq)]
pub struct BillingProfile {
    /// Name for people.
    pub display_name: Box<str>,
    /// `invoiceRecipients`
    pub invoice_recipients: Box<[Box<str>]>,
    /// `invoiceEmailOptIn`
    pub invoices_by_mail: Fact<bool>,
}

/// Without addresses.
impl std::fmt::Debug for BillingProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BillingProfile").field("invoices_by_mail", &self.invoices_by_mail).finish_non_exhaustive()
    }
}
