//! What was read of Partner Center.

use crate::model::Fact;

/// Partner Center.
#[derive(Clone, Debug, Default)]
pub struct PartnerFacts {
    /// The legal profile. Absent: the tenant is no partner.
    pub legal: Fact<LegalProfile>,
}

/// A partner's legal profile (contract §7).
#[derive(Clone, PartialEq, Eq)]
pub struct LegalProfile {
    /// Address of the primary contact.
    pub primary_contact: Fact<Box<str>>,
    /// Name of the primary contact, for people.
    pub primary_contact_name: Fact<Box<str>>,
    /// Address of the company approver.
    pub company_approver: Fact<Box<str>>,
    /// `vettingStatus`, as the service wrote it.
    pub vetting_status: Fact<Box<str>>,
}

/// Without names and addresses.
impl std::fmt::Debug for LegalProfile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LegalProfile").field("vetting_status", &self.vetting_status).finish_non_exhaustive()
    }
}
