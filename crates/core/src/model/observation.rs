//! Everything that was observed of one tenant.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use tenant_contacts_api::{
    field::{Field, Surface},
    reason::{Handling, Reason},
};
use uuid::Uuid;

use super::{
    account::ObservedAccount,
    credential::{CredentialFacts, Failure},
    fact::{Fact, Unknown},
    tracked::Tracked,
};

/// What was observed of one tenant. Filled and refreshed by the tenant port; decisions only read it.
#[derive(Clone, Debug, Default)]
pub struct Observation {
    /// The organization's contact properties.
    pub organization: OrganizationFacts,
    /// Verified domains, lower case.
    pub domains: Fact<BTreeMap<Box<str>, Domain>>,
    /// Accounts by object id: present, or known to be absent. An id that is missing here was not read.
    pub accounts: Tracked<Uuid, Fact<ObservedAccount>>,
    /// What a sign-in name stands for, lower case: present, or known to be absent. A missing name was not read.
    pub names: Tracked<Box<str>, Fact<Uuid>>,
    /// Role template ids by account, directly or through groups, active or eligible. Absent accounts hold no role.
    pub roles: Fact<BTreeMap<Uuid, BTreeSet<Uuid>>>,
    /// Every credential that serves a surface, in the Tenant's order. None before the first reading.
    pub credentials: Vec<CredentialFacts>,
    /// Why surfaces could not be read whose port as a whole failed, while others did not.
    pub failures: BTreeMap<Surface, Failure>,
    /// When everything that is wanted was last read, as far as one may; `None`: not since the start.
    pub read_at: Option<Timestamp>,
    /// Opaque position in the service's change feed.
    pub cursor: Option<String>,
    /// Accounts that the change feed told something new of, and when: read directly until a replication window has passed,
    /// since the feed tells once and a replica that is behind may deny it.
    pub mentioned: BTreeMap<Uuid, Timestamp>,
    /// How many full readings of the accounts this observation rests on.
    pub full_readings: u32,
    /// When the accounts were last read in full.
    pub full_reading_at: Option<Timestamp>,
    /// What tests rehearse on.
    #[cfg(feature = "rehearsal")]
    pub rehearsal: super::rehearsal::Things,
}

impl Observation {
    /// The credential that serves a surface.
    pub fn credential(&self, surface: Surface) -> Option<&CredentialFacts> {
        self.credentials.iter().find(|credential| credential.surfaces.contains(&surface))
    }

    /// Whether the credential of a surface holds one of `any_of`; `None` if that is not known.
    pub fn allows(&self, surface: Surface, any_of: &[&str]) -> Option<bool> {
        self.credential(surface)?.grants.allow(any_of)
    }

    /// Whether a surface is out of reach.
    pub fn is_out_of_reach(&self, surface: Surface) -> bool {
        self.failures.contains_key(&surface)
            || !self.credentials.is_empty()
                && self.credential(surface).is_none_or(|credential| credential.failure.is_some())
    }

    /// Why a surface is out of reach, if it is: its credential could not be used, or there is none. What was read of it
    /// before says nothing then.
    pub fn out_of_reach(&self, surface: Surface) -> Option<(Reason, String)> {
        // Before the first reading the facts say so themselves.
        if !self.is_out_of_reach(surface) {
            return None;
        }
        if let Some(Failure { reason, message, .. }) = self.failures.get(&surface) {
            return Some((*reason, message.clone()));
        }
        let Some(credential) = self.credential(surface) else {
            let message = format!(
                "no credential of the Tenant serves the surface {}: name it in spec.credentials[].surfaces",
                surface.as_str()
            );
            return Some((Reason::InvalidSpec, message));
        };
        let failure = credential.failure.as_ref()?;
        Some((failure.reason, format!("{} could not be used: {}", credential.name(), failure.message)))
    }

    /// Whether a surface is out of reach for a while only: it comes back by itself, and what is published of it stands.
    pub fn is_away(&self, surface: Surface) -> bool {
        let failure = || self.credential(surface).and_then(|credential| credential.failure.as_ref());
        self.failures
            .get(&surface)
            .or_else(failure)
            .is_some_and(|failure| failure.reason.handling() == Handling::Progress)
    }
}

/// What was observed of the organization object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationFacts {
    /// `technicalNotificationMails`
    pub technical: Fact<Box<[Box<str>]>>,
    /// `securityComplianceNotificationMails`
    pub security_mails: Fact<Box<[Box<str>]>>,
    /// `securityComplianceNotificationPhones`
    pub security_phones: Fact<Box<[Box<str>]>>,
    /// `marketingNotificationEmails`
    pub marketing: Fact<Box<[Box<str>]>>,
    /// `privacyProfile.contactEmail`
    pub privacy_contact: Fact<Box<[Box<str>]>>,
    /// `privacyProfile.statementUrl`
    pub privacy_statement: Fact<Box<[Box<str>]>>,
    /// Names of `verifiedDomains`, lower case: shown to whoever sees the organization at all, and so known where the list of
    /// domains is another credential's, or cannot be read.
    pub verified_domains: Fact<BTreeSet<Box<str>>>,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

impl OrganizationFacts {
    /// The live values of a field.
    pub fn field(&self, field: Field) -> Result<&[Box<str>], &Unknown> {
        match field {
            Field::Technical => self.technical.values(),
            Field::SecurityMails => self.security_mails.values(),
            Field::SecurityPhones => self.security_phones.values(),
            Field::Marketing => self.marketing.values(),
            Field::PrivacyContact => self.privacy_contact.values(),
            Field::PrivacyStatement => self.privacy_statement.values(),
            _ => Err(&Unknown::NotRead),
        }
    }
}

/// A domain of the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Whether its ownership is verified. Unknown of one domain takes nothing from the others.
    pub verified: Fact<bool>,
    /// Whether it is known to be the initial `onmicrosoft.com` domain.
    pub initial: bool,
}

impl Domain {
    /// Whether it is known to be verified.
    pub fn is_verified(&self) -> bool {
        self.verified == Fact::Present(true)
    }
}
