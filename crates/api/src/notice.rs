//! Notices: the kinds of mail that Microsoft sends about a tenant (DOMAIN F), and the words of the answer to "who really
//! receives it".
//!
//! Invariant: two questions are answered apart, [`Selected`] and [`Arrival`], and the weaker answer wins.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! categories {
    ($($(#[$doc:meta])* $name:ident, $title:literal;)+) => {
        /// A kind of mail that Microsoft sends about a tenant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Category { $($(#[$doc])* $name,)+ }

        impl Category {
            /// Every category, in the order of DOMAIN F.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name as commands and reports write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// What the mail is, in a few words for people.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }
    };
}

categories! {
    /// Somebody who cannot sign in asks an administrator for a new password (DOMAIN B1).
    PasswordResetRequest, "requests to reset a password";
    /// A user's password was reset: that user is told.
    UserPasswordReset, "user password notices";
    /// An administrator's password was reset: global administrators are told, if that switch is on.
    AdminPasswordChanged, "administrator password notices";
    /// Service incidents, planned changes, technical notices.
    ServiceAndTechnical, "service and technical notices";
    /// Security incidents and compliance notices.
    SecurityAndCompliance, "security and compliance notices";
    /// Privacy incidents.
    Privacy, "privacy notices";
    /// Marketing.
    Marketing, "marketing mail";
    /// Invoices and what concerns payment.
    Billing, "invoices and billing notices";
    /// Partner Center verifies the partner's legal profile, with a deadline (DOMAIN E1).
    PartnerVerification, "partner verification notices";
    /// Notices about a partner's account.
    PartnerAccount, "partner account notices";
    /// Notices about a partner's billing.
    PartnerBilling, "partner billing notices";
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Category {
    type Err = UnknownCategory;

    /// Without regard to case: people type it.
    fn from_str(text: &str) -> Result<Self, UnknownCategory> {
        Self::ALL.iter().copied().find(|one| one.as_str().eq_ignore_ascii_case(text)).ok_or(UnknownCategory)
    }
}

/// There is no such category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such category of notices")]
pub struct UnknownCategory;

/// How well a rule about Microsoft's mail is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Confidence {
    /// This product takes it to be so; nobody wrote it down.
    Assumed,
    /// Others have seen it.
    Observed,
    /// Microsoft documents it.
    Documented,
}

impl Confidence {
    /// In lower case, as reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assumed => "assumed",
            Self::Observed => "observed",
            Self::Documented => "documented",
        }
    }
}

/// Whether Microsoft chooses this recipient for the notice (DOMAIN F2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Selected {
    /// No.
    No,
    /// It cannot be said.
    Unknown,
    /// Yes.
    Yes,
}

/// Whether mail from outside, sent there now, would land where somebody reads it. Ordered: the better one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Arrival {
    /// It would not.
    Undeliverable,
    /// It cannot be said; the gaps say what would tell.
    Unknown,
    /// It would.
    Deliverable,
}

impl Arrival {
    /// The name as reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Undeliverable => "Undeliverable",
            Self::Unknown => "Unknown",
            Self::Deliverable => "Deliverable",
        }
    }
}

/// What is to be said of a category as a whole (DOMAIN F1). People are counted, not addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Reach {
    /// Nobody receives it: certain.
    Nobody,
    /// Nobody who can be read receives it. Others that no interface tells, or that nobody declared, may: a business email, an
    /// older agreement.
    NobodyKnown,
    /// It cannot be said whether anybody does.
    Unknown,
    /// One person certainly does, and nobody else certainly.
    OnePerson,
    /// Two people or more certainly do.
    SeveralPeople,
    /// It is meant to have no recipients here: a tenant that is no partner, say, or a notice that goes to each user.
    NotApplicable,
}

impl Reach {
    /// Every value, the worst first.
    pub const ALL: &'static [Self] =
        &[Self::Nobody, Self::NobodyKnown, Self::Unknown, Self::OnePerson, Self::SeveralPeople, Self::NotApplicable];

    /// Whether somebody certainly receives it.
    pub fn is_somebody(self) -> bool {
        match self {
            Self::OnePerson | Self::SeveralPeople => true,
            Self::Nobody | Self::NobodyKnown | Self::Unknown | Self::NotApplicable => false,
        }
    }

    /// Whether nobody who is known receives it, be that certain of the others or not: what takes the last known recipient away
    /// is looked at by a person first.
    pub fn is_nobody_known(self) -> bool {
        match self {
            Self::Nobody | Self::NobodyKnown => true,
            Self::Unknown | Self::OnePerson | Self::SeveralPeople | Self::NotApplicable => false,
        }
    }

    /// Whether it cannot be said if anybody receives it.
    pub fn is_open(self) -> bool {
        match self {
            Self::NobodyKnown | Self::Unknown => true,
            Self::Nobody | Self::OnePerson | Self::SeveralPeople | Self::NotApplicable => false,
        }
    }

    /// The name as reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "Nobody",
            Self::NobodyKnown => "NobodyKnown",
            Self::Unknown => "Unknown",
            Self::OnePerson => "OnePerson",
            Self::SeveralPeople => "SeveralPeople",
            Self::NotApplicable => "NotApplicable",
        }
    }
}

/// How much a finding matters. Ordered: the graver one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = crate::v1alpha1::patterns::undescribed)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be put right.
    Warning,
    /// Mail is lost, or goes to the wrong hands.
    Error,
}

impl Severity {
    /// The name as reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "Info",
            Self::Warning => "Warning",
            Self::Error => "Error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a8_of_every_reach_one_thing_is_said() {
        for reach in Reach::ALL {
            assert_eq!(serde_json::to_value(reach).unwrap(), reach.as_str());
            let certain = *reach == Reach::Nobody || *reach == Reach::NotApplicable;
            let said = [certain, reach.is_open(), reach.is_somebody()];
            assert_eq!(said.into_iter().filter(|one| *one).count(), 1, "{}", reach.as_str());
        }
        assert!(Reach::ALL.is_sorted());
        let known: Vec<_> = Reach::ALL.iter().filter(|one| one.is_nobody_known()).collect();
        assert_eq!(known, [&Reach::Nobody, &Reach::NobodyKnown]);
    }

    #[test]
    fn a_category_is_read_as_it_is_written_whatever_the_case() {
        for category in Category::ALL {
            assert_eq!(category.as_str().to_lowercase().parse(), Ok(*category));
            assert_eq!(serde_json::to_value(category).unwrap(), category.as_str());
        }
        assert_eq!("Invoices".parse::<Category>(), Err(UnknownCategory));
    }
}
