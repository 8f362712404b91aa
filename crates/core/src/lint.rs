//! Checks of a value that is about to be wanted: what a valid manifest may still get wrong.
//!
//! Applied to declared values and to originals alike: restoring must not bring back what would be refused anew.

use std::collections::{BTreeMap, BTreeSet};

use tenant_contacts_api::{address::FREE_MAIL_DOMAINS, field::Field, reason::Reason};

use crate::model::{Domain, Fact, Observation};

/// What an address's domain is to the organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// One of the organization's domains.
    Inside,
    /// A domain where anybody gets an address.
    FreeMail,
    /// Another domain.
    Outside,
    /// The tenant's domains are not known, and the domain is not declared as own; and why.
    Unknown(Reason),
}

/// Where an address lies. A subdomain is inside only if it is verified or declared itself (DOMAIN F5).
pub fn place(address: &str, own: &BTreeSet<Box<str>>, observation: &Observation) -> Place {
    place_among(address, own, &observation.domains)
}

/// The same, of the tenant's domains alone.
pub fn place_among(address: &str, own: &BTreeSet<Box<str>>, domains: &Fact<BTreeMap<Box<str>, Domain>>) -> Place {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain).to_ascii_lowercase();
    if own.contains(domain.as_str()) {
        return Place::Inside;
    }
    if FREE_MAIL_DOMAINS.contains(&domain.as_str()) {
        return Place::FreeMail;
    }
    match domains.known() {
        Ok(domains) => match domains.and_then(|domains| domains.get(domain.as_str())).map(|domain| &domain.verified) {
            Some(Fact::Present(true)) => Place::Inside,
            Some(Fact::Unknown(why)) => Place::Unknown(why.reason()),
            Some(Fact::Present(false) | Fact::Absent) | None => Place::Outside,
        },
        Err(why) => Place::Unknown(why.reason()),
    }
}

/// An objection to a wanted value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Objection {
    /// The reason.
    pub reason: Reason,
    /// What is wrong; never the value.
    pub message: String,
}

/// Objects to alternate emails inside the organization's domains without a stated reason (DOMAIN A1). `added` are the
/// values that the write would newly put there: what is live already is a finding, not a reason to stop.
pub fn check(
    field: Field,
    added: &[&str],
    inside_allowed: bool,
    own: &BTreeSet<Box<str>>,
    observation: &Observation,
) -> Option<Objection> {
    if field != Field::AlternateEmails || inside_allowed {
        return None;
    }
    added.iter().find_map(|address| match place(address, own, observation) {
        Place::Inside => Some(Objection {
            reason: Reason::AlternateEmailInside,
            message: "an alternate email lies inside the organization's domains: it does not help when the tenant is unavailable"
                .into(),
        }),
        Place::Unknown(reason) => Some(Objection {
            reason,
            message: "whether an alternate email lies inside the organization's domains is not known: the domains could not be read"
                .into(),
        }),
        Place::FreeMail | Place::Outside => None,
    })
}

/// Objects to a business email that is not corporate (DOMAIN A2).
pub fn business_email(address: &str, own: &BTreeSet<Box<str>>, observation: &Observation) -> Option<Objection> {
    let message = match place(address, own, observation) {
        Place::Inside | Place::Unknown(_) => return None,
        Place::FreeMail => {
            "the business email is a free-mail address: it keeps receiving the organization's mail after its owner has left"
        }
        Place::Outside => {
            "the business email lies in a domain that is neither verified in the tenant nor declared in ownDomains"
        }
    };
    Some(Objection { reason: Reason::PrivateBusinessEmail, message: message.into() })
}
