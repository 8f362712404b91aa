//! Partner Center, reading: the legal profile, which is all that it shows to an application without a person (contract §7).
//!
//! Invariant: never writes. Answers may begin with a byte order mark, which the decoder of every answer drops.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use tenant_contacts_core::{
    landscape::LegalProfile,
    model::{Fact, Unknown},
};

use crate::{
    budget::Cost,
    object::{Object, Unreadable},
    send::{Call, Error, Sender},
};

#[cfg(test)]
mod tests;

/// Largest answer that is held, in bytes. A profile is one address and two names.
const MAX_ANSWER: usize = 1024 * 1024;

/// One tenant's Partner Center.
pub struct Partner {
    sender: Arc<Sender>,
}

impl Partner {
    /// `sender` goes to `https://api.partnercenter.microsoft.com/v1/`.
    pub fn new(sender: Arc<Sender>) -> Self {
        Self { sender }
    }

    /// How many of its calls have failed in a way that passes by itself.
    pub(crate) fn troubles(&self) -> u64 {
        self.sender.troubles()
    }

    /// The legal profile; none where the tenant is no partner. That the service answers "not found" then is not documented; an
    /// application that may not ask is told that it may not, and never so.
    pub async fn legal_profile(&self) -> Result<Option<LegalProfile>, Error> {
        let call = Call::get("legalProfile", "profiles/legalbusiness?vettingVersion=Current")
            .header(HeaderName::from_static("ms-contract-version"), HeaderValue::from_static("v1"))
            .header(HeaderName::from_static("x-locale"), HeaderValue::from_static("en-US"))
            .body_limit(MAX_ANSWER)
            // Not among Graph's limits.
            .cost(Cost::default());
        match self.sender.read::<Object>(call).await {
            Ok(reply) => Ok(Some(profile(&reply.value))),
            Err(Error::Service(error)) if error.status == 404 => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn profile(profile: &Object) -> LegalProfile {
    let contact = profile.object("primaryContact");
    let of_contact = |name: &str| match &contact {
        Ok(Some(contact)) => text(contact.text(name)),
        Ok(None) => Fact::Absent,
        Err(Unreadable) => unreadable(),
    };
    LegalProfile {
        primary_contact: of_contact("email"),
        primary_contact_name: match (of_contact("firstName"), of_contact("lastName")) {
            (Fact::Present(first), Fact::Present(last)) => Fact::Present(format!("{first} {last}").into()),
            (Fact::Present(name), _) | (_, Fact::Present(name)) => Fact::Present(name),
            (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => Fact::Unknown(why),
            (Fact::Absent, Fact::Absent) => Fact::Absent,
        },
        company_approver: text(profile.text("companyApproverEmail")),
        vetting_status: text(profile.text("vettingStatus")),
    }
}

fn text(text: Result<Option<&str>, Unreadable>) -> Fact<Box<str>> {
    match text {
        Ok(Some(text)) => Fact::Present(text.trim().into()),
        Ok(None) => Fact::Absent,
        Err(Unreadable) => unreadable(),
    }
}

fn unreadable<T>() -> Fact<T> {
    Fact::Unknown(Unknown::ReadFailed("a part of the legal profile in Partner Center".into()))
}
